"""`python -m polygraft` is the `polygraft` command."""

import sys

from polygraft.cli import main

if __name__ == "__main__":
    sys.exit(main())

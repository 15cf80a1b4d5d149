"""Files wherever they are: `pg.io.open`, `readfile`, `writefile`, `listdir`…, by path or URL; files of records.

`file_system.py` says what a file system is, `registry.py` which one a path belongs to, and holds the functions that
users call. The file systems: `local.py` (this machine), `memory.py` (`/mem/...`), `remote.py` (URLs, by way of fsspec).
`sequence.py` and `line_sequence.py` are files of records. Nothing here knows of programs or of JSON.
"""

from polygraft.io.file_system import File as File
from polygraft.io.file_system import FileSystem as FileSystem
from polygraft.io.file_system import PathLike as PathLike
from polygraft.io.file_system import StorageError as StorageError
from polygraft.io.file_system import resolve_path as resolve_path
from polygraft.io.line_sequence import LineSequence as LineSequence
from polygraft.io.line_sequence import LineSequenceIO as LineSequenceIO
from polygraft.io.local import StdFile as StdFile
from polygraft.io.local import StdFileSystem as StdFileSystem
from polygraft.io.memory import MemoryFile as MemoryFile
from polygraft.io.memory import MemoryFileSystem as MemoryFileSystem
from polygraft.io.registry import add_file_system as add_file_system
from polygraft.io.registry import chmod as chmod
from polygraft.io.registry import copy as copy
from polygraft.io.registry import file_system_of as file_system_of
from polygraft.io.registry import getctime as getctime
from polygraft.io.registry import getmtime as getmtime
from polygraft.io.registry import glob as glob
from polygraft.io.registry import isdir as isdir
from polygraft.io.registry import listdir as listdir
from polygraft.io.registry import mkdir as mkdir
from polygraft.io.registry import mkdirs as mkdirs
from polygraft.io.registry import open as open
from polygraft.io.registry import path_exists as path_exists
from polygraft.io.registry import readfile as readfile
from polygraft.io.registry import rename as rename
from polygraft.io.registry import rm as rm
from polygraft.io.registry import rmdir as rmdir
from polygraft.io.registry import rmdirs as rmdirs
from polygraft.io.registry import writefile as writefile
from polygraft.io.remote import FsspecFile as FsspecFile
from polygraft.io.remote import FsspecFileSystem as FsspecFileSystem
from polygraft.io.sequence import MemorySequence as MemorySequence
from polygraft.io.sequence import MemorySequenceIO as MemorySequenceIO
from polygraft.io.sequence import Sequence as Sequence
from polygraft.io.sequence import SequenceIO as SequenceIO
from polygraft.io.sequence import add_sequence_io as add_sequence_io
from polygraft.io.sequence import open_sequence as open_sequence

"""PyTorch: `adapters.py` says what modules and optimizers need, `steps.py` watches optimizers of edited models, and
`weights.py` is what `keep_weights=True` does.
"""

import torch as _torch

from polygraft.integrations.torch.adapters import ModuleAdapter, OptimizerAdapter
from polygraft.symbolic.wrapping.adapters import provide

provide(_torch.nn.Module, ModuleAdapter())
provide(_torch.optim.Optimizer, OptimizerAdapter())

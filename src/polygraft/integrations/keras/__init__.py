"""Keras 3: what its objects need beyond the rules of the core. Loaded when the first Keras class is wrapped.

Keras ties objects together behind the constructor calls, and these ties are kept true here: a built model and its
layers (`layers.py`), a model and what it was compiled with (`compiling.py`), a class and Keras's registry
(`registry.py`). Two things have no call tree of their own: a functional model made of tensors (`functional.py`
refuses what would be wrong), and a `Sequential` that is added to (`sequential.py` records it).
"""

from __future__ import annotations

from polygraft.integrations.keras.adapters import (
    KerasAdapter,
    LayerAdapter,
    LinkAdapter,
    ModelAdapter,
    OptimizerAdapter,
    SequentialAdapter,
)
from polygraft.integrations.keras.api import keras
from polygraft.symbolic.wrapping.adapters import provide

provide(keras.Layer, LayerAdapter())
provide(keras.Model, ModelAdapter())
provide(keras.Sequential, SequentialAdapter())
provide(keras.optimizers.Optimizer, OptimizerAdapter())
provide(keras.losses.Loss, LinkAdapter())
provide(keras.metrics.Metric, LinkAdapter())
for _base in (
    keras.optimizers.schedules.LearningRateSchedule,
    keras.initializers.Initializer,
    keras.regularizers.Regularizer,
    keras.constraints.Constraint,
):
    provide(_base, KerasAdapter())

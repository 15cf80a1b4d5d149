"""The founding notebook as a script: an image classifier, taken apart and changed by rules.

Each `# %%` begins a cell, and all cells share one namespace. `build_notebook.py` makes
`notebook.ipynb` of this file and runs it. The numbered cells keep the founding notebook's
code to the letter (so formatters and linters stay away), with `keras` for `tf.keras`.
"""
# ruff: noqa
# fmt: off
# pyright: basic, reportUnknownMemberType=false

# %% [markdown]
# # polygraft: exchanging machine-learning ideas as code
#
# A machine-learning program is a tree of constructor calls. This notebook writes a small image classifier in ordinary Keras, makes its classes
# symbolic by one call each, and then prints, changes, compares, searches, saves and loads it. The accuracies are those of a toy; the
# point is what one can do with the program.

# %% setup
import os

os.environ.setdefault('KERAS_BACKEND', 'jax')

import keras

# The real Keras loaders, and images that stand in for theirs where there is no network.
from polygraft.cli.images import digits_as_mnist, load_or_stand_in, made_cifar100

keras.utils.set_random_seed(1)

# %% [markdown]
# ## Making components symbolic
#
# First, the classes of an ordinary experiment. `MLExperiment` holds everything: data, model, loss, optimizer. Nothing in it
# knows of polygraft.

# %% 1
import abc
import keras

class MLExperiment:

  def __init__(self, model, dataset, loss, optimizer, num_epochs=5):
    self._model = model
    self._dataset = dataset
    self._loss = loss
    self._optimizer = optimizer
    self._num_epochs = num_epochs

  def train_and_evaluate(self):
    (tr_x, tr_y), (te_x, te_y) = self._dataset.load_data()
    tr_x = tr_x / 255.0
    te_x = te_x / 255.0
    self._model.compile(
        optimizer=self._optimizer,
        loss=self._loss,
        metrics=['accuracy'])
    self._model.fit(tr_x, tr_y, epochs=self._num_epochs)
    _, test_acc = self._model.evaluate(te_x, te_y, verbose=2)
    return test_acc

# Components for datasets.
class Dataset(metaclass=abc.ABCMeta):
  @abc.abstractproperty
  def num_classes(self):
    pass

  @abc.abstractmethod
  def load_data(self):
    pass

class Cifar100(Dataset):
  @property
  def num_classes(self):
    return 100

  def load_data(self):
    return load_or_stand_in(keras.datasets.cifar100.load_data, made_cifar100)

class Mnist(Dataset):
  @property
  def num_classes(self):
    return 10

  def load_data(self):
    (tr_x, tr_y), (te_x, te_y) = load_or_stand_in(
        keras.datasets.mnist.load_data, digits_as_mnist)
    tr_x = keras.ops.cast(keras.ops.reshape(tr_x, (-1, 28, 28, 1)), 'float32')
    te_x = keras.ops.cast(keras.ops.reshape(te_x, (-1, 28, 28, 1)), 'float32')
    return (tr_x, tr_y), (te_x, te_y)

Sequential = keras.Sequential
Conv2D = keras.layers.Conv2D
Dense = keras.layers.Dense
Flatten = keras.layers.Flatten
ReLU = keras.layers.ReLU
SparseCategoricalCrossentropy = keras.losses.SparseCategoricalCrossentropy
Adam = keras.optimizers.Adam

# %% [markdown]
# We can create an experiment and run it:

# %% 2
def experiment():
  # The return value represents an ML experiment that is composed
  # by its sub-components.
  return MLExperiment(
    model=Sequential([
        Conv2D(16, (3, 3), padding='same', activation=ReLU()),
        Conv2D(32, (1, 1), padding='same', activation=ReLU()),
        Flatten(),
        Dense(150),
        Dense(10, activation='softmax')
    ]),
    dataset=Mnist(),
    loss=SparseCategoricalCrossentropy(),
    optimizer=Adam(learning_rate=0.01),
    num_epochs=2)

exp = experiment()

# `exp` is a regular runtime object without
# a readable representation.
print(exp)

# Run training.
exp.train_and_evaluate()

# %% [markdown]
# The experiment runs, but is a closed box: it prints as an address, and to change anything in it one writes another
# one, or passes hyperparameters down through the calls.
#
# `pg.symbolize` opens the box. One call per class; the classes themselves stay as they are.

# %% 3
import polygraft as pg

# `pg.symbolize` is the decorator that can upgrade
# a regular class with symbolic programmability.
MLExperiment = pg.symbolize(MLExperiment)
Mnist = pg.symbolize(Mnist)
Cifar100 = pg.symbolize(Cifar100)
Sequential = pg.symbolize(Sequential)
Conv2D = pg.symbolize(Conv2D)
Dense = pg.symbolize(Dense)
Flatten = pg.symbolize(Flatten)
ReLU = pg.symbolize(ReLU)
SparseCategoricalCrossentropy = pg.symbolize(SparseCategoricalCrossentropy)
Adam = pg.symbolize(Adam)

# Now `exp` is created as a symbolic object,
# which has a human-readable string representation.
exp = experiment()
print(exp)

# %% [markdown]
# Now every part of the program has a place, and can be changed there. Cloning and patching construct no Keras layers: the
# new experiment is built when it is first used, here by training it.

# %% 4
# The experiment object is now ready for direct manipulation.
# We show the diff before and after.
exp2 = exp.clone()
pg.patch(exp2, {
    'optimizer.learning_rate': 0.02,
    'num_epochs': 1
})
print(pg.diff(exp, exp2))

# We now run the modified experiment,
# which only train the dataset for 1 epoch.
exp2.train_and_evaluate()

# %% [markdown]
# A rule need not know where things are. The next one exchanges every convolution for a separable one, in whatever program
# it is given:

# %% 5
SeparableConv2D = pg.symbolize(keras.layers.SeparableConv2D)

# Replace all Conv2D with SeparableConv2D in the model.
# The rule does not know the existence of `MyExperiment`.
exp3 = exp.clone()
pg.patch(exp3, lambda k, v: SeparableConv2D(v.filters, v.kernel_size, padding=v.padding) if isinstance(v, Conv2D) else v)
print(pg.diff(exp, exp3))

# Train with SeparableConv2D.
exp3.train_and_evaluate()

# %% [markdown]
# ## Ideas as rules
#
# An idea, such as *use a higher learning rate* or *make the model wider*, is a rule that changes a program. This section
# shows the kinds of rules, from places to patterns.
#
# ### By place

# %% 6
# Make a copy of `exp` before we manipulate it.
exp4 = exp.clone()
pg.patch(exp4, {
    'optimizer.learning_rate': 0.02,
})

# The diff between the original and mutated experiments
# contains the diff on both learning rate.
print(pg.diff(exp, exp4))

# %% [markdown]
# ### By name
#
# This rule changes whatever is called a learning rate, wherever it is. As a *patcher* it has typed arguments and a name under
# which it can be shared.

# %% 7
@pg.patcher([
  ('learning_rate', pg.typing.Float(min_value=0.))
])
def change_lr(target, learning_rate):
  def rule(k, v, p):
    # k: a key path object representing the location of current node (the node
    #    that is being transformed.
    # v: the value of current node.
    # p: the parent node of current node.

    # The change learning rate rule is not depend on
    # the containing classes, but only depend on the
    # key name of the learning rate. This rule is more
    # robust than previous rule which depends on the
    # absolute location.
    if (k and k.key in ['learning_rate', 'lr'] and isinstance(v, float)):
      return learning_rate
    else:
      return v
  return rule

exp5 = exp.clone()
pg.patch(exp5, change_lr(learning_rate=0.03))
print(pg.diff(exp, exp5))

# %% [markdown]
# ### By type

# %% 8
LeakyReLU = pg.symbolize(keras.layers.LeakyReLU)

@pg.patcher()
def relu_to_leaky_relu(unused):
  def rule(k, v, p):
    return LeakyReLU() if isinstance(v, ReLU) else v
  return rule

exp6 = exp.clone()
pg.patch(exp6, relu_to_leaky_relu())
print(pg.diff(exp, exp6))

# %% [markdown]
# ### By pattern
#
# A rule can also look at the program before it decides. To exchange the data set of a classifier, the last `Dense` layer has to
# follow: `pg.query` finds it, and the new data set says how many classes it has.

# %% 9
def dataset_by_name(name):
  if name == 'cifar100':
    return Cifar100()
  elif name == 'mnist':
    return Mnist()
  else:
    raise NotImplemented()

# The number of logits is dependent on the dataset.
@pg.patcher()
def change_dataset(exp, name):
  dataset = dataset_by_name(name)
  r = pg.query(exp, where=lambda v: isinstance(v, Dense))
  return {
      f'{list(r.keys())[-1]}.units': dataset.num_classes,
      'dataset': dataset
  }

exp7 = exp.clone()
pg.patch(exp7, change_dataset(name='cifar100'))
print(pg.diff(exp, exp7))

# %% [markdown]
# The width of a model is the number of filters of all its convolutions:

# %% 10
@pg.patcher([
  ('factor', pg.typing.Float(min_value=1e-8))
])
def scale_width(exp, factor):
  def rule(k, v, p):
    if isinstance(p, Conv2D) and k.key == 'filters':
      return max(8, int(v * factor))
    return v
  return rule

exp8 = exp.clone()
pg.patch(exp8, scale_width(factor=2.0))
print(pg.diff(exp, exp8))

# %% [markdown]
# ### From a program to a space of programs
#
# A rule may put a choice where a value was. The result is a search space.

# %% 11
@pg.patcher()
def filter_search_space(exp):
  def rule(k, v, p):
    if isinstance(p, Conv2D) and k.key == 'filters':
      return pg.oneof([v // 2, v, v * 2])
    return v
  return rule

exp9 = exp.clone()
pg.patch(exp9, filter_search_space())
# Print search space.
print(pg.dna_spec(exp9))

# %% [markdown]
# ## Rules add up
#
# Rules that never met each other combine. Here three of them are called by name, as they could come from a command line:

# %% 12
exp10 = exp.clone()

# Applying 3 rules to `exp10` in chains,
# which will end up with an experiment with
# all desired changes.
pg.patch(exp10, [
    'change_lr?0.003',
    'scale_width?factor=2.0',
    'change_dataset?name=cifar100'
])
print(pg.diff(exp, exp10))

# %% [markdown]
# The experiment has a new data set (and a classification head that fits it), twice the filters, and another learning rate.
#
# ## The whole way
#
# ### Release: save the program

# %% 13
# Save experiment to a file.
# `pg.save` can also be hooked up with a distributed storage.

exp_id = 'my_experiment.json'
pg.save(exp, exp_id)

# %% [markdown]
# ### Reproduce: load it, and run it

# %% 14
exp11 = pg.load(exp_id)

assert pg.eq(exp, exp11)
exp11.train_and_evaluate()

# %% [markdown]
# ### Develop: mistakes are caught early
#
# `pg.symbolize` takes rules for arguments, which hold when an object is made and whenever it is changed.

# %% 15
class Optimizer:
  pass

# Symbolic validation can be done at creation and mutation time
# automatically, with the optional validation rules provided for
# component arguments.
@pg.symbolize([
    ('learning_rate', pg.typing.Float(min_value=0)),
])
class MyNewOptimizer(Optimizer):
  def __init__(self, learning_rate):
    pass

try:
  # Mistakenly provided learning_rate will be caught at construction.
  MyNewOptimizer(learning_rate=-1.0)
except Exception as e:
  print(e)

my_opt = MyNewOptimizer(learning_rate=1.0)

try:
  # Mistakenly provided learning_rate will be caught at construction.
  pg.patch(my_opt, {'learning_rate': -0.5})
except Exception as e:
  print(e)

# %% [markdown]
# ### Iterate: ask the program

# %% 16
# Query the location of all relu layers.
pg.query(exp, where=lambda v: isinstance(v, keras.layers.ReLU))

# %% 17
# Query values by path.
pg.query(exp, '.*learning_rate')

# %% [markdown]
# ### Tune: search over any part
#
# The space of the filter sizes, with one epoch per trial:

# %% 18
# Tune the Conv2D filters.
exp_tuning = pg.patch(exp.clone(), [
  filter_search_space(),
  {'num_epochs': 1}
])

# Print the search space information.
print(pg.dna_spec(exp_tuning))

# %% 19
# Do hyperparameter sweeping on the search space.
best_acc, best_exp = 0., None
for exp, feedback in pg.sample(exp_tuning, pg.geno.Sweeping()):
  test_acc = exp.train_and_evaluate()
  if best_acc < test_acc:
    best_acc, best_exp = test_acc, exp
  print(feedback.id, feedback.dna, test_acc)
  feedback(test_acc)

print(f'Best experiment (accuracy={best_acc}): f{best_exp}')

# %% [markdown]
# ## The same without symbols
#
# The usual way to keep a program changeable is a second family of classes that only holds its hyperparameters. Every component
# gets a container with a `build` method:

# %% 20
import abc
import dataclasses
from typing import List, Optional, Tuple, Union

# Hyper-parameter interfaces.
class HParam:
  @abc.abstractmethod
  def build(self):
    pass

class DatasetHParam(HParam):
  pass

class LayerHParam(HParam):
  pass

class LossHParam(HParam):
  pass

class OptimizerHParam(HParam):
  pass

# Concrete hyperparameter containers.
@dataclasses.dataclass
class ExperimentHParam(HParam):
  dataset: DatasetHParam
  model: LayerHParam
  loss: LossHParam
  optimizer: OptimizerHParam
  num_epochs: int

  def build(self):
    return MLExperiment(
        dataset=self.dataset.build(),
        model=self.model.build(),
        loss=self.loss.build(),
        optimizer=self.optimizer.build(),
        num_epochs=self.num_epochs)

@dataclasses.dataclass
class MnistHParam(DatasetHParam):
  def build(self):
    return Mnist()

@dataclasses.dataclass
class Cifar100HParam(DatasetHParam):
  def build(self):
    return Cifar100()

@dataclasses.dataclass
class AdamHParam(OptimizerHParam):
  learning_rate: float

  def build(self):
    return Adam(learning_rate=self.learning_rate)

@dataclasses.dataclass
class SparseCategoricalCrossentropyHParam(LossHParam):
  def build(self):
    return SparseCategoricalCrossentropy()

@dataclasses.dataclass
class SequentialHParam(LayerHParam):
  layers: List[LayerHParam]

  def build(self):
    return Sequential([l.build() for l in self.layers])

@dataclasses.dataclass
class FlattenHParam(LayerHParam):
  def build(self):
    return Flatten()

@dataclasses.dataclass
class Conv2DHParam(LayerHParam):
  filters: int
  kernel_size: Union[int, Tuple[int, int]]
  padding: str
  activation: Optional[LayerHParam]

  def build(self):
    if self.activation:
      activation = self.activation.build()
    else:
      activation = None
    return Conv2D(
        self.filters, self.kernel_size,
        padding=self.padding, activation=activation)

@dataclasses.dataclass
class DenseHParam(LayerHParam):
  units: int
  activation: Optional[str] = None

  def build(self):
    return Dense(self.units, activation=self.activation)

@dataclasses.dataclass
class ReLUHParam(LayerHParam):
  def build(self):
    return ReLU()

# %% [markdown]
# The program is then described twice: by the containers, and by what they build.

# %% 21
# In order to create experiment, we will need to
# create its hyperparameter container.
exp_hparam = ExperimentHParam(
    dataset=MnistHParam(),
    model=SequentialHParam([
        Conv2DHParam(filters=16, kernel_size=(3, 3), padding='same',
                     activation=ReLUHParam()),
        Conv2DHParam(filters=32, kernel_size=(1, 1), padding='same',
                     activation=ReLUHParam()),
        FlattenHParam(),
        DenseHParam(100),
        DenseHParam(10, activation='softmax')
    ]),
    loss=SparseCategoricalCrossentropyHParam(),
    optimizer=AdamHParam(learning_rate=1.0),
    num_epochs=2)

# Through the Builder pattern (https://en.wikipedia.org/wiki/Builder_pattern),
# we get an experiment out of a hyperparameter container.
exp = exp_hparam.build()
exp.train_and_evaluate()

# %% [markdown]
# To change the experiment, one changes the container and builds again:

# %% 22
import copy

exp_hparam2 = copy.copy(exp_hparam)
exp_hparam2.optimizer.learning_rate = 0.02
exp2 = exp_hparam2.build()
exp2.train_and_evaluate()

# %% [markdown]
# Each new component needs its container, and the two have to be kept in step. And which of them should check the values?

# %% 23
class MyOptimizer(Optimizer):
  def __init__(self, learning_rate):
    pass

@dataclasses.dataclass
class MyOptimizerHParam(OptimizerHParam):
  learning_rate: float

  def build(self):
    return MyOptimizer(learning_rate=learning_rate)

# Consider if we introduce more hyperparameters in the class
# we will have to update both classes.

# %% [markdown]
# Rules become harder too: to exchange the data set, one has to build it to learn its number of classes, and to write the walk
# through the containers oneself.

# %% 24
import typing

def change_dataset_hp(exp_hparam):
  dataset_hparam = Cifar100HParam()
  exp_hparam.dataset = dataset_hparam

  # We need to obtain an dataset object
  # in order to inspect the number of
  # classes from it.
  dataset = dataset_hparam.build()
  num_classes = dataset.num_classes

  # Traverse `exp_hparam` to get the final
  # Dense layer is a bit tricky. We will
  # need to traverse the hyperparameter
  # containers to get DenseHParams.
  # What if `Dense` can also be created from
  # another `HParam` subclass?
  denses = []
  def traverse(v):
    if isinstance(v, DenseHParam):
      denses.append(v)
    if isinstance(v, (list, tuple)):
      for i in range(len(v)):
        traverse(v[i])
    elif isinstance(v, dict):
      for cv in v.values():
        traverse(cv)
    else:
      for field_name, _ in typing.get_type_hints(v.__class__).items():
        traverse(getattr(v, field_name))
  traverse(exp_hparam)
  denses[-1].units = num_classes
  return exp_hparam

exp_hparam3 = copy.copy(exp_hparam)
change_dataset_hp(exp_hparam3)
print(exp_hparam3.dataset)
print(exp_hparam3.model.layers[-1])

# %% [markdown]
# ## In short
#
# - A program made of symbolic classes can be printed, compared, queried and changed.
# - An idea becomes a rule that works on programs it has never seen, and rules add up.
# - The same program goes all the way, from the first run to search and to release.
# - There is one class per component, not two.
#
# `hparams_comparison.py`, beside this notebook, counts the lines.

"""Which engine trains a config's model, and why; each is imported only when it is the one."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import keras
import numpy as np

from experiments.backend import device_memory, device_name
from experiments.engines.epochs import batch_callbacks
from experiments.memory import memory_limit
from experiments.spec.experiment import Recipe
from experiments.spec.model import Cnn
from experiments.spec.training import Training


class Choice(NamedTuple):
    """An engine, and the reason for it."""

    name: Literal["compiled", "fit"]
    reason: str


def choose_engine(
    recipe: Recipe, x: np.ndarray | None = None, callbacks: Sequence[keras.callbacks.Callback] = ()
) -> Choice:
    """The engine for a training.

    `auto` compiles whole epochs of dense networks, where `fit` spends most of its time between small steps
    (`benchmarks/engines.py` measures by how much). It leaves to `fit`:

    - convolutions on CPUs, where XLA's are slower than oneDNN's, and slowest inside a loop;
    - augmented images, which are made anew outside the program;
    - callbacks that act on single batches, of training or validation;
    - data too big to be held in memory twice, or on the accelerator once, which `fit` reads minibatch by minibatch;
    - memory-mapped arrays, which no config's dataset is (`load_dataset` reads what it prepares into memory), but which
      a caller of `Trainer` may bring, with data beyond memory;
    - backends other than TensorFlow and JAX.

    Args:
        recipe: model and training of the experiment.
        x: the training examples.
        callbacks: what will be called during training.

    Raises:
        ValueError: `training.engine: compiled` was asked for, and this training cannot be compiled.
    """
    wish, obstacle = recipe.training.engine, _obstacle(recipe, x, callbacks)
    if wish == "fit":
        return Choice("fit", "asked for")
    if wish == "compiled":
        if obstacle:
            raise ValueError(f"training.engine: compiled is not possible: {obstacle}; use auto or fit")
        return Choice("compiled", "asked for")
    if obstacle:
        return Choice("fit", obstacle)
    if isinstance(recipe.model, Cnn) and (keras.backend.backend() == "tensorflow" or device_name().startswith("cpu")):
        return Choice("fit", "convolutions are faster outside one program")
    return Choice("compiled", "small steps are faster in one program")


def open_engine(choice: Choice, model: keras.Model, training: Training) -> Any:
    """The chosen engine for a compiled Keras model."""
    if choice.name == "compiled":
        return _COMPILED[keras.backend.backend()](model)
    from experiments.engines.plain import PlainEngine

    return PlainEngine(model, training.augmentation)


def _tensorflow(model: keras.Model) -> Any:
    from experiments.engines.compiled import CompiledEngine

    return CompiledEngine(model)


def _jax(model: keras.Model) -> Any:
    from experiments.engines.scan import ScanEngine

    return ScanEngine(model)


_COMPILED = {"tensorflow": _tensorflow, "jax": _jax}


def _obstacle(recipe: Recipe, x: np.ndarray | None, callbacks: Sequence[keras.callbacks.Callback]) -> str | None:
    """Why the epochs of a training cannot be programs; None if they can."""
    if (backend := keras.backend.backend()) not in _COMPILED:
        return f"there is no compiled engine for the {backend} backend"
    if recipe.training.augmentation is not None:
        return "augmented images are made outside the program"
    if backend == "tensorflow" and isinstance(recipe.model, Cnn) and any(b.pool > 1 for b in recipe.model.blocks):
        return "max pooling has no deterministic gradient in TensorFlow's XLA"
    if names := batch_callbacks(callbacks):
        return f"{', '.join(names)} must be called for each batch"
    if isinstance(x, np.memmap):
        return "the examples are on disk, not in memory"
    if x is not None and 2 * x.nbytes > 0.8 * memory_limit():
        return f"the examples ({x.nbytes / 2**30:.1f} GiB) do not fit in memory twice"
    if x is not None and x.nbytes > 0.8 * device_memory():
        return f"the examples ({x.nbytes / 2**30:.1f} GiB) do not fit in the memory of {device_name()}"
    return None

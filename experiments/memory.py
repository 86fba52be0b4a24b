"""Does a training fit into this machine's memory? Estimated from the config, before anything is loaded.

The estimate leaves out what is small or not known (the libraries, temporary arrays), so that what fits is never
refused; what is refused would have been killed half-way.
"""

import contextlib
import os
from itertools import pairwise
from math import prod
from pathlib import Path

from experiments.data.errors import EmptyClass
from experiments.data.facts import Facts, facts
from experiments.spec import DatasetSpec, ExperimentSpec, OptimizerSpec
from experiments.spec.model import Cnn, Mlp, NetworkSpec
from experiments.spec.optimizer import Adadelta, Adagrad, Adam, Sgd
from experiments.spec.synthetic import Drawn

FLOAT32, FLOAT64 = 4, 8
GIB = 2.0**30
CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where Linux tells a container's limit: control groups of version 2, and of version 1."""


def shortage(spec: ExperimentSpec, folder: Path, sharing: int = 1) -> str | None:
    """Why a trial cannot fit into memory, in words; None where it may.

    Args:
        spec: the resolved config of a variant.
        folder: the config's folder, from which an npz's path is taken.
        sharing: trainings at once on this machine, each of which gets a part of its memory.

    Raises:
        DataError: an npz cannot be read.
    """
    try:
        known = facts(spec.dataset, folder)
    except EmptyClass:  # the outcome of the trial itself
        return None
    data, network = data_bytes(known), network_bytes(spec, known)
    before = raw_bytes(spec.dataset, known)
    memory = memory_limit() / sharing
    needed = data + max(before, network)  # what data are made from is let go before a network is trained
    if needed <= memory:
        return None
    parts = [f"{data / GIB:.1f} GiB for the data"]
    if before > network:
        parts.append(f"{before / GIB:.1f} GiB for what they are made from")
    elif spec.recipe is not None:
        count = parameter_count(spec.recipe.model, known.example_shape)
        parts.append(f"{network / GIB:.1f} GiB for a network of {count:,} parameters in training")
    room = f"there are {memory / GIB:.1f} GiB"
    remedy = "a smaller network, batch_size or number of examples"
    if sharing > 1:
        room, remedy = f"{room} for each of {sharing} workers", f"fewer workers, or {remedy}"
    return f"needs an estimated {needed / GIB:.1f} GiB of memory ({', '.join(parts)}), and {room}; expected {remedy}"


def data_bytes(known: Facts) -> int:
    """Prepared examples in float32."""
    return FLOAT32 * (known.train_examples + known.test_examples) * prod(known.example_shape)


def raw_bytes(spec: DatasetSpec, known: Facts) -> int:
    """What examples are made from, held beside them until all are made: an npz's arrays as stored, drawn float64."""
    if isinstance(spec, Drawn):
        return FLOAT64 * (known.train_examples + known.test_examples) * prod(known.example_shape)
    return known.raw_bytes


def network_bytes(spec: ExperimentSpec, known: Facts) -> int:
    """What training holds at once: weights, gradients, the optimizer's state and its copy, and activations.

    0 for scikit-learn's models, whose size depends on the data.
    """
    if spec.recipe is None:
        return 0
    model, batch = spec.recipe.model, min(spec.recipe.training.batch_size, known.train_examples)
    arrays = 2 + 2 * _state_arrays(spec.recipe.optimizer)  # the state's start is kept for the next seed
    weights = arrays * parameter_count(model, known.example_shape)
    return FLOAT32 * (weights + batch * sum(layer_sizes(model, known.example_shape)))


def parameter_count(model: NetworkSpec, example_shape: tuple[int, ...]) -> int:
    """Weights and biases, as Keras counts them; batch normalisation has four numbers a unit or filter.

    Example:
        >>> from experiments.spec.model import Mlp, Output
        >>> network = Mlp(name="mlp", hidden=[64, 64, 64], output=Output(units=10, activation="softmax"))
        >>> parameter_count(network, (784,))
        59210
    """
    count, inputs = 0, example_shape[-1]
    if isinstance(model, Cnn):
        extra = 4 if model.batch_norm else 1
        for block in model.blocks:
            for _ in range(block.convolutions):
                count += block.filters * (inputs * block.kernel_size**2 + extra)
                inputs = block.filters
        inputs = _flattened(model, example_shape)
        widths = [inputs, *model.dense]
        count += sum((a + 1) * b for a, b in pairwise(widths))
    else:
        widths = [inputs, *(model.hidden if isinstance(model, Mlp) else [])]
        extra = 4 if isinstance(model, Mlp) and model.batch_norm else 1
        count += sum((a + extra) * b for a, b in pairwise(widths))
    bias = int(getattr(model, "bias", True))
    return count + (widths[-1] + bias) * model.output.units


def layer_sizes(model: NetworkSpec, example_shape: tuple[int, ...]) -> list[int]:
    """Numbers that each layer with weights gives for one example; kept until the gradients are known."""
    if not isinstance(model, Cnn):
        return [*(model.hidden if isinstance(model, Mlp) else []), model.output.units]
    sizes = []
    height, width, _ = example_shape
    for block in model.blocks:
        height, width = -(-height // block.strides), -(-width // block.strides)
        sizes += [height * width * block.filters] * block.convolutions
        height, width = height // block.pool, width // block.pool
    return [*sizes, *model.dense, model.output.units]


def memory_limit() -> float:
    """Bytes of memory that this process may use: the machine's, or less in a container that is held to less."""
    limits = [float("inf")]
    with contextlib.suppress(AttributeError, ValueError):  # not a Unix
        limits.append(float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    for path in CGROUP_LIMITS:
        try:
            limits.append(float(path.read_text(encoding="ascii")))
        except (OSError, ValueError):  # no such group, or no limit: "max"
            continue
    return min(limits)


def _flattened(model: Cnn, example_shape: tuple[int, ...]) -> int:
    """Numbers an example that the convolutions hand on to the dense layers."""
    if model.reduce != "flatten":
        return model.blocks[-1].filters
    height, width, _ = example_shape
    for block in model.blocks:
        height, width = -(-height // block.strides) // block.pool, -(-width // block.strides) // block.pool
    return height * width * model.blocks[-1].filters


def _state_arrays(spec: OptimizerSpec) -> int:
    """Arrays of the weights' size that an optimizer keeps."""
    match spec:
        case Sgd():
            return int(spec.momentum > 0)
        case Adagrad():
            return 1
        case Adam() | Adadelta():
            return 2
    return 1 + int(spec.momentum > 0)

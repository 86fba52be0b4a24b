"""Keras, started quietly and deterministically. Everything that trains imports this module before Keras."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from experiments.memory import memory_limit
from experiments.threads import limit_libraries, threads

# Read by the backend when it is first imported, hence before the next import.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what compiled libraries print while they load, unless loading fails.

    TensorFlow 2.21 greets with half a dozen lines that no log level turns off.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as kept, os.fdopen(os.dup(2), "wb") as stderr:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            stderr.write(kept.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(stderr.fileno(), 2)


@contextmanager
def _without(*modules: str) -> Iterator[None]:
    """Make some modules seem not installed to what imports them inside the block.

    Keras and TensorFlow import whatever of their optional partners is there, for parts that nothing here uses.
    """
    hidden = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: Python raises ModuleNotFoundError
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


_backend = os.environ["KERAS_BACKEND"]

THREADS = threads()
"""Threads of one operation, from when the backend was started; see `experiments.threads`."""

limit_libraries()

# scikit-learn for wrappers, matplotlib for galleries, JAX for TensorFlow's converters: two of six seconds.
with _quiet(), _without("sklearn", "matplotlib", *(() if _backend == "jax" else ("jax",))):
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        tf.config.threading.set_intra_op_parallelism_threads(THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(THREADS)
        tf.get_logger().setLevel("ERROR")  # it warns of each network's tracing as if that were a slip


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and the backend, so that a trial depends on its seed alone.

    Also drops Keras's global state (layer name counters, the global seed generator's position): a trial must not
    depend on what ran in the process before it.
    """
    keras.backend.clear_session(free_memory=False)
    with _without(*(() if keras.backend.backend() == "tensorflow" else ("tensorflow",))):
        keras.utils.set_random_seed(seed)  # would import TensorFlow on any backend, to seed it too


def device_name() -> str:
    """What the backend computes on, such as 'cpu:0' or 'gpu:0'."""
    devices = keras.distribution.list_devices()
    return str(devices[0]) if devices else "cpu"


def device_memory() -> float:
    """Bytes that this process may use where the backend computes: a JAX accelerator's, or else the machine's."""
    if keras.backend.backend() != "jax":
        return memory_limit()
    import jax

    return float((jax.local_devices()[0].memory_stats() or {}).get("bytes_limit", memory_limit()))

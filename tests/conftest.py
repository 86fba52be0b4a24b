"""What tests of different packages must not hand on to each other, nor take over from whoever starts them."""

import signal
from collections.abc import Iterator

import keras
import pytest

# A shell that runs the tests in the background has them ignore Ctrl-C, and with them every process that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def any_op_order() -> Iterator[None]:
    """Lift TensorFlow's op determinism, which experiments switch on for the whole process, for one test.

    Keras refuses `jit_compile=True` while it is on. TensorFlow has no public way to switch it off again.
    """
    if keras.backend.backend() != "tensorflow":
        yield
        return
    from tensorflow.python.framework import config

    was_on = config.is_op_determinism_enabled()
    config.disable_op_determinism()
    yield
    if was_on:
        config.enable_op_determinism()

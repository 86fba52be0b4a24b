"""What makes a trial that trial: a hash of everything that decides its numbers."""

import hashlib
import json
import os
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from experiments import NUMERICS_VERSION
from experiments.problems import ConfigError, Problem, nearest
from experiments.spec import ExperimentSpec
from experiments.spec.model import ScikitModel
from experiments.threads import threads

DECIDES_NUMBERS = ("as_printed", "dataset", "model", "loss", "optimizer", "training")
"""The parts of a config that change what is trained; titles, metrics and figures do not."""

BACKENDS = ("tensorflow", "jax")


def check_backend() -> str:
    """The backend that Keras will use.

    Raises:
        ConfigError: KERAS_BACKEND names another than TensorFlow or JAX, or one that is not installed; or
            RELECTURE_THREADS is no number of threads.
    """
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend not in BACKENDS:
        message = f"expected one of {', '.join(BACKENDS)}, got {backend!r}{nearest(backend, BACKENDS)}"
        raise ConfigError([Problem("environment", None, "KERAS_BACKEND", message)])
    try:
        version(backend)
    except PackageNotFoundError:
        message = f"{backend} is not installed; pip install '.[{backend}]'"
        raise ConfigError([Problem("environment", None, "KERAS_BACKEND", message)]) from None
    threads()
    return backend


def deciding_versions(spec: ExperimentSpec) -> dict[str, str]:
    """The versions that decide a trial's numbers, without importing what they belong to; also threads beyond one."""
    ours = {"relecture_numerics": str(NUMERICS_VERSION)}
    if isinstance(spec.model, ScikitModel):
        return ours | {"scikit-learn": version("scikit-learn")}
    backend = check_backend()
    if threads() > 1:  # another rounding
        ours["threads"] = str(threads())
    return ours | {"keras": version("keras"), backend: version(backend)}


def trial_id(spec: ExperimentSpec, seed: int, fingerprint: str) -> str:
    """Identity of a trial: 12 hexadecimal digits.

    Args:
        spec: the variant's resolved config. Keys left at their default do not enter, so that a new key with a
            neutral default keeps old records valid.
        seed: the trial's seed.
        fingerprint: identity of the raw data, `data.facts.fingerprint`.
    """
    settings: dict[str, Any] = spec.model_dump(mode="json", include=set(DECIDES_NUMBERS), exclude_defaults=True)
    if settings["dataset"]["name"] == "npz":
        del settings["dataset"]["path"]  # the bytes count, not where they lie
    whole = {"settings": settings, "seed": seed, "data": fingerprint, "versions": deciding_versions(spec)}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:12]

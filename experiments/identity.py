"""What makes a trial that trial: a hash of everything that decides its numbers."""

import hashlib
import json
import os
from importlib.metadata import version
from typing import Any

from experiments import NUMERICS_VERSION
from experiments.spec import ExperimentSpec

DECIDES_NUMBERS = ("as_printed", "dataset", "model", "loss", "optimizer", "training")
"""The parts of a config that change what is trained; titles, metrics and figures do not."""

BACKEND_PACKAGES = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}


def deciding_versions() -> dict[str, str]:
    """The versions that decide the numbers, without importing what they belong to."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    package = BACKEND_PACKAGES.get(backend, backend)
    return {"relecture_numerics": str(NUMERICS_VERSION), "keras": version("keras"), package: version(package)}


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
    whole = {"settings": settings, "seed": seed, "data": fingerprint, "versions": deciding_versions()}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:12]

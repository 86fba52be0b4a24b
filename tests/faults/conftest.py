"""The small config of the experiments' tests."""

from tests.experiments.conftest import write_config

__all__ = ["write_config"]

"""The typed form of a config file, one module for each of its parts.

Nothing here imports Keras, TensorFlow or NumPy: checking a config must be instant.
"""

from experiments.spec.dataset import DatasetSpec
from experiments.spec.experiment import ExperimentSpec, FigureName, MetricName
from experiments.spec.loss import LossSpec
from experiments.spec.model import ModelSpec
from experiments.spec.optimizer import OptimizerSpec
from experiments.spec.sweep import SweepSpec
from experiments.spec.training import Training

__all__ = [
    "DatasetSpec",
    "ExperimentSpec",
    "FigureName",
    "LossSpec",
    "MetricName",
    "ModelSpec",
    "OptimizerSpec",
    "SweepSpec",
    "Training",
]

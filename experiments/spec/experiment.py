"""An experiment as a whole: its parts, its seeds, its variants, and what to show of it."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from experiments.spec.dataset import DatasetSpec
from experiments.spec.fields import Seeds, Spec
from experiments.spec.loss import LossSpec
from experiments.spec.model import ModelSpec
from experiments.spec.optimizer import OptimizerSpec
from experiments.spec.sweep import SweepSpec
from experiments.spec.training import Training

MetricName = Literal[
    "confusion_matrix",
    "accuracy",
    "balanced_accuracy",
    "macro_precision",
    "macro_recall",
    "macro_f1",
    "f1_of_macro_averages",
    "micro_f1",
    "weighted_f1",
    "cohen_kappa",
    "matthews_correlation",
]

FigureName = Literal["learning_curves", "confusion_matrix", "misclassified", "decision_regions", "sample_grid"]


class ExperimentSpec(Spec):
    """One experiment: data, model, loss, optimizer, training, and what to show of it."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    lecture: Literal["mollineda", "pinar", "cavallaro", "hantehzadeh"] | None = None
    """The ledger whose claims this experiment answers."""
    as_printed: bool = False
    """The lecture's script to the letter: misfits are let through, and an error from the library is the result."""
    dataset: DatasetSpec
    model: ModelSpec
    loss: LossSpec
    optimizer: OptimizerSpec
    training: Training
    seeds: Seeds = Field(default_factory=lambda: [0, 1, 2, 3, 4])
    """How many seeds (0, 1, 2, ...), or a list of them."""
    metrics: Annotated[list[MetricName], Field(min_length=1)] = ["accuracy"]
    figures: list[FigureName] = []
    save_model: bool = False
    """Keep the trained `model.keras` in each run folder."""
    variants: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")], dict[str, Any]] = {}
    """Named sets of changes (dotted path: value), compared side by side with `base`."""
    extended: list[str] = []
    """Variants too costly for `make reproduce`; `make reproduce-all` runs them."""
    quick: dict[str, Any] = {}
    """Changes that shorten the experiment for `make quick`."""
    sweep: SweepSpec | None = None

    @model_validator(mode="after")
    def _variant_names(self) -> "ExperimentSpec":
        if "base" in self.variants:
            raise ValueError("variants: 'base' is the name of the config's own settings; choose another")
        for name in self.extended:
            if name not in self.variants and name != "base":
                raise ValueError(f"extended: no variant is named {name!r}")
        return self

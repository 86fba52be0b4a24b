"""An experiment as a whole: its parts, its seeds, its variants, and what to show of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from experiments.spec.dataset import DatasetSpec
from experiments.spec.fields import Fraction, Seeds, Spec
from experiments.spec.loss import SIGNED, LossSpec
from experiments.spec.model import ModelSpec, NetworkSpec, ScikitModel, Svm
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
    "train_accuracy",
    "train_loss",
    "generalisation_gap",
    "errors",
    "class_accuracy",
    "minority_recall",
    "majority_recall",
    "minority_probability",
    "majority_probability",
    "epochs_to_level",
    "epochs",
    "updates",
    "calibration_gap",
    "distance_to_optimum",
    "gradient_noise",
    "mean_squared_error",
    "mean_absolute_error",
    "largest_error",
    "r_squared",
]
"""What summary tables show; trials.csv has every score. `confusion_matrix` adds the table confusion_counts.csv, and
`class_accuracy` one column a class."""

FigureName = Literal[
    "learning_curves",
    "confusion_matrix",
    "misclassified",
    "decision_regions",
    "sample_grid",
    "variant_comparison",
    "class_recalls",
    "weight_histograms",
    "predicted_distributions",
    "accuracy_against_size",
    "accuracy_against_time",
    "calibration",
    "decision_snapshots",
    "descent_paths",
    "function_fit",
    "stopping",
    "unit_maps",
]


@dataclass(frozen=True)
class Recipe:
    """How a network learns."""

    model: NetworkSpec
    loss: LossSpec
    optimizer: OptimizerSpec
    training: Training


class ExperimentSpec(Spec):
    """One experiment: data, model, loss, optimizer, training, and what to show of it.

    A network needs loss, optimizer and training. A scikit-learn model is fitted by its own method and takes none of
    them; a variant that puts one in a network's place sets them to null.
    """

    title: Annotated[str, Field(min_length=1, max_length=200)]
    lecture: Literal["mollineda", "pinar", "cavallaro", "hantehzadeh"] | None = None
    """The ledger whose claims this experiment answers."""
    as_printed: bool = False
    """The lecture's script to the letter: misfits are let through, and an error from the library is the result."""
    dataset: DatasetSpec
    model: ModelSpec
    loss: LossSpec | None = None
    optimizer: OptimizerSpec | None = None
    training: Training | None = None
    seeds: Seeds = Field(default_factory=lambda: [0, 1, 2, 3, 4])
    """How many seeds (0, 1, 2, ...), a list of them, or a range such as `10-19`, both ends meant."""
    metrics: Annotated[list[MetricName], Field(min_length=1)] = ["accuracy"]
    figures: list[FigureName] = []
    save_model: bool = False
    """Keep the trained `model.keras` in each run folder."""
    ensemble: bool = False
    """Also judge the mean of all seeds' probabilities, as one network: ensemble.csv."""
    accuracy_level: Fraction | None = None
    """Training accuracy whose first epoch is counted in the column epochs_to_level."""
    beside: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]] = []
    """Experiments whose published results a figure sets beside this one's; `run --all` runs this one after them."""
    variants: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")], dict[str, Any]], Field(min_length=1)
    ] = {}
    """Named sets of changes (dotted path: value), compared side by side with `base`."""
    labels: dict[str, Annotated[str, Field(min_length=1, max_length=40)]] = {}
    """What people read for a variant, `base` included, such as `base: ReLU`; data files keep the name.

    Figures show the variants in this order, those without a label after them.
    """
    may_diverge: list[str] = []
    """Variants whose divergence is a result and not a failure."""
    extended: list[str] = []
    """Variants too costly for `make reproduce`; `make reproduce-all` runs them."""
    quick: dict[str, Any] = {}
    """Changes that shorten the experiment for `make quick`."""
    sweep: SweepSpec | None = None

    @property
    def recipe(self) -> Recipe | None:
        """How the network learns; None for a scikit-learn model, and where a part is missing."""
        if isinstance(self.model, ScikitModel) or not (self.loss and self.optimizer and self.training):
            return None
        return Recipe(self.model, self.loss, self.optimizer, self.training)

    @property
    def signed(self) -> bool:
        """Whether one unit learns the two classes as -1 and +1, so that its sign decides, not one half."""
        taught = self.loss is not None and self.loss.name in SIGNED
        return self.dataset.labels == "signed" or (self.dataset.labels == "auto" and taught)

    @property
    def output_activation(self) -> str:
        """What the model's outputs went through: `softmax` are probabilities, `linear` scores of any size."""
        if isinstance(self.model, ScikitModel):
            return "linear" if isinstance(self.model, Svm) else "softmax"
        return self.model.output.activation

    def shown_order(self, variants: Iterable[str]) -> list[str]:
        """Variants in the order in which figures show them: that of their labels, then those without one."""
        names = list(variants)
        with_label = [name for name in self.labels if name in names]
        return [*with_label, *(name for name in names if name not in with_label)]

    def label_of(self, variant: str) -> str:
        """What people read for a variant: its label, or its name where it has none."""
        return self.labels.get(variant, variant)

    @model_validator(mode="after")
    def _variant_names(self) -> "ExperimentSpec":
        if "base" in self.variants:
            raise ValueError("variants: 'base' is the name of the config's own settings; choose another")
        if "sweep" in self.variants:
            raise ValueError("variants: 'sweep' is the name of a sweep's points; choose another")
        for key in ("metrics", "figures", "beside", "extended", "may_diverge"):
            if twice := sorted({name for name in getattr(self, key) if getattr(self, key).count(name) > 1}):
                raise ValueError(f"{key}: expected distinct names, got {twice[0]} twice")
        for key in ("extended", "may_diverge"):
            for name in getattr(self, key):
                if name not in self.variants and name != "base":
                    raise ValueError(f"{key}: no variant is named {name!r}")
        return self

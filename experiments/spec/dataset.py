"""The `dataset:` part of a config: which data, which part of it, and how it is prepared."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from experiments.spec.fields import Count, Fraction, Seed, Spec, short_form


class Split(Spec):
    """Where validation or test examples come from.

    `none`: there are none. `test`: the test set itself (what two of the lectures do; it leaks). `all`: every example,
    the training examples included; for a test set only. `stratified` and `shuffled` draw `fraction` of the examples at
    random, the first with the same share of every class. `last` takes the last rows as they lie, which is what Keras's
    `validation_split` does.
    """

    how: Literal["none", "test", "all", "stratified", "shuffled", "last"]
    fraction: Fraction | None = None

    @model_validator(mode="after")
    def _fraction_where_drawn(self) -> "Split":
        drawn = self.how in ("stratified", "shuffled", "last")
        if drawn and self.fraction is None:
            raise ValueError(f"how: {self.how} needs a fraction, such as 0.2")
        if not drawn and self.fraction is not None:
            raise ValueError(f"how: {self.how} takes no fraction")
        return self


class Imbalance(Spec):
    """Thin out classes of the training set so that the largest has `ratio` times the examples of the smallest.

    `exponential`: class sizes fall geometrically from the first class to the last (Cui et al. 2019).
    `step`: the classes in `minority` keep 1/ratio of their examples, the others all.
    Sizes are rounded down; the largest class is as large as the ratio allows, given how many examples there are.
    """

    profile: Literal["exponential", "step"]
    ratio: Annotated[float, Field(ge=1, le=1e6)]
    minority: list[Annotated[int, Field(ge=0)]] = []

    @model_validator(mode="after")
    def _minority_only_with_step(self) -> "Imbalance":
        if self.profile == "step" and not self.minority:
            raise ValueError("profile: step needs the list of minority classes")
        if self.profile == "exponential" and self.minority:
            raise ValueError("minority belongs to profile: step")
        if len(set(self.minority)) != len(self.minority):
            raise ValueError("minority: expected distinct classes, got one twice")
        return self


class DatasetOptions(Spec):
    """Keys that every dataset has."""

    flatten: bool = False
    scale: Literal["none", "unit", "standard", "channel_standard"] = "none"
    """`unit`: pixels / 255. `standard`: each feature to mean 0, deviation 1. `channel_standard`: each colour so."""
    scale_from: Literal["train", "all"] = "train"
    """Which examples give the mean and deviation. `all` is what the Iris lecture does: every example, but never those
    of a test set that the dataset brings."""
    labels: Literal["auto", "integer", "one_hot"] = "auto"
    """`auto`: the form that the loss expects."""
    subset: Count | None = None
    """Keep this many training examples, the same share of every class."""
    imbalance: Imbalance | None = None
    validation: Annotated[Split, short_form("how")] = Split(how="none")
    split_seed: Seed = 0
    """Seed of every random choice about the data; the same for all training seeds."""

    @model_validator(mode="after")
    def _validation_is_held_out(self) -> "DatasetOptions":
        if self.validation.how == "all":
            raise ValueError("validation: expected none, test, stratified, shuffled or last, got all")
        return self


IrisClass = Literal["setosa", "versicolor", "virginica"]
IrisFeature = Literal["sepal_length", "sepal_width", "petal_length", "petal_width"]


class Iris(DatasetOptions):
    """Fisher's Iris, 150 flowers; it has no test set of its own, so `test` says which examples to test on."""

    name: Literal["iris"]
    classes: Annotated[list[IrisClass], Field(min_length=2)] = ["setosa", "versicolor", "virginica"]
    features: Annotated[list[IrisFeature], Field(min_length=1)] = [
        "sepal_length",
        "sepal_width",
        "petal_length",
        "petal_width",
    ]
    test: Annotated[Split, short_form("how")] = Split(how="all")

    @model_validator(mode="after")
    def _sensible(self) -> "Iris":
        if self.scale in ("unit", "channel_standard"):
            raise ValueError(f"scale: {self.scale} is for images; iris takes none or standard")
        if self.test.how in ("none", "test"):
            raise ValueError(
                f"test: iris has no test set; expected all, stratified, shuffled or last, got {self.test.how}"
            )
        for key in ("classes", "features"):
            if len(set(getattr(self, key))) != len(getattr(self, key)):
                raise ValueError(f"{key}: expected distinct names, got one twice")
        return self


class Digits(DatasetOptions):
    """MNIST: 60,000 and 10,000 handwritten digits, 28 x 28 grey."""

    name: Literal["mnist"]


class Cifar10(DatasetOptions):
    """CIFAR-10: 50,000 and 10,000 photographs, 32 x 32 RGB."""

    name: Literal["cifar10"]


class Npz(DatasetOptions):
    """A user's own arrays: x_train, y_train, x_test, y_test in one .npz file; integer labels from 0."""

    name: Literal["npz"]
    path: Path = Field(strict=False)
    """From the config's folder, or absolute."""
    class_names: Annotated[list[str], Field(min_length=2)] | None = None

    @model_validator(mode="after")
    def _distinct_names(self) -> "Npz":
        if self.class_names is not None and len(set(self.class_names)) != len(self.class_names):
            raise ValueError("class_names: expected distinct names, got one twice")
        return self


DatasetSpec = Annotated[Iris | Digits | Cifar10 | Npz, Field(discriminator="name")]

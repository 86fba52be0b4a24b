"""The `dataset:` part of a config: real data, a user's own, or points drawn by a formula (`synthetic`)."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from experiments.spec.fields import short_form
from experiments.spec.preparation import DatasetOptions, Split
from experiments.spec.synthetic import (
    Bernoulli,
    Boolean,
    Circles,
    Curve,
    Islands,
    Moons,
    PlaygroundCircle,
    Spirals,
    Wave,
)

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


DatasetSpec = Annotated[
    Iris | Digits | Cifar10 | Npz
    | Moons | Circles | Spirals | Islands | Wave | PlaygroundCircle | Boolean | Bernoulli | Curve,
    Field(discriminator="name"),
]  # fmt: skip


def tests_on_training(spec: DatasetSpec) -> bool:
    """Whether the test examples are all examples, those trained on included."""
    return isinstance(spec, Boolean) or (isinstance(spec, Iris) and spec.test.how == "all")

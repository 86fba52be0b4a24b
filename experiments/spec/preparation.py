"""What a config may ask of any dataset: splits, imbalance, scale, the form of labels."""

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
    labels: Literal["auto", "integer", "one_hot", "signed"] = "auto"
    """`auto`: the form that the loss expects. `signed`: one unit learns -1 and +1, and its sign decides."""
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

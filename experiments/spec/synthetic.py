"""The `dataset:` part of a config, continued: points drawn by a formula, for what a picture of the plane can show.

`experiments.data.synthetic` draws them; each class here says by which formula. Two classes, half of the examples
each unless said otherwise.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from experiments.spec.fields import Count, NonNegative, Positive, Seed
from experiments.spec.preparation import DatasetOptions

Share = Annotated[float, Field(ge=0, le=0.5)]


class Drawn(DatasetOptions):
    """Keys that all drawn data have."""

    data_seed: Seed = 0
    """Seed of the points, the same for all training seeds. Training and test points have streams of their own."""

    @model_validator(mode="after")
    def _vectors(self) -> "Drawn":
        if self.scale in ("unit", "channel_standard"):
            raise ValueError(f"scale: {self.scale} is for images; expected none or standard")
        if self.flatten:
            raise ValueError("flatten: these examples are vectors already; expected false")
        return self


class Points(Drawn):
    """Keys of what is drawn in any number."""

    examples: Count = 200
    """Training examples, those that become validation examples included."""
    test_examples: Count = 1000


class Labelled(Points):
    """Keys of points of two classes."""

    flip: Share = 0.0
    """Share of each class's examples that carry the other class's label, in every set: so the best possible accuracy
    is 1 - flip."""


class Moons(Labelled):
    """Two half circles, each reaching into the other.

    With t ~ U(0, pi): class 0 is (cos t, sin t), class 1 (1 - cos t, 1/2 - sin t); then N(0, noise^2) on each
    coordinate.
    """

    name: Literal["moons"]
    noise: NonNegative = 0.2


class Circles(Labelled):
    """A circle within a circle.

    With t ~ U(0, 2 pi): class 0 is (cos t, sin t), class 1 factor * (cos t, sin t); then N(0, noise^2) on each
    coordinate.
    """

    name: Literal["circles"]
    noise: NonNegative = 0.1
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.5


class Spirals(Labelled):
    """Two arms wound round each other.

    With u ~ U(0, 1), r = sqrt(u) and the angle 2 pi turns r (+ pi for class 1): (r cos, r sin); then N(0, noise^2)
    on each coordinate.
    """

    name: Literal["spirals"]
    noise: NonNegative = 0.02
    turns: Positive = 1.5


class Islands(Labelled):
    """A region of three pieces, one of them not convex, in the square [-3, 3]^2.

    Class 1 is the disc of radius 0.8 about (1.7, 1.7), the disc of radius 0.6 about (1.8, -1.8), and the crescent
    of what is nearer than 1.7 to (-1, 0) but not nearer than 1.2 to (-0.3, 0). Uniform points, the same number in
    and out.
    """

    name: Literal["islands"]


class Wave(Labelled):
    """Green points above a wave, red ones below.

    Uniform points of [-2, 2] x [-2, 2]; class 1 (green) where x2 > sin(pi x1), class 0 (red) elsewhere; the same
    number of both.
    """

    name: Literal["wave"]


class PlaygroundCircle(Drawn):
    """The circle of TensorFlow Playground (`classifyCircleData` in its dataset.ts): 500 points about a radius of 5.

    250 points with r ~ U(0, 2.5), 250 with r ~ U(3.5, 5), angle t ~ U(0, 2 pi): (r sin t, r cos t). The class is +1
    where the point, moved by `noise` * U(-5, 5) on each coordinate, is nearer than 2.5 to the centre, else -1; it is
    the label that noise changes, not the place. Then all are shuffled, and the first train_percent of them train.
    The Playground draws from seedrandom, so its very points are not these.
    """

    name: Literal["playground_circle"]
    noise: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """The Playground's slider, from 0 to 50, divided by 100."""
    train_percent: Annotated[int, Field(ge=10, le=90)] = 50


class Boolean(Drawn):
    """A function of two bits: the four points 00, 10, 01, 11 in this order train and test."""

    name: Literal["boolean"]
    function: Literal["or", "and", "xor", "nand"]

    @model_validator(mode="after")
    def _all_four(self) -> "Boolean":
        if self.subset is not None or self.imbalance is not None or self.validation.how not in ("none", "test"):
            raise ValueError("a Boolean function is its four points; no subset, imbalance or validation split")
        return self


class Bernoulli(Points):
    """Labels drawn by a logistic model, to see whether probabilities are found again.

    x ~ N(0, I), y ~ Bernoulli(sigmoid(weights . x + bias)).
    """

    name: Literal["bernoulli"]
    weights: Annotated[list[float], Field(min_length=1, max_length=1000)] = [2.0, -1.0]
    bias: float = 0.5


class Curve(Points):
    """A function of one variable to be fitted: y = sin(2 pi x) + sin(6 pi x) / 2, x ~ U(-1, 1), y + N(0, noise^2)."""

    name: Literal["curve"]
    noise: NonNegative = 0.0

    @model_validator(mode="after")
    def _numbers(self) -> "Curve":
        if self.imbalance is not None or self.validation.how == "stratified":
            raise ValueError("a curve has no classes; no imbalance, and a validation split that is shuffled or last")
        if self.labels != "auto":
            raise ValueError(f"labels: a curve has no classes; expected auto, got {self.labels}")
        return self

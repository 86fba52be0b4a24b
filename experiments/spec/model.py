"""The `model:` part of a config: networks (perceptron, fully connected, convolutional) and scikit-learn's models."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from experiments.spec.fields import Count, NonNegative, Positive, Rate, Spec, Units, short_form

Activation = Literal[
    "linear",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "softplus",
    "tanh",
    "sigmoid",
    "softmax",
    "hard_sigmoid_slide",
    "hard_sigmoid_keras2",
    "hard_sigmoid_keras3",
]
"""Three hard sigmoids, because there are three: the slide's, Keras 2's and Keras 3's."""


class Initializer(Spec):
    """A Keras initializer; random_normal and random_uniform may say how wide they draw."""

    name: Literal[
        "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal", "random_normal",
        "random_uniform", "zeros",
    ]  # fmt: skip
    stddev: Positive | None = None
    """Standard deviation (random_normal) or half-width (random_uniform); Keras's default where absent."""

    @model_validator(mode="after")
    def _only_the_plain_ones(self) -> "Initializer":
        if self.stddev is not None and self.name not in ("random_normal", "random_uniform"):
            raise ValueError(f"stddev belongs to random_normal and random_uniform, not to {self.name}")
        return self


class Penalty(Spec):
    """l1 * sum |w| + l2 * sum w^2, added to the loss."""

    l1: NonNegative = 0.0
    l2: NonNegative = 0.0


class Output(Spec):
    """The last layer."""

    units: Units
    activation: Activation


class Layers(Spec):
    """Keys that all trainable layers of a model share."""

    kernel_initializer: Annotated[Initializer, short_form("name")] = Initializer(name="glorot_uniform")
    kernel_regularizer: Penalty | None = None
    max_norm: Positive | None = None
    """Constraint: no unit's incoming weight vector is longer than this."""
    bias_start: float = 0.0
    """What every bias is before training."""
    output: Output


class Perceptron(Layers):
    """One layer: every output is an activation of an affine map of the input."""

    name: Literal["perceptron"]
    bias: bool = True


class Mlp(Layers):
    """Fully connected hidden layers, then the output."""

    name: Literal["mlp"]
    hidden: Annotated[list[Units], Field(min_length=1, max_length=100)]
    activation: Activation = "relu"
    dropout: Rate = 0.0
    """Share of units dropped after every hidden layer."""
    batch_norm: bool = False


class Block(Spec):
    """`convolutions` convolutions of `filters` filters, the last one pooled by `pool` (1: not at all).

    Order: convolution, maximum over pool x pool, batch normalisation where asked for, activation.
    """

    filters: Units
    kernel_size: Annotated[int, Field(ge=1, le=31)] = 3
    convolutions: Annotated[int, Field(ge=1, le=20)] = 1
    strides: Annotated[int, Field(ge=1, le=8)] = 1
    """Stride of the block's first convolution."""
    pool: Annotated[int, Field(ge=1, le=8)] = 2
    dropout: Rate = 0.0


class Cnn(Layers):
    """Blocks of convolutions, a reduction of space to a vector, dense layers, the output."""

    name: Literal["cnn"]
    blocks: Annotated[list[Block], Field(min_length=1, max_length=20)]
    activation: Activation = "relu"
    batch_norm: bool = False
    """After every convolution; dense layers have none."""
    reduce: Literal["flatten", "average", "max"] = "flatten"
    dense: Annotated[list[Units], Field(max_length=20)] = []
    dropout: Rate = 0.0
    """Share of units dropped before each dense layer, the output included."""


class ScikitModel(Spec):
    """A classifier that scikit-learn fits by its own method: it takes no loss, no optimizer and no training."""


class LogisticRegression(ScikitModel):
    """Logistic (softmax) regression: minimises c * sum of cross-entropies + |w|^2 / 2 by L-BFGS."""

    name: Literal["logistic_regression"]
    c: Positive | None = 1.0
    """Inverse strength of the penalty; null for none."""
    max_iterations: Count = 1000


class RandomForest(ScikitModel):
    """Trees on bootstrap samples, each split chosen among sqrt(features) drawn features; mean of their shares."""

    name: Literal["random_forest"]
    trees: Annotated[int, Field(ge=1, le=100_000)] = 100
    max_depth: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Grown until every leaf is pure where absent."""


class Svm(ScikitModel):
    """Support vector machine; more than two classes one against one."""

    name: Literal["svm"]
    kernel: Literal["linear", "rbf"] = "rbf"
    c: Positive = 1.0
    gamma: Positive | None = None
    """rbf: exp(-gamma |x - x'|^2); 1 / (features * variance of x) where absent."""

    @model_validator(mode="after")
    def _gamma_of_rbf(self) -> "Svm":
        if self.gamma is not None and self.kernel != "rbf":
            raise ValueError(f"gamma belongs to kernel: rbf, not to {self.kernel}")
        return self


NetworkSpec = Perceptron | Mlp | Cnn

ModelSpec = Annotated[Perceptron | Mlp | Cnn | LogisticRegression | RandomForest | Svm, Field(discriminator="name")]

"""The `optimizer:` part of a config, and how its learning rate falls."""

from typing import Annotated, Literal

from pydantic import Field

from experiments.spec.fields import Fraction, NonNegative, Positive, Rate, Spec


class InverseTime(Spec):
    """learning_rate / (1 + rate * step): what `decay=` meant in Keras 1 and 2."""

    name: Literal["inverse_time"]
    rate: NonNegative


class Exponential(Spec):
    """learning_rate * rate ** (epoch), continuous in the step."""

    name: Literal["exponential"]
    rate: Annotated[float, Field(gt=0, le=1)]


class Cosine(Spec):
    """Half a cosine from learning_rate to zero over the whole training."""

    name: Literal["cosine"]


class OneCycle(Spec):
    """Linear from zero to learning_rate over the first `warmup` part of training, then linear to zero."""

    name: Literal["one_cycle"]
    warmup: Fraction = 0.2


Decay = Annotated[InverseTime | Exponential | Cosine | OneCycle, Field(discriminator="name")]


class Optimizer(Spec):
    """Keys that every optimizer has."""

    learning_rate: Positive
    decay: Decay | None = None
    """How the learning rate falls with the update number; constant where absent."""
    weight_decay: NonNegative | None = None
    """Decoupled weight decay of kernels, not of biases or norms (and not the lectures' learning-rate decay)."""
    clip_norm: Positive | None = None


class Sgd(Optimizer):
    """Stochastic gradient descent, with or without momentum."""

    name: Literal["sgd"]
    momentum: Rate = 0.0
    nesterov: bool = False


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015)."""

    name: Literal["adam"]
    beta_1: Rate = 0.9
    beta_2: Rate = 0.999
    epsilon: Positive = 1e-7


class Adagrad(Optimizer):
    """AdaGrad (Duchi et al. 2011); the paper starts its accumulator at 0, Keras at 0.1."""

    name: Literal["adagrad"]
    initial_accumulator_value: NonNegative = 0.1
    epsilon: Positive = 1e-7


class Adadelta(Optimizer):
    """Adadelta (Zeiler 2012); the paper's learning rate is 1.0, Keras's default 0.001."""

    name: Literal["adadelta"]
    rho: Rate = 0.95
    epsilon: Positive = 1e-7


class RmsProp(Optimizer):
    """RMSprop (Hinton's lecture 6e)."""

    name: Literal["rmsprop"]
    rho: Rate = 0.9
    momentum: Rate = 0.0
    epsilon: Positive = 1e-7


OptimizerSpec = Annotated[Sgd | Adam | Adagrad | Adadelta | RmsProp, Field(discriminator="name")]

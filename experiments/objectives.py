"""`loss:` and `optimizer:` of a config -> Keras objects, for a model and a training set."""

import keras
import numpy as np
from keras import ops

import losses
from experiments.spec.loss import BINARY, SIGNED, SPARSE
from experiments.spec.loss import LossSpec as Loss
from experiments.spec.optimizer import (
    Adadelta,
    Adagrad,
    Adam,
    Cosine,
    Decay,
    Exponential,
    InverseTime,
    OneCycle,
    OptimizerSpec,
    RmsProp,
    Sgd,
)


def make_loss(spec: Loss, class_counts: np.ndarray) -> keras.losses.Loss:
    """The loss of a config.

    Args:
        spec: the loss part of a config.
        class_counts: int (K,), training examples of each class; weights such as `balanced` are computed from them.

    Raises:
        ValueError: the loss needs every class, and one has no training example.
    """
    match spec.name:
        case "mean_squared_error":
            return keras.losses.MeanSquaredError()
        case "mean_absolute_error":
            return keras.losses.MeanAbsoluteError()
        case "categorical_hinge":
            return keras.losses.CategoricalHinge()
        case "categorical_crossentropy":
            return keras.losses.CategoricalCrossentropy(label_smoothing=spec.label_smoothing)
        case "sparse_categorical_crossentropy":
            return keras.losses.SparseCategoricalCrossentropy()
        case "binary_crossentropy":
            return keras.losses.BinaryCrossentropy(label_smoothing=spec.label_smoothing)
        case "balanced_crossentropy":
            alpha = class_weights(spec.alpha, class_counts)
            return losses.BalancedCrossentropy(alpha=alpha, label_smoothing=spec.label_smoothing)
        case "focal_crossentropy":
            alpha = class_weights(spec.alpha, class_counts)
            return losses.FocalCrossentropy(alpha=alpha, gamma=spec.gamma, label_smoothing=spec.label_smoothing)
        case "focal_binary_crossentropy":
            return losses.FocalBinaryCrossentropy(
                apply_class_balancing=spec.alpha is not None,
                alpha=0.25 if spec.alpha is None else spec.alpha,
                gamma=spec.gamma,
                label_smoothing=spec.label_smoothing,
            )
        case "multiclass_hinge":
            return losses.MulticlassHinge(margin=spec.margin, squared=spec.squared, average=spec.average)
        case "quadratic_cost":
            return losses.QuadraticCost()
        case "perceptron":
            return losses.PerceptronLoss()
        case "logit_adjusted_crossentropy":
            return losses.LogitAdjustedCrossentropy(class_counts, tau=spec.tau, from_logits=True)
        case "ldam":
            return losses.LDAM(class_counts, max_margin=spec.max_margin, scale=spec.scale)


def class_weights(rule: str | float | list[float] | None, class_counts: np.ndarray) -> list[float] | float | None:
    """Per-class weights from a rule's name, or as given."""
    if rule == "balanced":
        return losses.balanced_class_weights(counts=class_counts).tolist()
    if rule == "effective_number":
        return losses.effective_number_class_weights(counts=class_counts).tolist()
    return rule  # type: ignore[return-value]


def labels_for(loss: str, units: int, y: np.ndarray, classes: int, form: str = "auto") -> np.ndarray:
    """Class indices, or a regression's values, in the form that a loss compares with the model's output.

    Args:
        loss: the loss's name in a config.
        units: output units of the model.
        y: int (N,), or float (N,).
        classes: number of classes K; 0 for values, which stay what they are.
        form: `signed` for -1 and +1, `integer` or `one_hot` to have that form whatever the loss; `auto` for the
            loss's own.

    Returns:
        int (N,) for sparse losses; float (N, 1) for one output unit; else one-hot float (N, K).
    """
    if form == "signed" or (form == "auto" and loss in SIGNED):
        return (2 * y[:, None] - 1).astype(np.float32)
    if (form == "integer" and units > 1) or (form == "auto" and loss in SPARSE):
        return y
    if form != "one_hot" and (loss in BINARY or units == 1):
        return y[:, None].astype(np.float32)
    return np.eye(classes, dtype=np.float32)[y]


def make_optimizer(spec: OptimizerSpec, steps_per_epoch: int, epochs: int) -> keras.optimizers.Optimizer:
    """The optimizer of a config, its learning rate a schedule over the whole training where one is asked for."""
    rate = spec.learning_rate if spec.decay is None else _schedule(spec, spec.decay, steps_per_epoch, epochs)
    common = {"learning_rate": rate, "weight_decay": spec.weight_decay, "global_clipnorm": spec.clip_norm}
    match spec:
        case Sgd():
            return keras.optimizers.SGD(momentum=spec.momentum, nesterov=spec.nesterov, **common)
        case Adam():
            return keras.optimizers.Adam(beta_1=spec.beta_1, beta_2=spec.beta_2, epsilon=spec.epsilon, **common)
        case Adagrad():
            start = spec.initial_accumulator_value
            return keras.optimizers.Adagrad(initial_accumulator_value=start, epsilon=spec.epsilon, **common)
        case Adadelta():
            return keras.optimizers.Adadelta(rho=spec.rho, epsilon=spec.epsilon, **common)
        case RmsProp():
            return keras.optimizers.RMSprop(rho=spec.rho, momentum=spec.momentum, epsilon=spec.epsilon, **common)


def _schedule(
    spec: OptimizerSpec, decay: Decay, steps_per_epoch: int, epochs: int
) -> keras.optimizers.schedules.LearningRateSchedule:
    schedules, start, total = keras.optimizers.schedules, spec.learning_rate, steps_per_epoch * epochs
    match decay:
        case InverseTime():
            return schedules.InverseTimeDecay(start, decay_steps=1, decay_rate=decay.rate)
        case Exponential():
            return schedules.ExponentialDecay(start, decay_steps=steps_per_epoch, decay_rate=decay.rate)
        case Cosine():
            return schedules.CosineDecay(start, decay_steps=total)
        case OneCycle():
            return Triangular(start, total, decay.warmup)


@keras.saving.register_keras_serializable(package="relecture")
class Triangular(keras.optimizers.schedules.LearningRateSchedule):
    """Learning rate that rises linearly from zero to `peak`, then falls linearly to zero.

    Formula, at step t of T, with w = warmup * T:

        rate = peak * min((t + 1) / w, (T - t) / (T - w))

    Args:
        peak: the highest learning rate, > 0.
        total_steps: T, updates in the whole training.
        warmup: share of T spent rising, in (0, 1).
    Reference: Smith and Topin 2018, super-convergence, in its simplest form.
    """

    def __init__(self, peak: float, total_steps: int, warmup: float = 0.2):
        super().__init__()
        self.peak, self.total_steps, self.warmup = peak, total_steps, warmup

    def __call__(self, step):  # type: ignore[no-untyped-def]
        """The learning rate of an update."""
        t = ops.cast(step, "float32")
        rising = max(1.0, self.warmup * self.total_steps)
        falling = max(1.0, self.total_steps - rising)
        up, down = (t + 1.0) / rising, (self.total_steps - t) / falling
        return self.peak * ops.clip(ops.minimum(up, down), 0.0, 1.0)

    def get_config(self) -> dict[str, float]:
        """Constructor arguments, for saving."""
        return {"peak": self.peak, "total_steps": self.total_steps, "warmup": self.warmup}

"""Networks and objectives built from configs: counts, shapes, formulas."""

from typing import Any

import keras
import numpy as np
import pytest
from pydantic import TypeAdapter

from experiments.activations import ACTIVATIONS
from experiments.models import build_model
from experiments.objectives import class_weights, labels_for, make_loss, make_optimizer
from experiments.spec import LossSpec, ModelSpec, OptimizerSpec
from experiments.spec.model import Activation

SOFTMAX = {"units": 10, "activation": "softmax"}
COUNTS = np.array([90, 9, 1])


def model_of(shape: tuple[int, ...], **spec: Any) -> keras.Model:
    return build_model(TypeAdapter(ModelSpec).validate_python(spec), shape)


def loss_of(counts: np.ndarray = COUNTS, **spec: Any) -> keras.losses.Loss:
    return make_loss(TypeAdapter(LossSpec).validate_python(spec), counts)


def optimizer_of(**spec: Any) -> keras.optimizers.Optimizer:
    return make_optimizer(TypeAdapter(OptimizerSpec).validate_python(spec), steps_per_epoch=10, epochs=4)


@pytest.mark.parametrize(
    ("hidden", "count"),
    [([64, 64, 64], 59_210), ([1024, 1024, 1024], 2_913_290), ([128, 128], 118_282)],
    ids=["M-77", "M-117", "C-101"],
)
def test_parameters_of_the_lectures_mnist_networks(hidden: list[int], count: int) -> None:
    assert model_of((784,), name="mlp", hidden=hidden, output=SOFTMAX).count_params() == count


def test_parameters_of_the_lectures_perceptrons() -> None:
    assert model_of((784,), name="perceptron", output=SOFTMAX).count_params() == 7_850
    one = {"units": 1, "activation": "hard_sigmoid_keras3"}
    assert model_of((2,), name="perceptron", output=one).count_params() == 3
    assert model_of((2,), name="mlp", hidden=[12, 6], output=one).count_params() == 121


def test_cnn_shapes_and_parameters() -> None:
    blocks = [{"filters": 4, "kernel_size": 3}, {"filters": 8, "kernel_size": 5, "convolutions": 2, "pool": 1}]
    model = model_of((28, 28, 1), name="cnn", blocks=blocks, dense=[16], output=SOFTMAX)
    convolutions = (9 * 1 + 1) * 4 + (25 * 4 + 1) * 8 + (25 * 8 + 1) * 8
    dense = (14 * 14 * 8 + 1) * 16 + (16 + 1) * 10
    assert model.count_params() == convolutions + dense
    pooled = model_of((28, 28, 1), name="cnn", blocks=blocks, reduce="average", output=SOFTMAX)
    assert pooled.count_params() == convolutions + (8 + 1) * 10


def test_strided_block_halves_the_picture() -> None:
    blocks = [{"filters": 4, "strides": 2, "pool": 1}]
    model = model_of((32, 32, 3), name="cnn", blocks=blocks, output=SOFTMAX)
    assert model.layers[0].output.shape == (None, 16, 16, 4)


@pytest.mark.parametrize(
    ("name", "at_minus_1", "saturates_at"),
    [("hard_sigmoid_slide", 0.0, 1.0), ("hard_sigmoid_keras2", 0.3, 2.5), ("hard_sigmoid_keras3", 1 / 3, 3.0)],
)
def test_three_hard_sigmoids(name: str, at_minus_1: float, saturates_at: float) -> None:
    function = keras.activations.get(ACTIVATIONS[name])

    def at(*z: float) -> np.ndarray:
        return np.array(keras.ops.convert_to_numpy(function(keras.ops.array(z, "float32"))))

    assert at(-1.0, 0.0) == pytest.approx([at_minus_1, 0.5], abs=1e-6)
    assert at(saturates_at, -saturates_at) == pytest.approx([1, 0], abs=1e-6)
    assert at(saturates_at - 0.1)[0] < 1


def test_every_activation_of_a_config_is_known() -> None:
    from typing import get_args

    assert set(get_args(Activation)) == set(ACTIVATIONS)


def test_a_saved_model_with_our_activation_loads_without_help(tmp_path: Any) -> None:
    output = {"units": 1, "activation": "hard_sigmoid_slide"}
    model = model_of((2,), name="perceptron", output=output)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = np.array([[0.3, -0.2], [2.0, 1.0]], dtype=np.float32)
    assert np.array_equal(model.predict(x, verbose=0), loaded.predict(x, verbose=0))


def test_penalty_constraint_and_initializer_reach_the_kernels() -> None:
    model = model_of(
        (5,),
        name="mlp",
        hidden=[7],
        kernel_initializer={"name": "random_normal", "stddev": 3.0},
        kernel_regularizer={"l1": 0.1, "l2": 0.01},
        max_norm=1.5,
        output=SOFTMAX,
    )
    kernels = [w for w in model.trainable_weights if w.name == "kernel"]
    expected = sum(0.1 * np.abs(k).sum() + 0.01 * np.square(k).sum() for k in map(np.array, kernels))
    assert float(sum(model.losses)) == pytest.approx(float(expected), rel=1e-5)
    assert all(isinstance(k.constraint, keras.constraints.MaxNorm) for k in kernels)
    assert np.std(np.concatenate([np.array(k).ravel() for k in kernels])) > 2


def test_max_norm_holds_for_what_leads_into_one_unit() -> None:
    spec: Any = {"output": SOFTMAX, "max_norm": 1.0}
    convolution = model_of((8, 8, 3), name="cnn", blocks=[{"filters": 4}], **spec).layers[0].kernel
    dense = model_of((5,), name="mlp", hidden=[7], **spec).layers[0].kernel
    for kernel in (convolution, dense):
        held = np.array(kernel.constraint(10 * kernel))
        norms = np.linalg.norm(held.reshape(-1, held.shape[-1]), axis=0)
        assert norms == pytest.approx(np.ones(held.shape[-1]), abs=1e-5)


Y = np.array([[1, 0, 0], [0, 0, 1]], dtype=np.float32)
P = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]], dtype=np.float32)


def test_balanced_weights_come_from_the_training_counts() -> None:
    weights = class_weights("balanced", COUNTS)
    assert weights == pytest.approx([100 / 270, 100 / 27, 100 / 3])
    value = float(loss_of(name="balanced_crossentropy")(Y, P))
    assert value == pytest.approx((-weights[0] * np.log(0.7) - weights[2] * np.log(0.4)) / 2, rel=1e-5)


def test_focal_options_reach_the_loss() -> None:
    value = float(loss_of(name="focal_crossentropy", gamma=2.0, alpha=[0.5, 1.0, 2.0])(Y, P))
    by_hand = (-0.5 * 0.3**2 * np.log(0.7) - 2 * 0.6**2 * np.log(0.4)) / 2
    assert value == pytest.approx(by_hand, rel=1e-5)


def test_every_loss_of_a_config_is_finite_on_a_batch() -> None:
    three = ["mean_squared_error", "mean_absolute_error", "categorical_hinge", "categorical_crossentropy",
             "balanced_crossentropy", "focal_crossentropy", "multiclass_hinge", "quadratic_cost",
             "logit_adjusted_crossentropy", "ldam"]  # fmt: skip
    for name in three:
        assert np.isfinite(float(loss_of(name=name)(Y, P))), name
    assert np.isfinite(float(loss_of(name="sparse_categorical_crossentropy")(np.array([0, 2]), P)))
    for name in ("binary_crossentropy", "focal_binary_crossentropy"):
        assert np.isfinite(float(loss_of(name=name)(Y[:, :1], P[:, :1]))), name


def test_labels_take_the_form_of_the_loss() -> None:
    y = np.array([0, 2, 1])
    assert labels_for("sparse_categorical_crossentropy", 3, y, 3).tolist() == [0, 2, 1]
    assert labels_for("categorical_crossentropy", 3, y, 3).tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert labels_for("binary_crossentropy", 1, y, 3).tolist() == [[0.0], [2.0], [1.0]]
    assert labels_for("categorical_crossentropy", 64, y, 3, form="one_hot").shape == (3, 3)
    assert labels_for("categorical_crossentropy", 3, y, 3, form="integer").shape == (3,)


def test_optimizer_options_reach_keras() -> None:
    sgd = optimizer_of(name="sgd", learning_rate=0.2, momentum=0.9, nesterov=True, weight_decay=0.01, clip_norm=1.0)
    assert (sgd.momentum, sgd.nesterov, sgd.weight_decay, sgd.global_clipnorm) == (0.9, True, 0.01, 1.0)
    assert float(sgd.learning_rate) == pytest.approx(0.2)
    assert optimizer_of(name="adadelta", learning_rate=1.0).rho == 0.95
    assert optimizer_of(name="adagrad", learning_rate=1.0, initial_accumulator_value=0.0).initial_accumulator_value == 0
    assert optimizer_of(name="rmsprop", learning_rate=1.0, momentum=0.5).momentum == 0.5
    assert optimizer_of(name="adam", learning_rate=1.0, beta_1=0.8).beta_1 == 0.8


@pytest.mark.parametrize(
    ("decay", "start", "end"),
    [
        ({"name": "inverse_time", "rate": 0.5}, 1.0, 1 / 21),
        ({"name": "exponential", "rate": 0.5}, 1.0, 0.5**4),
        ({"name": "cosine"}, 1.0, 0.0),
        ({"name": "one_cycle", "warmup": 0.25}, 0.1, 0.0),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)
def test_schedules_run_over_the_whole_training(decay: dict[str, Any], start: float, end: float) -> None:
    from experiments.objectives import _schedule

    spec: Any = TypeAdapter(OptimizerSpec).validate_python({"name": "sgd", "learning_rate": 1.0, "decay": decay})
    schedule = _schedule(spec, spec.decay, 10, 4)
    assert float(schedule(0)) == pytest.approx(start)
    assert float(schedule(40)) == pytest.approx(end, abs=1e-6)

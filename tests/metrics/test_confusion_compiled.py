"""The streaming metric where Keras runs it: compile, fit, evaluate, jit, saved models; on the active backend."""

import math
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from metrics import ConfusionMatrix, ConfusionScore
from metrics.scores import SCORES, confusion_matrix

BACKEND = keras.backend.backend()
JAX = BACKEND == "jax"
TOLERANCE = 1e-5 if JAX else 1e-12
ROOT = Path(__file__).parents[2]

# TensorFlow's tensors have not learned NumPy 2's `copy` keyword. Keras drops the conversion of its logs if that
# warning is an error.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")


def data(n=50, features=4, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, features)).astype("float32"), rng.integers(0, classes, n)


def model(metrics, units=3, activation="softmax", loss="sparse_categorical_crossentropy", weighted=(), **options):
    keras.utils.set_random_seed(7)
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, activation=activation)])
    network.compile("sgd", loss, metrics=metrics, weighted_metrics=list(weighted), **options)
    return network


def expected(network, x, y, weight=None):
    return confusion_matrix(y, network.predict(x, verbose=0).argmax(axis=1), 3, weight)


def all_metrics():
    return [ConfusionMatrix(3), *(ConfusionScore(name, 3) for name in SCORES)]


def some_metrics():
    return [ConfusionMatrix(3), ConfusionScore("micro_f1", 3), ConfusionScore("macro_f1", 3)]


MODES = [{"jit_compile": True}, {"jit_compile": False}, {"run_eagerly": True}]


@pytest.mark.parametrize("options", MODES, ids=["jit", "graph", "eager"])
def test_evaluate_gives_the_matrix_and_its_scores(options):
    x, y = data()
    network = model(all_metrics(), **options)
    results = network.evaluate(x, y, batch_size=25, verbose=0, return_dict=True)
    C = expected(network, x, y)
    np.testing.assert_array_equal(np.asarray(results["confusion_matrix"]), C)
    for name, score in SCORES.items():
        assert float(results[name]) == pytest.approx(score(C), abs=TOLERANCE), name


@pytest.mark.parametrize("batch_size", [1, 7, 50, 64])
def test_the_size_of_batches_changes_nothing(batch_size):
    x, y = data()
    network = model([ConfusionMatrix(3), ConfusionScore("macro_f1", 3)])
    results = network.evaluate(x, y, batch_size=batch_size, verbose=0, return_dict=True)
    C = expected(network, x, y)
    np.testing.assert_array_equal(np.asarray(results["confusion_matrix"]), C)
    assert results["macro_f1"] == pytest.approx(SCORES["macro_f1"](C), abs=TOLERANCE)


def test_one_hot_truth_and_weighted_metrics():
    x, y = data()
    weight = np.random.default_rng(1).integers(0, 9, 50) / 4
    network = model(
        [ConfusionMatrix(3)], weighted=[ConfusionMatrix(3, name="weighted")], loss="categorical_crossentropy"
    )
    results = network.evaluate(x, np.eye(3)[y], sample_weight=weight, batch_size=16, verbose=0, return_dict=True)
    np.testing.assert_array_equal(np.asarray(results["confusion_matrix"]), expected(network, x, y))
    np.testing.assert_array_equal(np.asarray(results["weighted"]), expected(network, x, y, weight))


@pytest.mark.parametrize("activation", ["sigmoid", None])
def test_one_output_unit(activation):
    x, y = data(classes=2)
    from_logits = activation is None
    network = model(
        [ConfusionMatrix(2, from_logits=from_logits)],
        units=1,
        activation=activation,
        loss=keras.losses.BinaryCrossentropy(from_logits=from_logits),
    )
    results = network.evaluate(x, y, batch_size=16, verbose=0, return_dict=True)
    predicted = network.predict(x, verbose=0)[:, 0] > (0 if from_logits else 0.5)
    np.testing.assert_array_equal(np.asarray(results["confusion_matrix"]), confusion_matrix(y, predicted, 2))


@pytest.mark.parametrize("steps", [1, 3])
def test_fit_keeps_history_and_starts_each_epoch_afresh(steps, capsys):
    x, y = data()
    network = model(["accuracy", *some_metrics()], steps_per_execution=steps)
    history = network.fit(x, y, epochs=3, batch_size=16, validation_data=(x[:20], y[:20]), verbose=2).history
    for key, total in (("confusion_matrix", 50), ("val_confusion_matrix", 20)):
        assert [np.asarray(C).sum() for C in history[key]] == [total] * 3
        assert np.asarray(history[key]).shape == (3, 3, 3)
    for key in ("micro_f1", "macro_f1", "val_micro_f1", "val_macro_f1"):
        assert all(type(value) is float for value in history[key]), key
    np.testing.assert_array_equal(np.asarray(history["val_confusion_matrix"][-1]), expected(network, x[:20], y[:20]))
    assert history["micro_f1"] == pytest.approx(history["accuracy"], abs=1e-6)
    assert "val_macro_f1" in capsys.readouterr().out


def test_progress_bar_shows_the_metrics(capsys):
    x, y = data()
    model(some_metrics()).fit(x, y, verbose=1)
    assert "macro_f1" in capsys.readouterr().out


def test_early_stopping_knows_that_more_is_better():
    x, y = data()
    network = model([ConfusionScore("macro_f1", 3)])
    network.optimizer.learning_rate = 0.0  # no progress, so patience runs out at once
    stop = keras.callbacks.EarlyStopping("val_macro_f1", patience=1)
    history = network.fit(x, y, epochs=9, validation_data=(x, y), callbacks=[stop], verbose=0).history
    assert len(history["val_macro_f1"]) == 2
    assert stop._is_improvement(0.6, 0.5)


def compiled(metric):
    """The metric's update as one compiled function of the backend, and a call for its result."""
    if JAX:
        import jax

        update = jax.jit(metric.stateless_update_state)
        result = jax.jit(metric.stateless_result)

        def step(*arguments):
            new = update([v.value for v in metric.variables], *arguments)
            for variable, value in zip(metric.variables, new, strict=True):
                variable.assign(value)

        return step, lambda: np.asarray(result([v.value for v in metric.variables]))
    import tensorflow as tf

    step = tf.function(metric.update_state, jit_compile=True)
    return step, lambda: np.asarray(tf.function(metric.result, jit_compile=True)())


def test_a_compiled_update_is_exact_beyond_float32():
    metric = ConfusionMatrix(2, sparse_y_pred=True)
    start = 2**33 + 2**20 - 1
    state = np.zeros((3, 2, 2), np.float32)
    state[:2, 1, 1] = start // 2**20, start % 2**20
    metric.counts.assign(state)
    step, result = compiled(metric)
    labels = np.array([1, 1, 0], "int32")
    for _ in range(3):
        step(labels, labels)
    assert metric.to_numpy().tolist() == [[3, 0], [0, start + 6]]
    np.testing.assert_allclose(result(), metric.to_numpy(), rtol=1e-7)


def test_compiled_fractions_are_carried():
    metric = ConfusionMatrix(2, sparse_y_pred=True)
    step, _ = compiled(metric)
    labels, weight = np.array([1, 1, 0], "int32"), np.array([0.75, 2.5, 0.25], "float32")
    for _ in range(5):
        step(labels, labels, weight)
    assert metric.to_numpy().tolist() == [[1.25, 0], [0, 16.25]]
    assert (np.asarray(metric.counts.value)[2] < 1).all()


WRONG = {
    "truth": ([0, 5, 1], [[1, 0, 0]] * 3, [1, 1, 1], 1),
    "negative truth": ([0, -1, -1], [[1, 0, 0]] * 3, [1, 1, 1], 2),
    "NaN score": ([0, 1, 1], [[1, 0, 0], [1, math.nan, 0], [1, 0, 0]], [1, 1, 1], 1),
    "NaN weight": ([0, 1, 1], [[1, 0, 0]] * 3, [1, math.nan, 1], 1),
    "negative weight": ([0, 1, 1], [[1, 0, 0]] * 3, [1, -1, 1], 1),
    "too much weight": ([0, 1, 1], [[1, 0, 0]] * 3, [2.0**29, 2.0**29, 1], 1),
}


@pytest.mark.parametrize(("y_true", "y_pred", "weight", "wrong"), WRONG.values(), ids=WRONG)
def test_wrong_values_in_compiled_code_poison_the_result_and_no_cell(y_true, y_pred, weight, wrong):
    kinds = [ConfusionMatrix(3)] if y_true[1] < 5 else [ConfusionMatrix(3), ConfusionScore("accuracy", 3)]
    for metric in kinds:
        step, result = compiled(metric)
        step(np.array([2], "int32"), np.array([[0, 0, 1]], "float32"), np.ones(1, "float32"))
        assert not np.isnan(result()).any()
        step(np.array(y_true, "int32"), np.array(y_pred, "float32"), np.array(weight, "float32"))
        step(np.array([2], "int32"), np.array([[0, 0, 1]], "float32"), np.ones(1, "float32"))
        assert np.isnan(result()).all()
        assert float(np.asarray(metric.invalid.value)) == wrong
        with pytest.raises(ValueError, match=rf"^{metric.name}: expected class indices .* received {wrong} samples"):
            metric.to_numpy()
        counts = np.asarray(metric.counts.value)
        assert counts[:, 2, :].sum() == 2
        assert counts[:, 0, 0].sum() == (0 if weight[0] > 1 else 1)
        metric.reset_state()
        assert not np.isnan(result()).any()


def test_out_of_range_labels_make_the_history_nan():
    x, y = data()
    y[7] = 9
    network = model([ConfusionScore("macro_f1", 3)], loss="mse", jit_compile=True)
    network.compile("sgd", loss=lambda t, p: keras.ops.mean(p, axis=-1), metrics=[ConfusionScore("macro_f1", 3)])
    assert math.isnan(network.fit(x, y, verbose=0).history["macro_f1"][0])
    network.run_eagerly = True
    network.test_function = None
    with pytest.raises(ValueError, match=r"^y_true: expected whole numbers from 0 to 2, received 9"):
        network.evaluate(x, y, verbose=0)


@pytest.mark.parametrize("options", MODES[:2], ids=["jit", "graph"])
def test_masked_steps_are_left_out(options):
    tokens = np.array([[1, 2, 0, 0], [3, 1, 2, 0], [2, 2, 2, 2]])
    y = np.where(tokens == 0, 99, tokens % 3)  # 99: padding that no class stands for
    network = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Embedding(4, 3, mask_zero=True, embeddings_initializer="ones"),
            keras.layers.Activation("softmax"),
        ]
    )
    # A loss of its own: Keras's would look up class 99.
    network.compile("sgd", lambda t, p: keras.ops.mean(p, axis=-1), metrics=[ConfusionMatrix(3)], **options)
    C = np.asarray(network.evaluate(tokens, y, verbose=0, return_dict=True)["confusion_matrix"])
    used = tokens > 0
    np.testing.assert_array_equal(C, confusion_matrix(y[used], np.zeros(used.sum()), 3))


def test_saved_and_loaded_model_goes_on(tmp_path):
    x, y = data()
    network = model([ConfusionMatrix(3), ConfusionScore("cohen_kappa", 3, zero_division=math.nan)])
    network.fit(x, y, verbose=0)
    before = network.evaluate(x, y, verbose=0, return_dict=True)
    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    after = loaded.evaluate(x, y, verbose=0, return_dict=True)
    np.testing.assert_array_equal(np.asarray(after["confusion_matrix"]), np.asarray(before["confusion_matrix"]))
    assert after["cohen_kappa"] == pytest.approx(before["cohen_kappa"], abs=1e-12)
    restored = {m.name: m for m in loaded._compile_metrics.metrics}
    assert type(restored["confusion_matrix"]) is ConfusionMatrix
    assert type(restored["cohen_kappa"]) is ConfusionScore
    assert math.isnan(restored["cohen_kappa"].zero_division)


def test_importing_scores_loads_no_deep_learning_and_no_pandas():
    code = (
        "import sys, metrics, metrics.scores; metrics.macro_f1([[1, 0], [0, 1]]);"
        "found = {'keras', 'tensorflow', 'jax', 'pandas', 'sklearn', 'losses', 'experiments'} & set(sys.modules);"
        "sys.exit(f'loaded: {found}' if found else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr

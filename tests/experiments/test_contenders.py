"""The benchmark's contenders: each learns, and the hand-written ones agree."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from benchmarks import engines
from benchmarks.contest import by_keras, by_numpy, report
from benchmarks.contest.networks import CLASSES, Data, Network, initial_weights, networks, operations
from benchmarks.contest.race import Entry
from experiments.figures import style

OUTPUT = {"units": CLASSES, "activation": "softmax"}
MLP = {"name": "mlp", "hidden": [16], "activation": "relu", "output": OUTPUT}
DENSE = Network("dense", "mnist", MLP, 32, 0.1, 0.9, epochs=4)
DROPPING = Network("dropping", "mnist", {**MLP, "dropout": 0.2, "kernel_initializer": "he_normal"}, 32, 0.1, 0.9, 4)
BLOCKS = [
    {"filters": 8, "kernel_size": 4, "strides": 2, "pool": 1, "convolutions": 1},
    {"filters": 8, "kernel_size": 3, "strides": 1, "pool": 2, "convolutions": 1},
]
CNN = {"name": "cnn", "blocks": BLOCKS, "batch_norm": True, "reduce": "max", "output": OUTPUT}
IMAGES = Network("images", "cifar10", CNN, 32, 0.05, 0.9, epochs=6)


def make_data(network: Network, n: int = 500) -> Data:
    """Ten noisy prototypes, n not a multiple of the batch."""
    rng = np.random.default_rng(0)
    shape = (8, 8, 3) if network.convolutional else (20,)
    prototypes = rng.normal(size=(CLASSES, *shape)) * 1.5
    y = rng.integers(0, CLASSES, n + 200)
    x = (prototypes[y] + rng.normal(size=(n + 200, *shape))).astype(np.float32)
    return Data(x[:n], y[:n], x[n:], y[n:])


def accuracy(kind: Any, network: Network, seed: int = 0) -> float:
    contender = kind(network, make_data(network), network.epochs)
    assert contender.train(seed) > 0
    return float(contender.accuracy())


@pytest.mark.parametrize("kind", [by_keras.Ours, by_keras.Fit, by_numpy.NumPy])
def test_contenders_learn_a_dense_network(kind: Any) -> None:
    assert accuracy(kind, DENSE) > 0.9


@pytest.mark.filterwarnings("ignore:Model doesn't support `jit_compile=True`")  # under the tests' determinism
def test_fit_with_many_steps_learns_a_dense_network() -> None:
    assert accuracy(by_keras.FitManySteps, DENSE) > 0.9


def test_scikit_learn_learns_a_dense_network() -> None:
    assert accuracy(by_numpy.ScikitLearn, DENSE) > 0.9


@pytest.mark.parametrize("network", [DENSE, DROPPING, IMAGES], ids=lambda network: network.name)
@pytest.mark.parametrize("library", ["torch", "jax"])
def test_hand_written_loops_learn(library: str, network: Network) -> None:
    pytest.importorskip(library)
    module = pytest.importorskip(f"benchmarks.contest.by_{library}")
    assert accuracy(getattr(module, library.capitalize()), network) > 0.8


def test_numpy_with_dropout_learns() -> None:
    assert accuracy(by_numpy.NumPy, DROPPING) > 0.8


@pytest.mark.parametrize("kind", [by_keras.Ours, by_keras.Fit])
def test_keras_contenders_learn_images(kind: Any) -> None:
    assert accuracy(kind, IMAGES) > 0.8


def test_ours_and_fit_start_from_the_same_weights() -> None:
    """Pairs by seed mean something."""
    still = Network("still", "mnist", MLP, 32, 1e-12, 0.0, epochs=1)
    data = make_data(still)
    ours, fit = by_keras.Ours(still, data, 1), by_keras.Fit(still, data, 1)
    ours.train(3)
    fit.train(3)
    np.testing.assert_allclose(ours.trainer.model.get_weights()[0], fit.model.get_weights()[0], atol=1e-6)
    np.testing.assert_allclose(ours.log, fit.log, rtol=1e-5)


HAND_WRITTEN = [("numpy", "NumPy"), ("torch", "Torch"), ("jax", "Jax")]


def contender_of(library: str, kind: str, network: Network) -> Any:
    pytest.importorskip(library)
    module = pytest.importorskip(f"benchmarks.contest.by_{library}")
    return getattr(module, kind)(network, make_data(network), network.epochs)


@pytest.mark.parametrize(("library", "kind"), HAND_WRITTEN)
def test_hand_written_loops_keep_loss_and_accuracy_of_each_epoch(library: str, kind: str) -> None:
    """They do the work that `fit` does: with weights that stay, the log is that of the initial network."""
    still = replace(DENSE, rate=1e-12, momentum=0.0, epochs=2)
    contender, data = contender_of(library, kind, still), make_data(still)
    contender.train(5)
    (first, offsets), (last, last_offsets) = initial_weights(still, 20, 5)
    logits = np.maximum(data.x @ first + offsets, 0) @ last + last_offsets
    of_class = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = (-np.log(of_class[np.arange(500), data.y]).mean(), (logits.argmax(axis=1) == data.y).mean())
    np.testing.assert_allclose(contender.log, [expected, expected], rtol=1e-5)


def test_numpy_and_jax_train_the_same_network() -> None:
    by_jax = pytest.importorskip("benchmarks.contest.by_jax")
    assert accuracy(by_numpy.NumPy, DENSE, 2) == pytest.approx(accuracy(by_jax.Jax, DENSE, 2), abs=0.011)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="needs KERAS_BACKEND=jax")
def test_many_networks_at_once_report_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_keras, "MANY", 3)
    together, alone = (kind(DENSE, make_data(DENSE), 4) for kind in (by_keras.OursTogether, by_keras.Ours))
    assert min(together.train(4), alone.train(4)) > 0
    assert together.accuracy() == pytest.approx(alone.accuracy(), abs=0.011)
    np.testing.assert_allclose(together.log, alone.log, rtol=1e-3)


def test_operations_of_an_epoch_by_hand() -> None:
    # 784-10: forward and gradient of the kernel, two operations each for 7,840 products; inputs need no gradient.
    assert operations(networks()["784-10"], (784,)) == 4 * 7840
    # 20-16-10: the second layer's inputs do.
    assert operations(DENSE, (20,)) == 4 * 320 + 6 * 160
    # 8x8x3, strides 2: 4x4 places of 4x4x3x8; then 4x4 of 3x3x8x8, pooled; then 8x10.
    assert operations(IMAGES, (8, 8, 3)) == 4 * 16 * 384 + 6 * (16 * 576 + 80)


def test_initial_weights_follow_the_initialiser() -> None:
    kernel, bias = initial_weights(DENSE, 20, 0)[0]
    assert np.abs(kernel).max() <= np.sqrt(6 / 36)
    assert not bias.any()
    kernel, _ = initial_weights(DROPPING, 2000, 0)[0]
    assert kernel.std() == pytest.approx(np.sqrt(2 / 2000), rel=0.02)


def test_report_pairs_repeats_and_names_the_share_of_the_peak() -> None:
    ready = {"engine": "fit", "device": "cpu", "networks": 1, "first_training_s": 1.0}

    def entry(name: str, seconds: list[float], right: list[float]) -> Entry:
        replies = [
            {"seconds": s, "accuracy": a, "peak_mib": 100.0 + i, "train_loss": 1.0 + i, "train_accuracy": a}
            for i, (s, a) in enumerate(zip(seconds, right, strict=True))
        ]
        return Entry(networks()["784-10"], name, 1, None, ready, replies)

    entries = [entry("relecture", [1, 1, 2], [0.9, 0.8, 0.7]), entry("Keras fit", [2, 4, 20], [0.8, 0.8, 0.8])]
    ours = report.tabulate(
        entries, [{"gflops": speed, "own_gflops": speed / 2} for speed in (100.0, 300.0, 200.0)], 60_000
    ).iloc[0]
    assert ours["times_faster_than_fit"] == 4
    assert ours["accuracy_minus_fit"] == pytest.approx(0)
    assert ours["accuracy_difference_sd"] == pytest.approx(0.1)
    assert ours["share_of_gemm_peak"] == pytest.approx(31_360 * 60_000 / 200e9)
    assert ours["peak_memory_mib"] == 102
    assert ours["train_loss"] == 2


def test_usual_contenders_need_no_gpu() -> None:
    assert engines.ON_CPU[:2] == ["relecture", "Keras fit"]
    assert "JAX" in engines.ON_CPU
    assert not [name for name in engines.ON_CPU if name.startswith("relecture, JAX")]


def rows_of(network: str, seconds: dict[str, float]) -> list[dict[str, Any]]:
    """As the table has them; the median of the pairs' ratios is another number than the ratio of the medians."""
    shared = {"network": network, "batch": 128, "repeats": 5, "times_faster_than_fit": 0.8}
    quartiles = {"seconds_q1": 0.9, "seconds_q3": 1.2}
    return [
        shared | {"contender": name, "seconds_an_epoch": s} | {q: share * s for q, share in quartiles.items()}
        for name, s in seconds.items()
    ]


def test_the_engines_figure_names_networks_alike_and_labels_agree_with_the_seconds_shown() -> None:
    seconds = {"relecture": 2.0, "Keras fit": 5.0, "scikit-learn": 5.0}
    some = {name: s for name, s in seconds.items() if name != "scikit-learn"}
    table = pd.DataFrame(rows_of("784-10", some) + rows_of("cifar10_mlp", seconds))
    with style.applied():
        figure = report.draw(table)
        first, second = figure.axes
        assert first.get_title() == "MNIST, 784-10\nbatch 128"
        assert second.get_title() == "CIFAR-10, 3072-512-256-10\nbatch 128"
        assert [text.get_text() for text in second.texts] == ["2.0 s, 2.5×", "5.0 s, 1.0×", "5.0 s, 1.0×"]
        assert [text.get_text() for text in first.texts] == ["2.0 s, 2.5×", "5.0 s, 1.0×", "not timed"]
        bars = [to_hex(bar.get_facecolor()) for bar in second.patches]
        assert bars[:2] == [to_hex(style.colour(0)), to_hex(style.colour(1))]
    assert "median of Keras fit divided by" in str(figure.get_supxlabel())
    assert "Engines side by side" in str(figure.get_suptitle())


@pytest.mark.parametrize("panels", [1, 2, 3, 4, 5])
def test_no_row_of_the_engines_figure_is_half_empty(panels: int) -> None:
    table = pd.DataFrame([row for i in range(panels) for row in rows_of(f"network {i}", {"relecture": 1.0})])
    with style.applied():
        figure = report.draw(table)
    assert len(figure.axes) == panels
    assert all(axes.get_visible() for axes in figure.axes)
    assert figure.axes[0].get_title() == "network 0\nbatch 128"

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from experiments.data.datasets import Dataset, Examples
from experiments.figures import confusion_matrix


def cell_texts(figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def one_hot(guess, units: int) -> np.ndarray:
    return np.eye(units, dtype=np.float32)[guess]


def test_cells_are_mean_counts_over_seeds(make_subject, iris, said):
    # Seed 0 takes the first example, a setosa, for a versicolor; seed 1 makes no mistake.
    def outputs(variant, seed):
        guess = np.arange(40) % 3
        if seed == 0:
            guess[0] = 1
        return one_hot(guess, 3)

    drawing = confusion_matrix.draw(make_subject(iris, outputs=outputs))["confusion_matrix"]
    assert cell_texts(drawing.figure) == ["13.5", "0.5", "0", "0", "13.0", "0", "0", "0", "13.0"]
    assert "mean of 2 seeds" in said(drawing.figure)
    assert "rounded" not in said(drawing.figure)
    assert "40 test examples" in said(drawing.figure)
    table = drawing.table.set_index(["true", "predicted"])
    assert table.loc[("setosa", "versicolor"), "mean"] == 0.5
    assert table.loc[("setosa", "versicolor"), "share"] == pytest.approx(0.5 / 14)
    assert (table.loc[("setosa", "setosa"), "min"], table.loc[("setosa", "setosa"), "max"]) == (13, 14)


def test_one_seed_has_whole_counts_and_rows_are_truth(make_subject, iris, said):
    drawing = confusion_matrix.draw(make_subject(iris | {"seeds": 1}))["confusion_matrix"]
    axes = drawing.figure.axes[0]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("true class", "predicted class")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["setosa", "versicolor", "virginica"]
    assert all("." not in text for text in cell_texts(drawing.figure))
    assert "mean" not in said(drawing.figure)
    shares = drawing.table["share"].to_numpy().reshape(3, 3)
    assert shares.sum(axis=1) == pytest.approx(1)


def test_ten_long_class_names_do_not_touch(make_subject, cifar, assert_laid_out):
    figure = confusion_matrix.draw(make_subject(cifar | {"seeds": 1}))["confusion_matrix"].figure
    assert_laid_out(figure)
    axes = figure.axes[0]
    labels = axes.get_xticklabels()
    assert [label.get_text() for label in labels][1] == "automobile"
    # Slanted labels run parallel: the distance between them must exceed the height of a line.
    step = (axes.transData.transform((1, 0)) - axes.transData.transform((0, 0)))[0]
    assert all(label.get_rotation() == 35 for label in labels)
    assert step * np.sin(np.radians(35)) > labels[0].get_fontsize() / 72 * figure.dpi
    heights = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert all(not upper.overlaps(lower) for upper, lower in pairwise(heights))


def test_numbers_fit_their_cells_and_stand_out(make_subject, mnist):
    y = np.repeat(np.arange(10), 1000)
    random = np.random.default_rng(0)
    data = Dataset(
        Examples(np.zeros((10, 2)), y[:10]), None, Examples(np.zeros((10_000, 2)), y), tuple("0123456789"), ""
    )
    guess = np.where(random.random(10_000) < 0.2, random.integers(0, 10, 10_000), y)
    subject = make_subject(mnist | {"seeds": 1}, data=data, outputs=lambda v, s: one_hot(guess, 10))
    figure = confusion_matrix.draw(subject)["confusion_matrix"].figure
    figure.draw_without_rendering()
    axes = figure.axes[0]
    width, height = axes.transData.transform((1, 0)) - axes.transData.transform((0, 1))
    for text in axes.texts:
        extent = text.get_window_extent()
        assert extent.width < width
        assert extent.height < height
        assert text.get_fontsize() >= 9
    diagonal, beside = axes.texts[0], axes.texts[1]
    assert to_rgb(diagonal.get_color()) == (1, 1, 1)
    assert to_rgb(beside.get_color()) == (0, 0, 0)


def test_rare_cells_of_a_large_matrix_are_not_rounded_to_nothing(make_subject, mnist, said):
    def outputs(variant, seed):
        guess = np.arange(40) % 10
        if seed == 0:
            guess[0] = 1
        return one_hot(guess, 10)

    figure = confusion_matrix.draw(make_subject(mnist | {"seeds": 3}, outputs=outputs))["confusion_matrix"].figure
    assert cell_texts(figure)[1] == "<1"
    assert "rounded" in said(figure)


def test_each_variant_has_a_figure(make_subject, iris, said):
    subject = make_subject(iris | {"variants": {"slow": {"optimizer.learning_rate": 0.001}}, "seeds": 1})
    drawings = confusion_matrix.draw(subject)
    assert list(drawings) == ["confusion_matrix", "confusion_matrix-slow"]
    assert "Confusion matrix (slow)" in said(drawings["confusion_matrix-slow"].figure)


def test_many_classes_are_shaded_without_numbers(make_subject, tmp_path, iris, assert_laid_out):
    names = tuple(f"species number {i}" for i in range(45))
    y = np.arange(90) % 45
    x = np.zeros((90, 2), np.float32)
    np.savez(tmp_path / "many.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    data = Dataset(Examples(x, y), None, Examples(x, y), names, "")
    config = iris | {"dataset": {"name": "npz", "path": "many.npz"}, "seeds": 1}
    config["model"] = {"name": "perceptron", "output": {"units": 45, "activation": "softmax"}}
    drawing = confusion_matrix.draw(make_subject(config, data=data))["confusion_matrix"]
    assert not [text for text in drawing.figure.axes[0].texts if text.get_text()]
    assert len(drawing.figure.axes[0].get_xticks()) <= 20
    assert len(drawing.table) == 45 * 45
    assert_laid_out(drawing.figure)


def test_a_class_without_test_examples_has_shares_of_zero():
    shares = confusion_matrix.shares(np.array([[0.0, 0.0], [1.0, 3.0]]))
    assert shares.tolist() == [[0, 0], [0.25, 0.75]]

"""Bars, tables and schematics."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.container import BarContainer
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from experiments.figures import style
from experiments.figures.slides import bars


def heights(axes) -> list[float]:
    return [bar.get_height() for bar in axes.patches]


def kinds(axes, kind: type) -> list:
    return [patch for patch in axes.patches if isinstance(patch, kind)]


def test_softmax_bars(drawn):
    drawing = drawn("softmax_bars")
    above, above_p, below, below_p = drawing.figure.axes
    assert heights(above) == [-1, 0, 1, 2, 4]
    assert heights(above_p) == pytest.approx([0.005568, 0.015135, 0.041140, 0.111831, 0.826326], abs=1e-6)
    assert heights(below) == [-1, 0, 1, 2, 8]
    assert heights(below_p) == pytest.approx([0.000123, 0.000334, 0.000908, 0.002469, 0.996165], abs=1e-6)
    assert [text.get_text() for text in above_p.texts] == ["0.01", "0.02", "0.04", "0.11", "0.83"]
    assert drawing.table.groupby("example")["exp_z"].sum().tolist() == pytest.approx([66.0734, 2992.4332], abs=1e-4)


def test_softmax_columns(drawn, words):
    drawing = drawn("softmax_columns")
    widths = [[bar.get_width() for bar in axes.patches] for axes in drawing.figure.axes]
    assert widths[0] == [3.2, 5.1, -1.7]
    assert widths[1] == pytest.approx([24.5325, 164.0219, 0.1827], abs=1e-4)
    assert widths[2] == pytest.approx([0.129983, 0.869050, 0.000968], abs=1e-6)
    assert "=2.04$" in words(drawing.figure)
    assert [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()] == ["cat", "car", "frog"]


def test_softmax_against_svm(drawn, lines):
    drawing = drawn("softmax_against_svm")
    left, right = drawing.figure.axes
    groups = {c.get_label(): [bar.get_height() for bar in c] for c in left.containers if isinstance(c, BarContainer)}
    assert groups["softmax"] == pytest.approx([9.17605e-4, 0.551445, 3.378e-48], rel=1e-3)
    assert groups["SVM"] == [0, 0, 0]
    shift, loss = lines(right)["SVM 2"].get_data()
    assert np.allclose(loss, np.where(shift < 0, -2 * shift, 0))
    assert not lines(right)["SVM 1"].get_ydata().any()
    assert not lines(right)["SVM 3"].get_ydata().any()
    softmax = lines(right)["softmax 2"].get_ydata()
    assert np.all(np.diff(softmax) < 0)
    assert np.interp(0.01, shift, softmax) - np.interp(0, shift, softmax) == pytest.approx(-0.00423, abs=5e-5)
    assert lines(right)["softmax 2"].get_color() != lines(right)["SVM 2"].get_color()


def test_losses_by_hand():
    assert bars.svm_loss(np.array([2.2, 3.2, 1.0])) == pytest.approx(2.0)
    assert bars.softmax_loss(np.zeros(3)) == pytest.approx(np.log(3))


def test_two_models(drawn):
    drawing = drawn("two_models_accuracy")
    for axes, title, cells in zip(drawing.figure.axes, ("32/40 = 0.800", "29/40 = 0.725"), bars.MODELS, strict=True):
        assert title in axes.get_title()
        shown = {text.get_position(): int(text.get_text()) for text in axes.texts}
        assert [[shown[j, i] for j in range(4)] for i in range(4)] == [list(row) for row in cells]
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "actual class")
    assert drawing.table.groupby("model")["count"].sum().tolist() == [40, 40]


def test_data_split(drawn):
    drawing = drawn("data_split")
    parts = drawing.figure.axes[0].patches
    assert [part.get_width() for part in parts] == pytest.approx([0.6, 0.2, 0.2])
    assert [part.get_x() for part in parts] == pytest.approx([0, 0.6, 0.8])
    assert drawing.table["share"].sum() == pytest.approx(1)


def test_harmonic_mean(drawn, lines):
    drawing = drawn("harmonic_mean")
    ladders, scores = drawing.figure.axes
    left, right = (line.get_xydata() for line in ladders.get_lines()[:2])
    a, b = left[:, 1].max(), right[:, 1].max()
    crossing = next(line for line in ladders.get_lines() if line.get_linestyle() == "--").get_xydata()
    assert crossing[1][1] == pytest.approx(a * b / (a + b)) == pytest.approx(1)
    for ladder in (left, right):
        order = ladder[:, 0].argsort()
        assert np.interp(crossing[1][0], ladder[order, 0], ladder[order, 1]) == pytest.approx(crossing[1][1])
    assert lines(scores)["precision 0.25"].get_ydata()[-1] == pytest.approx(0.4)
    recall, f1 = lines(scores)["precision 1"].get_data()
    assert np.interp(0.1, recall, f1) == pytest.approx(0.1818, abs=1e-3)
    assert lines(scores)["arithmetic mean, precision 0.25"].get_ydata()[-1] == pytest.approx(0.625)


def test_layer_diagram_connects_every_unit_with_all_of_the_next_layer(drawn):
    drawing = drawn("layer_diagram")
    axes = drawing.figure.axes[0]
    sizes = drawing.table["units"].tolist()
    assert len(kinds(axes, Circle)) == sum(sizes)
    assert len(axes.get_lines()) == sum(a * b for a, b in pairwise(sizes))


def test_network_of_the_case_study(drawn, words):
    drawing = drawn("network_2321")
    assert drawing.table["parameters"].tolist() == [9, 8, 3]
    said = words(drawing.figure)
    assert all(term in said for term in (r"$2\times3+3=9$", r"$3\times2+2=8$", r"$2\times1+1=3$", "sum 20"))
    assert all(f"$I_{i}^{layer}$" in said for layer, n in enumerate((2, 3, 2, 1), 1) for i in range(1, n + 1))
    assert r"$\delta_2^3$" in said
    assert r"$\delta_1^1$" not in said


def test_perceptron_with_ten_outputs(drawn, words):
    drawing = drawn("perceptron_diagram")
    assert drawing.table["parameters"].tolist() == [784 * 10 + 10]
    labels = [text.get_text() for text in drawing.figure.axes[0].texts]
    assert [label for label in labels if label.isdigit()] == list("0123456789")
    assert "7,850" in words(drawing.figure)


def test_dropped_units_are_crossed_out_and_not_connected(drawn):
    drawing = drawn("dropout_masks")
    for step, axes in enumerate(drawing.figure.axes):
        rows = drawing.table[drawing.table["step"] == step]
        crosses = [text for text in axes.texts if text.get_text() == "×"]
        assert len(crosses) == (~rows["kept"]).sum()
        off = [text.get_position() for text in crosses]
        ends = {tuple(point) for line in axes.get_lines() for point in line.get_xydata().tolist()}
        assert not ends & set(off)
    kept = [drawing.table.loc[drawing.table["step"] == step, "kept"].tolist() for step in range(4)]
    assert all(kept[0])
    assert len({tuple(mask) for mask in kept}) == 4  # another mask at each step


def test_weights_of_the_dropout_figure_show_as_widths(drawn):
    widths = {round(line.get_linewidth(), 3) for line in drawn("dropout_masks").figure.axes[0].get_lines()}
    assert len(widths) > 20


def test_three_animals(drawn, words):
    drawing = drawn("three_animals")
    table = drawing.table
    assert table["probability"].sum() == pytest.approx(1)
    shown = drawing.figure.axes[0].containers
    assert [c.patches[0].get_width() / 2.4 for c in shown] == pytest.approx(table["probability"].tolist())
    loss = table["loss_term"].sum()
    assert loss == pytest.approx(-np.log(table["probability"][1]))
    assert f"={loss:.2f}$" in words(drawing.figure)


def test_hyperparameters(drawn, words):
    drawing = drawn("hyperparameters_overview")
    said = words(drawing.figure)
    for row in drawing.table.itertuples():
        assert row.hyperparameter in said
        assert row.value in said
    assert {"learning rate", "batch size", "epochs", "units"} <= set(drawing.table["hyperparameter"])


def test_the_phases_run_forward_then_backward(drawn):
    forward, backward, update = drawn("three_phases").figure.axes

    def directions(axes) -> set[float]:
        ends = [patch._posA_posB for patch in kinds(axes, FancyArrowPatch)]
        return {float(np.sign(end[0] - start[0])) for start, end in ends}

    assert directions(forward) == {1.0}
    assert directions(backward) == {-1.0}
    assert directions(update) == set()
    assert [axes.texts[-2].get_text()[0] for axes in (forward, backward, update)] == ["1", "2", "3"]


def test_only_the_recurrent_network_has_arrows_back(drawn):
    forward, recurrent = drawn("feedforward_recurrent").figure.axes

    def back(axes) -> list:
        with style.applied():
            return [p for p in kinds(axes, FancyArrowPatch) if p.get_edgecolor()[:3] != style.tint(style.muted(), 1)]

    assert not back(forward)
    assert len(back(recurrent)) == 5


@pytest.mark.parametrize(
    ("name", "terms", "boxes"),
    [
        ("backpropagation_scheme", ("$I_l$", r"$\delta_{L+1}$", r"$\partial E/\partial w_{ij}^{l}$", "backward"), 4),
        ("training_procedure", ("update", "gradients", "prediction", "loss"), 6),
        ("artificial_neuron", ("synapses", "axon", r"$\Sigma$", "$g(z)$", "bias"), 1),
        ("stacked_units", ("one unit", r"$\Sigma$", "$g$"), 1),
        ("sigmoid_and_network", ("$z=w^Tx+b$", r"$\sigma(0)=0.5$", "$w_n$"), 0),
    ],
)
def test_schematics_name_their_parts(name, terms, boxes, drawn, words):
    figure = drawn(name).figure
    said = words(figure)
    for term in terms:
        assert term in said
    assert len(kinds(figure.axes[0], FancyBboxPatch)) == boxes


def test_the_factors_of_the_chain_multiply_to_the_derivative(drawn, words):
    said = words(drawn("weight_chain").figure)
    for down, up in ((0, 1), (1, 2), (2, 3)):
        assert rf"\partial a_{down}}}{{\partial a_{up}}}=w_{down}$" in said
    assert r"\frac{\partial a_3}{\partial w_3}=a_4" in said
    # The derivative that the figure states, against central differences.
    a4, w, d, step = 0.7, np.array([0.9, -1.3, 0.4, 1.1]), 0.2, 1e-6

    def loss(w3: float) -> float:
        return float((a4 * w3 * w[2] * w[1] * w[0] - d) ** 2)

    stated = a4 * w[2] * w[1] * w[0] * 2 * (a4 * np.prod(w) - d)
    assert stated == pytest.approx((loss(w[3] + step) - loss(w[3] - step)) / (2 * step), abs=1e-8)
    assert r"a_4\,w_2\,w_1\,w_0\,2(a_0-d)" in said

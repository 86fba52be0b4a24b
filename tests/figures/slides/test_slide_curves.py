"""Curves, surfaces and paths: the artists carry the right functions."""

import numpy as np
import pytest

from experiments.figures.slides import curves, descent, landscapes, surfaces


def test_activation_curves(drawn, lines):
    relu, sigmoid, tanh = (lines(axes) for axes in drawn("activation_curves").figure.axes)
    z, g = relu["ReLU"].get_data()
    assert np.array_equal(g, np.where(z > 0, z, 0))
    z, g = sigmoid["sigmoid"].get_data()
    assert g[z == 0] == 0.5
    assert np.allclose(np.log(g / (1 - g)), z)
    z, g = tanh["tanh"].get_data()
    assert np.allclose(g, np.tanh(z), atol=1e-12)


def test_six_activations_and_the_misprinted_elu(drawn, lines):
    drawing = drawn("six_activations")
    table = drawing.table.set_index(drawing.table["z"].round(6))
    row = table.loc[-1.0]
    assert row["sigmoid"] == pytest.approx(0.268941, abs=1e-6)
    assert row["tanh"] == pytest.approx(-0.761594, abs=1e-6)
    assert row["ReLU"] == 0
    assert row["softplus"] == pytest.approx(0.313262, abs=1e-6)
    assert row["leaky ReLU"] == pytest.approx(-0.1)
    assert row["ELU"] == pytest.approx(-0.632121, abs=1e-6)
    assert row["ELU as printed"] == pytest.approx(+0.632121, abs=1e-6)
    last = lines(drawing.figure.axes[-1])
    printed = last["ELU as printed"]
    assert printed.get_linestyle() == "--"
    assert printed.get_xdata().max() == 0
    assert np.allclose(printed.get_ydata(), -last["ELU"].get_ydata()[: len(printed.get_xdata())] * -printed.get_xdata())
    for axes, name in zip(drawing.figure.axes, drawing.table.columns[1:7], strict=True):
        assert axes.get_title() == name
        assert np.array_equal(lines(axes)[name].get_ydata(), drawing.table[name])


def test_relu_and_tanh(drawn):
    relu, tanh = drawn("relu_and_tanh").figure.axes[0].get_lines()[:2]
    assert relu.get_ydata().min() == 0
    assert relu.get_ydata()[-1] == relu.get_xdata()[-1] == 3
    assert np.allclose(np.arctanh(tanh.get_ydata()), tanh.get_xdata())


def test_cross_entropy_curve(drawn, lines, words):
    drawing = drawn("cross_entropy_curve")
    axes = drawing.figure.axes[0]
    p, loss = lines(axes)["cross-entropy"].get_data()
    assert np.allclose(np.exp(-loss), p)
    assert lines(axes)["examples"].get_ydata() == pytest.approx([1.609438, 0.223144, 0], abs=1e-6)
    assert all(number in words(drawing.figure) for number in ("=1.61", "=0.22", "=0.00"))
    assert axes.get_ylim()[0] < 0  # the end of the curve is not cut


def test_balanced_curves_are_multiples_of_cross_entropy(drawn):
    drawing = drawn("balanced_curves")
    curves_drawn = drawing.figure.axes[0].get_lines()
    assert [line.get_label() for line in curves_drawn] == [rf"$\alpha_c={a:g}$" for a in curves.ALPHAS]
    plain = curves_drawn[2].get_ydata()
    assert np.allclose(plain, -np.log(curves_drawn[2].get_xdata()))
    for alpha, line in zip(curves.ALPHAS, curves_drawn, strict=True):
        assert np.allclose(line.get_ydata(), alpha * plain)
        assert np.allclose(drawing.table.loc[drawing.table["alpha"] == alpha, "loss"], alpha * plain)


def test_focal_curves(drawn):
    drawing = drawn("focal_curves")
    left, right = drawing.figure.axes
    p = left.get_lines()[0].get_xdata()
    for gamma, loss, factor in zip(curves.GAMMAS, left.get_lines(), right.get_lines(), strict=True):
        assert loss.get_label() == factor.get_label() == rf"$\gamma={gamma:g}$"
        assert np.allclose(factor.get_ydata(), (1 - p) ** gamma)
        assert np.allclose(loss.get_ydata(), -((1 - p) ** gamma) * np.log(p))
    # Keras's CategoricalFocalCrossentropy with alpha=1 gives these at 0.8.
    for number, value in ((0, 0.2231436), (2, 0.0446287), (3, 0.00892574), (4, 0.0000714059)):
        assert np.interp(0.8, p, left.get_lines()[number].get_ydata()) == pytest.approx(value, rel=5e-3)
    assert "correct class" in left.get_xlabel()


@pytest.mark.parametrize("name", ["step_surface", "sigmoid_surface", "hard_sigmoids"])
def test_the_boundary_over_the_plane_is_the_line_of_the_slide(name, drawn):
    over = drawn(name).figure.axes[1]
    (boundary,) = [line for line in over.get_lines() if line.get_label() == "boundary"]
    x1, x2, height = (np.asarray(values) for values in boundary.get_data_3d())
    assert np.allclose(x2, 2 * x1 + 1)
    assert np.allclose(height, 1.0 if name == "step_surface" else 0.5)
    assert (over.get_xlabel(), over.get_ylabel()) == ("$x_1$", "$x_2$")


def test_the_step_has_two_values_and_jumps_at_the_boundary(drawn):
    drawing = drawn("step_surface")
    table = drawing.table
    assert set(table["h"]) == {0.0, 1.0}
    assert np.array_equal(table["h"] == 1, 2 * table["x1"] - table["x2"] + 1 >= 0)
    assert len(drawing.figure.axes[1].collections) == 3  # two flats and the wall between them
    for h, corners in surfaces.halves().items():
        z = [2 * x1 - x2 + 1 for x1, x2 in corners]
        assert min(z) >= 0 if h else max(z) <= 0
        assert z.count(0) == 2


def test_the_sigmoid_surface_is_half_exactly_on_the_boundary(drawn):
    table = drawn("sigmoid_surface").table
    assert np.allclose(np.log(table["h"] / (1 - table["h"])), table["z"])
    on = np.isclose(table["x2"], 2 * table["x1"] + 1)
    assert on.sum() >= 10
    assert np.allclose(table.loc[on, "h"], 0.5)
    assert not np.isclose(table.loc[~on, "h"], 0.5).any()


def test_three_hard_sigmoids(drawn):
    curve = drawn("hard_sigmoids").figure.axes[0]
    at_minus_one = {line.get_label(): np.interp(-1, *line.get_data()) for line in curve.get_lines()}
    for name, value in zip(surfaces.HARD, (0.0, 0.3, 1 / 3), strict=True):
        assert at_minus_one[name] == pytest.approx(value)
    assert at_minus_one["sigmoid"] == pytest.approx(0.268941, abs=1e-5)


def test_weights_move_the_sigmoid_but_its_middle_stays_a_straight_line(drawn):
    drawing = drawn("sigmoid_surfaces")
    for axes, (name, (w1, w2, b)) in zip(drawing.figure.axes, surfaces.SURFACES.items(), strict=True):
        x1, x2, height = (np.asarray(values) for values in axes.get_lines()[0].get_data_3d())
        assert np.allclose(w1 * x1 + w2 * x2 + b, 0)
        assert np.allclose(height, 0.5)
        assert axes.get_title().startswith(name)


def test_descent_steps_go_down_to_the_nearer_minimum(drawn, lines):
    drawing = drawn("descent_steps")
    theta, loss = lines(drawing.figure.axes[0])["iterates"].get_data()
    assert np.allclose(theta[1:], theta[:-1] - 0.05 * (theta[:-1] ** 3 - 2 * theta[:-1] + 0.3))
    assert np.all(np.diff(loss) < 0)
    assert theta[-1] == pytest.approx(1.3299, abs=0.05)
    assert np.array_equal(drawing.table["theta"], theta)
    assert len(drawing.figure.axes[0].texts) == len(theta) - 1 + 3  # an arrow a step, three labels


def test_the_learning_rate_decides(drawn, lines):
    figure = drawn("learning_rate_paths").figure
    small, adequate, large, larger = (lines(axes)["iterates"].get_xdata() for axes in figure.axes)
    assert np.allclose(small, 0.9 ** np.arange(7))
    assert np.allclose(adequate, 0.5 ** np.arange(7))
    assert np.allclose(large, (-0.8) ** np.arange(7))
    assert np.allclose(larger, (-1.1) ** np.arange(7))
    low, high = figure.axes[0].get_xlim()
    assert all(low < path.min() and path.max() < high for path in (small, adequate, large, larger))


def test_one_weight(drawn, lines):
    _, by_output, by_weight = drawn("one_weight_parabola").figure.axes
    for axes, start, slope in ((by_output, 1.2, 1.4), (by_weight, 0.8, 2.1)):
        x, y = lines(axes)["tangent"].get_data()
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(slope)
        assert np.interp(start, x, y) == pytest.approx(0.49)
        assert f"={slope}" in axes.get_title()
    table = drawn("one_weight_steps").table
    printed = [0.8, 0.59, 0.4745, 0.410975, 0.37603625, 0.3568199375]
    assert table["w"][:6].to_numpy() == pytest.approx(printed, abs=1e-12)
    left, right = drawn("one_weight_steps").figure.axes
    assert lines(left)["iterates"].get_xdata() == pytest.approx(printed)
    assert lines(right)["limit"].get_ydata()[0] == pytest.approx(1 / 3)
    assert lines(right)["weight"].get_ydata()[-1] == pytest.approx(1 / 3, abs=2e-3)


@pytest.mark.parametrize(
    ("loss", "gradient"),
    [
        (landscapes.landscape, landscapes.landscape_gradient),
        (landscapes.logistic_cost, landscapes.logistic_gradient),
    ],
)
def test_gradients_are_those_of_the_losses(loss, gradient):
    for at in np.random.default_rng(1).normal(size=(20, 2)):
        steps = np.eye(2) * 1e-6
        numeric = [(loss(*(at + step)) - loss(*(at - step))) / 2e-6 for step in steps]
        assert gradient(at) == pytest.approx(np.array(numeric).ravel(), abs=1e-7)


def test_paths_lead_down_the_landscapes(drawn):
    for name, columns in (("error_surface", ["w", "b"]), ("loss_landscape", ["w0", "w1"])):
        drawing = drawn(name)
        table = drawing.table
        assert np.all(np.diff(table["loss"]) < 1e-12)
        over, plan = drawing.figure.axes
        (path,) = [line for line in plan.get_lines() if line.get_label() == "path"]
        assert np.allclose(path.get_xydata(), table[columns])
        assert (over.get_xlabel(), over.get_ylabel()) == (plan.get_xlabel(), plan.get_ylabel())
        end = table[columns].iloc[-1].to_numpy()
        slope = {"w": landscapes.logistic_gradient, "w0": landscapes.landscape_gradient}[columns[0]](end)
        assert np.hypot(*slope) < 0.02
    # Against the gradient: the arrow of the first points up, that of the second down.
    start = drawn("loss_landscape").table[["w0", "w1"]].iloc[0].to_numpy()
    arrow = next(text for text in drawn("loss_landscape").figure.axes[1].texts if not text.get_text())
    assert np.dot(np.array(arrow.xy) - start, landscapes.landscape_gradient(start)) > 0


def test_tangents_of_the_cost_bowl(drawn, words):
    drawing = drawn("cost_bowl")
    tangents = [line for line in drawing.figure.axes[1].get_lines() if line.get_label() == "tangent"]
    for line, row in zip(tangents, drawing.table.itertuples(), strict=True):
        (x0, x1), (y0, y1) = line.get_data()
        assert (y1 - y0) / (x1 - x0) == pytest.approx(row.slope)
        assert f"slope {row.slope:+.2f}".replace("-", "−") in words(drawing.figure)
    assert list(np.sign(drawing.table["slope"])) == [-1, -1, 1]


def test_descend_takes_steps_against_the_slope():
    assert descent.descend(np.poly1d([2, 0]), 1.0, 0.25, 2) == pytest.approx([1, 0.5, 0.25])

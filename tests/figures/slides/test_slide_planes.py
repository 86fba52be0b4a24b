"""Points, lines, regions, pictures: the artists carry the right data."""

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Rectangle
from sklearn.datasets import load_iris

from experiments.figures import style
from experiments.figures.slides import data_pictures, planes

from .conftest import made_up_mnist

FLOWERS, CLASSES = load_iris(return_X_y=True)


def shade_at(axes, x1: float, x2: float) -> tuple:
    """Colour of a panel's ground at a point."""
    (image,) = axes.images
    left, right, low, high = image.get_extent()
    pixels = image.get_array()
    rows, columns = pixels.shape[:2]
    i = min(int((x2 - low) / (high - low) * rows), rows - 1)
    j = min(int((x1 - left) / (right - left) * columns), columns - 1)
    return tuple(pixels[i, j])


def tinted(number: int) -> tuple:
    with style.applied():
        return style.tint(style.colour(number), 0.22)


def test_iris_sepal_plane(drawn):
    axes = drawn("iris_sepal_plane").figure.axes[0]
    setosa, versicolor = axes.collections
    assert np.array_equal(setosa.get_offsets(), FLOWERS[CLASSES == 0, :2])
    assert np.array_equal(versicolor.get_offsets(), FLOWERS[CLASSES == 1, :2])
    red, green, blue = setosa.get_facecolor()[0][:3]
    assert red > 2 * max(green, blue)
    assert np.ptp(versicolor.get_facecolor()[0][:3]) < 0.1  # grey
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("sepal length (cm)", "sepal width (cm)")


def test_iris_pairs_shows_every_example_in_every_panel(drawn):
    panels = drawn("iris_pairs").figure.axes
    assert len(panels) == 16
    for place, axes in enumerate(panels):
        i, j = divmod(place, 4)
        if i == j:
            assert not axes.collections
            continue
        for k, points in enumerate(axes.collections):
            assert np.array_equal(points.get_offsets(), FLOWERS[k == CLASSES][:, [j, i]])
            assert points.get_label() == ("setosa", "versicolor", "virginica")[k]
        assert len(axes.collections) == 3
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        assert left < FLOWERS[:, j].min()
        assert FLOWERS[:, j].max() < right
        assert low < FLOWERS[:, i].min()
        assert FLOWERS[:, i].max() < high


def test_iris_rectangles_have_the_means_for_sides(drawn, words):
    drawing = drawn("iris_measurements")
    axes = drawing.figure.axes[0]
    assert axes.get_aspect() == 1
    sides = {p.get_label(): (p.get_width(), p.get_height()) for p in axes.patches if isinstance(p, Rectangle)}
    assert sides["sepal of setosa"] == pytest.approx((5.006, 3.428))
    assert sides["petal of virginica"] == pytest.approx((5.552, 2.026))
    assert "petal 1.46 × 0.25" in words(drawing.figure)
    (scale,) = axes.get_lines()
    assert np.ptp(scale.get_xdata()) == pytest.approx(1)


def test_mnist_digits_are_the_first_of_each_class(drawn):
    drawing = drawn("mnist_digits")
    mnist = made_up_mnist()
    grid, large = drawing.figure.axes[:2]
    mosaic = grid.images[0].get_array()
    assert mosaic.shape == (7 * 28, 280)
    third_four = mnist["x_train"][mnist["y_train"] == 4][2]
    assert np.array_equal(mosaic[2 * 28 : 3 * 28, 4 * 28 : 5 * 28], third_four)
    five = mnist["x_train"][5]
    assert np.array_equal(large.images[0].get_array(), five)
    pixels = drawing.table[drawing.table["panel"] == "pixels"]
    assert np.array_equal(pixels["grey"].to_numpy(int).reshape(28, 28), five)
    small = drawing.table[drawing.table["panel"] == "grid"]
    assert small["label"].tolist() == np.repeat(range(10), 7).tolist()


def test_channel_tables(drawn, words):
    drawing = drawn("channel_tables")
    table = drawing.table.set_index(["channel", "row", "column"])["value"]
    assert table.loc["red"].to_numpy().reshape(5, 4).tolist()[1] == [123, 94, 83, 2]
    assert len(table.loc["red"]) == 20
    assert table.loc["green", 1].tolist() == [255, 134, 202, 22]
    assert table.loc["blue", 1].tolist() == [255, 134, 93, 22]
    # What stands in one line of the slide: red's first row, green's second, blue's third.
    assert [table.loc["red", 1, 4], table.loc["green", 2, 4], table.loc["blue", 3, 4]] == [22, 4, 30]
    axes = drawing.figure.axes[0]
    heights = {text.get_text(): text.get_position()[1] for text in axes.texts}
    assert heights["30"] == heights["4"]
    column = [text.get_text() for text in axes.texts if text.get_position()[0] == 13.1]
    colours = (["255", "231", "42"], ["255", "134", "202"], ["255", "134", "93"])
    assert column == [value for values in colours for value in (*values, r"$\vdots$")]
    assert "49,152" in words(drawing.figure)
    assert data_pictures.RED[4] == (67, 83, 194, 202)


def test_half_planes(drawn, lines, words):
    drawing = drawn("half_planes")
    axes = drawing.figure.axes[0]
    x1, x2 = axes.get_lines()[0].get_data()
    assert np.allclose(x2, 2 * x1 + 1)
    positive, negative = (c.get_paths()[0] for c in axes.collections[:2])
    for point, z in (((0, 0), 1), ((1, 0), 3), ((-1, 0), -1), ((-1, 1.5), -2.5), ((0, -1.5), 2.5)):
        assert positive.contains_point(point) == (z > 0)
        assert negative.contains_point(point) == (z < 0)
    assert drawing.table["z"].tolist() == [1, 0, 3, -1]
    arrow = next(text for text in axes.texts if not text.get_text())
    start, end = np.array(arrow.xyann), np.array(arrow.xy)
    assert np.cross([*(end - start), 0], [2, -1, 0])[2] == pytest.approx(0)
    assert np.dot(end - start, [2, -1]) > 0
    assert start[1] == pytest.approx(2 * start[0] + 1)  # it stands on the boundary
    assert "$z={-}1$" in words(drawing.figure)


def test_residuals(drawn, words):
    drawing = drawn("residuals")
    axes, table = drawing.figure.axes[0], drawing.table
    segments = np.concatenate([np.array(c.get_segments()) for c in axes.collections])
    lengths = dict(zip(segments[:, 0, 0], segments[:, 1, 1] - segments[:, 0, 1], strict=True))
    assert [lengths[x] for x in table["x"]] == pytest.approx(table["error"].tolist())
    assert table["error"].sum() == pytest.approx(0)
    mse, mae = (table["error"] ** 2).mean(), table["error"].abs().mean()
    assert f"squared error {mse:.2f}" in words(drawing.figure)
    assert f"absolute error {mae:.2f}" in words(drawing.figure)
    slope, intercept = np.linalg.lstsq(np.vander(table["x"], 2), table["y"], rcond=None)[0]
    line = next(line for line in axes.get_lines() if line.get_label() == "prediction")
    assert np.allclose(line.get_ydata(), slope * line.get_xdata() + intercept)


def test_feature_space_is_shaded_by_the_nearest_mean(drawn, words):
    drawing = drawn("feature_space")
    axes = drawing.figure.axes[1]
    means = np.array([FLOWERS[k == CLASSES, 2:].mean(axis=0) for k in range(3)])
    for point in np.random.default_rng(0).uniform([0.7, 0], [7.2, 2.6], (60, 2)):
        distances = np.sort(np.linalg.norm(means - point, axis=1))
        if distances[1] - distances[0] > 0.1:  # not beside a boundary
            nearest = int(np.linalg.norm(means - point, axis=1).argmin())
            assert shade_at(axes, *point) == pytest.approx(tinted(nearest))
    nearest = np.linalg.norm(FLOWERS[:, None, 2:] - means, axis=-1).argmin(axis=1)
    assert f"right for {(nearest == CLASSES).sum()} of 150" in words(drawing.figure)
    assert [c.get_offsets().shape for c in axes.collections] == [(50, 2)] * 3


def test_the_or_line_crosses_the_axes_at_0_9091_and_parts_the_truth_table(drawn, lines, words):
    drawing = drawn("or_line")
    axes = drawing.figure.axes[0]
    x1, x2 = lines(axes)["boundary"].get_data()
    assert np.interp(0, x1, x2) == pytest.approx(0.9091, abs=5e-5)
    assert np.interp(0, x2[::-1], x1[::-1]) == pytest.approx(0.9091, abs=5e-5)
    assert "(0.9091, 0)" in words(drawing.figure)
    for point, target in (((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 1)):
        assert shade_at(axes, *point) == pytest.approx(tinted(0 if target else 1))
        marked = lines(axes)[f"output {target}"]
        assert list(point) in marked.get_xydata().tolist()
        assert to_rgb(marked.get_color()) == to_rgb("#0072B2" if target else "#D55E00")
    assert drawing.table["g"].tolist() == pytest.approx([-1, 0.1, 0.1, 1.2])


def test_what_joins_the_ones_of_xor_crosses_what_joins_the_zeros(drawn, lines):
    found = lines(drawn("xor_points").figure.axes[0])
    zeros, ones = found["between the zeros"].get_xydata(), found["between the ones"].get_xydata()
    assert sorted(zeros.tolist()) == [[0, 0], [1, 1]]
    assert sorted(ones.tolist()) == [[0, 1], [1, 0]]
    assert zeros.mean(axis=0).tolist() == ones.mean(axis=0).tolist() == [0.5, 0.5]


def test_the_xor_network_computes_xor_and_its_regions_agree(drawn, lines, words):
    drawing = drawn("xor_network_regions")
    axes = drawing.figure.axes[1]
    for point, target in (((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0), ((-0.4, -0.4), 0), ((0.5, 0.5), 1)):
        assert shade_at(axes, *point) == pytest.approx(tinted(0 if target else 1))
        assert planes.xor_network(np.array([point]))[0, 2] == target
    assert drawing.table["output"].tolist() == [0, 1, 1, 0]
    for name, total in (("OR", 0.5), ("NAND", 1.5)):
        x1, x2 = lines(axes)[f"boundary of {name}"].get_data()
        assert np.allclose(x1 + x2, total)
    assert all(word in words(drawing.figure) for word in ("bias −0.5", "bias 1.5", "bias −1.5", "NAND"))


def test_errors_above_the_line_are_orange_and_those_below_blue(drawn):
    above, below = drawn("residuals").figure.axes[0].collections
    assert (above.get_label(), below.get_label()) == ("error > 0", "error < 0")
    with style.applied():
        assert to_hex(above.get_color()[0]) == to_hex(style.colour(1))
        assert to_hex(below.get_color()[0]) == to_hex(style.colour(0))

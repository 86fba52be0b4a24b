import numpy as np
import pytest
from matplotlib.colors import to_rgb

from experiments.data.datasets import Dataset, Examples
from experiments.figures import decision_regions, style
from experiments.figures.decision_regions import classes_over, leads

X1, X2 = np.linspace(0, 2, 5, dtype=np.float32), np.linspace(10, 13, 4, dtype=np.float32)


def plane(function) -> dict[str, np.ndarray]:
    """Outputs as a record holds them: x1 runs fastest."""
    points = np.stack(np.meshgrid(X1, X2), axis=-1).reshape(-1, 2)
    outputs = np.array([function(x1, x2) for x1, x2 in points], dtype=np.float32)
    return {"x1": X1, "x2": X2, "outputs": outputs.reshape(len(points), -1)}


def three_classes(variant, seed):
    return plane(lambda x1, x2: [1.1 - x1 + 0.1 * seed, 0.3, x2 - 12.4])


def lines(axes, label: str) -> int:
    return sum(collection.get_label() == label for collection in axes.collections)


def test_classes_lie_where_the_grid_says():
    classes = classes_over(plane(lambda x1, x2: [x1 > 1.2, x2 > 12.5]))
    assert classes.shape == (4, 5)
    grid = plane(lambda x1, x2: [x1])
    assert classes_over({**grid, "outputs": grid["outputs"]})[0].tolist() == [0, 0, 1, 1, 1]
    assert classes_over(plane(lambda x1, x2: [0.0, x2 - 12.5]))[:, 0].tolist() == [0, 0, 0, 1]


def test_leads_change_sign_at_the_boundary():
    (one,) = leads(plane(lambda x1, x2: [x1]))
    assert one[0] == pytest.approx(X1 - 0.5)
    assert len(leads(plane(lambda x1, x2: [x1, x2]))) == 1
    three = leads(plane(lambda x1, x2: [x1, 1.0, 0.0]))
    assert three[0][2] == pytest.approx(X1 - 1)


def test_regions_boundaries_and_examples(make_subject, iris, said, assert_laid_out):
    subject = make_subject(iris | {"seeds": 3}, grid=three_classes)
    drawing = decision_regions.draw(subject)["decision_regions"]
    axes = drawing.figure.axes[0]
    image = axes.images[0]
    assert image.get_array()[0, 0].tolist() == pytest.approx(style.tint(style.colour(0), 0.25))
    assert image.get_array()[-1, -1].tolist() == pytest.approx(style.tint(style.colour(2), 0.25))
    assert image.get_extent() == pytest.approx((-0.25, 2.25, 9.5, 13.5))
    assert axes.get_xlim() == pytest.approx((0, 2))
    assert axes.get_ylim() == pytest.approx((10, 13))
    assert lines(axes, "boundary of the median seed") == 3
    assert lines(axes, "boundary of another seed") == 6
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("petal length (cm)", "petal width (cm)")
    legend = [text.get_text() for text in drawing.figure.legends[0].get_texts()]
    assert set(legend) == {"setosa", "versicolor", "virginica", "misclassified", "boundary, median seed", "other seeds"}
    assert "3 seeds · regions: the seed of median accuracy, 0 · tested on all examples" in said(drawing.figure)
    assert len(drawing.table) == 40
    assert drawing.table["misclassified"].sum() == 10
    assert_laid_out(drawing.figure)


def test_training_and_test_examples_are_told_apart(make_subject, iris):
    config = iris | {"seeds": 1}
    config["dataset"] = {**iris["dataset"], "test": {"how": "stratified", "fraction": 0.2}, "scale": "standard"}
    drawing = decision_regions.draw(make_subject(config, grid=three_classes))["decision_regions"]
    axes = drawing.figure.axes[0]
    assert axes.get_xlabel() == "petal length (standardised)"
    points = {collection.get_label(): collection for collection in axes.collections}
    assert len(points["training 0"].get_offsets()) == 20
    assert len(points["test 0"].get_offsets()) == 14
    assert to_rgb(points["training 1"].get_facecolor()[0]) == to_rgb(style.colour(1))
    assert to_rgb(points["test 1"].get_facecolor()[0]) == to_rgb(style.ground())
    assert drawing.table["set"].value_counts().to_dict() == {"training": 60, "test": 40}


def test_one_region_alone_has_no_boundary(make_subject, iris):
    subject = make_subject(iris | {"seeds": 1}, grid=lambda v, s: plane(lambda x1, x2: [1.0, 0.0, 0.0]))
    axes = decision_regions.draw(subject)["decision_regions"].figure.axes[0]
    assert lines(axes, "boundary of the median seed") == 0


def test_variants_are_panels_four_to_a_figure(make_subject, iris, assert_laid_out):
    variants = {f"rate_{i}": {"optimizer.learning_rate": 0.1 * i} for i in range(1, 6)}
    drawings = decision_regions.draw(make_subject(iris | {"seeds": 1, "variants": variants}, grid=three_classes))
    first, second = (drawing.figure for drawing in drawings.values())
    assert list(drawings) == ["decision_regions", "decision_regions-2"]
    # The made-up networks take every fourth example for another class.
    assert [axes.get_title() for axes in first.axes] == [
        f"{variant}: accuracy 0.750" for variant in ("base", "rate_1", "rate_2", "rate_3")
    ]
    assert [axes.get_title() for axes in second.axes] == ["rate_4: accuracy 0.750", "rate_5: accuracy 0.750"]
    assert_laid_out(first)


@pytest.mark.parametrize(
    ("tested", "most", "note"),
    [
        (300, decision_regions.MOST_POINTS, "at most 1,500 examples of a set are drawn"),
        (4000, decision_regions.MOST_ALONE, "points: 600 training examples"),  # so many test points hide the regions
    ],
)
def test_a_users_columns_are_x1_and_x2_and_large_sets_are_thinned(
    tested, most, note, make_subject, iris, tmp_path, said
):
    random = np.random.default_rng(0)
    y = np.sort(np.arange(4000) % 3)
    x = (random.random((4000, 2)) * [2, 3] + [0, 10]).astype(np.float32)
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, x_test=x[:tested], y_test=y[:tested])
    data = Dataset(Examples(x, y), None, Examples(x[:tested], y[:tested]), ("a", "b", "c"), "")
    config = iris | {"dataset": {"name": "npz", "path": "own.npz"}, "seeds": 1}
    drawing = decision_regions.draw(make_subject(config, data=data, grid=three_classes))["decision_regions"]
    axes = drawing.figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x1", "x2")
    points = {collection.get_label(): len(collection.get_offsets()) for collection in axes.collections}
    drawn = [points[f"training {k}"] for k in range(3)]
    assert sum(drawn) == most
    assert max(drawn) - min(drawn) <= 3
    assert any(label.startswith("test") for label in points) == (tested == 300)
    assert note in said(drawing.figure)
    # The numbers beside the picture are the points in it.
    listed = drawing.table[drawing.table["set"] == "training"]
    assert listed["class"].value_counts()[["a", "b", "c"]].tolist() == drawn
    offsets = np.vstack([c.get_offsets() for c in axes.collections if c.get_label().startswith("training")])
    assert np.sort(listed["x1"].to_numpy()) == pytest.approx(np.sort(offsets[:, 0]))


def test_records_without_a_grid_are_said_in_a_sentence(make_subject, iris, said):
    figure = decision_regions.draw(make_subject(iris | {"seeds": 1}))["decision_regions"].figure
    assert "no outputs over a plane" in said(figure)


def accuracies(wrong: dict[int, int]):
    """Of 40 examples so many are wrong with a seed."""

    def outputs(variant, seed):
        guess = np.arange(40) % 3
        guess[: wrong[seed]] = (guess[: wrong[seed]] + 1) % 3
        return np.eye(3, dtype=np.float32)[guess]

    return outputs


@pytest.mark.parametrize(
    ("wrong", "seed"),
    [
        ({0: 9, 1: 3, 2: 1}, 1),
        ({0: 0, 1: 9, 2: 3, 3: 5}, 3),  # accuracies 1, 31/40, 37/40, 35/40: the lower one of the middle two
        ({0: 9, 1: 3, 2: 3, 3: 3, 4: 0}, 1),  # three seeds are the median: the lowest
    ],
)
def test_the_seed_of_median_accuracy_is_shaded(make_subject, iris, said, wrong, seed):
    def grid(variant, seed):
        return plane(lambda x1, x2: [float(k == seed % 3) for k in range(3)])

    subject = make_subject(iris | {"seeds": len(wrong)}, outputs=accuracies(wrong), grid=grid)
    figure = decision_regions.draw(subject)["decision_regions"].figure
    colour = figure.axes[0].images[0].get_array()[0, 0].tolist()
    assert colour == pytest.approx(style.tint(style.colour(seed % 3), 0.25))
    assert f"regions: the seed of median accuracy, {seed}" in said(figure)


def test_the_note_says_which_seed_of_which_variant_and_what_accuracy_is_of(make_subject, iris, said):
    def outputs(variant, seed):
        return accuracies({0: 9, 1: 3, 2: 1} if variant == "base" else {0: 3, 1: 9, 2: 1})(variant, seed)

    config = iris | {"seeds": 3, "variants": {"fast": {"optimizer.learning_rate": 1.0}}}
    words = said(
        decision_regions.draw(make_subject(config, outputs=outputs, grid=three_classes))["decision_regions"].figure
    )
    assert "regions: the seed of median accuracy (base: 1; fast: 0)" in words
    assert "accuracy: all examples, mean of the seeds" in words
    apart = {"dataset": {**iris["dataset"], "test": {"how": "stratified", "fraction": 0.2}}}
    words = said(decision_regions.draw(make_subject(config | apart, grid=three_classes))["decision_regions"].figure)
    assert "accuracy: test examples, mean of the seeds" in words

"""The page's scripts give the same numbers as Python."""

import json

import numpy as np
import pytest

import metrics
from experiments import epoch_models
from experiments.evaluation import predicted_classes
from experiments.report.play.tables import IMBALANCED_1, SVM_SCORES
from experiments.worked import gradient_descent, loss_landscape, one_weight
from tests.report.play.conftest import ROOT, Script

PUBLISHED = sorted((ROOT / "results").glob("*/epochs.json"))
CLASSES_OVER_A_GRID = """
    return given.variants.map((v) => {
      const points = [];
      for (const x2 of given.x2) for (const x1 of given.x1) points.push([x1, x2]);
      return v.weights.map((w) => points.map((x) => play.classOf(play.outputs(v, w, x), given.signed)));
    });
"""


def grid_of(whole: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """30 x 30 points over what all variants show; not round numbers, which might lie on a border."""
    ranges = np.array([v["range"] for v in whole["variants"]])
    low, high = ranges[:, :, 0].min(axis=0), ranges[:, :, 1].max(axis=0)
    x1, x2 = (np.linspace(a + 0.00123, b - 0.00077, 30) for a, b in zip(low, high, strict=True))
    return x1, x2, np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)


def test_some_experiments_are_published() -> None:
    names = {path.parent.name for path in PUBLISHED}
    assert names >= {"iris_perceptron", "playground_circle", "moons", "xor_network"}


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.parent.name)
def test_classes_over_the_plane_are_those_of_numpy(path, in_node: Script) -> None:
    whole = json.loads(path.read_text())
    x1, x2, grid = grid_of(whole)
    found = in_node(["network.js"], CLASSES_OVER_A_GRID, whole | {"x1": x1.tolist(), "x2": x2.tolist()})
    for variant, classes in zip(whole["variants"], found, strict=True):
        for weights, drawn in zip(variant["weights"], classes, strict=True):
            outputs = epoch_models.forward(
                np.array(weights), variant["units"], variant["activations"], grid, bias=variant["bias"]
            )
            np.testing.assert_array_equal(drawn, predicted_classes(outputs, signed=whole["signed"]))


@pytest.mark.parametrize("name", epoch_models.ACTIVATIONS)
def test_every_activation_is_that_of_numpy(name: str, in_node: Script) -> None:
    rng = np.random.default_rng(3)
    weights, x = rng.normal(scale=2, size=9), rng.normal(scale=2, size=(50, 2))
    network = {"units": [2, 3], "activations": [name], "bias": True}
    found = in_node(
        ["network.js"],
        "return given.x.map((x) => play.outputs(given.network, given.weights, x));",
        {"network": network, "weights": weights.tolist(), "x": x.tolist()},
    )
    np.testing.assert_allclose(found, epoch_models.forward(weights, [2, 3], [name], x), rtol=1e-12, atol=1e-14)


def test_ties_fall_as_in_python(in_node: Script) -> None:
    outputs = [[0.5], [0.0], [0.2, 0.4, 0.4]]
    found = in_node(["network.js"], "return [false, true].map((s) => given.map((o) => play.classOf(o, s)));", outputs)
    for signed, row in zip((False, True), found, strict=True):
        assert row == [int(predicted_classes(np.array([o]), signed=signed)[0]) for o in outputs]


def random_matrices() -> list[list[list[int]]]:
    """Sizes 2 to 5; many have classes without samples, never predicted, or neither; and the slide's."""
    rng = np.random.default_rng(11)
    found = [[list(row) for row in IMBALANCED_1]]
    for size in (2, 2, 3, 4, 5) * 12:
        C = rng.integers(0, 60, size=(size, size)) * rng.integers(0, 2, size=(size, size))
        C[rng.integers(0, 2, size=size) > 0] *= rng.integers(0, 2)
        C[:, rng.integers(0, 2, size=size) > 0] *= rng.integers(0, 2)
        if C.sum():
            found.append(C.tolist())
    found += [[[7, 0], [0, 0]], [[0, 7], [0, 0]], [[0, 3], [4, 0]], [[0, 0, 0], [0, 2, 1], [0, 0, 0]]]
    return found


@pytest.mark.parametrize("empty", [0.0, 1.0, float("nan")])
def test_scores_are_those_of_metrics(empty: float, in_node: Script) -> None:
    matrices = random_matrices()
    assert sum(0 in np.sum(C, axis=1) for C in matrices) > 10  # absent classes
    rule = "NaN" if np.isnan(empty) else str(empty)
    found = in_node(["confusion.js"], f"return given.map((m) => play.scores(m, {rule}));", matrices)
    for C, scores in zip(matrices, found, strict=True):
        for name in metrics.SCORES:
            if name in scores:
                value = np.nan if scores[name] is None else scores[name]
                assert value == pytest.approx(metrics.SCORES[name](C, empty), abs=1e-12, nan_ok=True), (name, C)
        each = {key: [np.nan if v is None else v for v in values] for key, values in scores["classes"].items()}
        for key, count in (("tp", "true_positives"), ("fn", "false_negatives"), ("fp", "false_positives")):
            np.testing.assert_array_equal(each[key], getattr(metrics, count)(C))
        np.testing.assert_array_equal(each["tn"], metrics.true_negatives(C))
        for key in ("precision", "recall", "f1"):
            np.testing.assert_allclose(each[key], getattr(metrics, key)(C, empty), rtol=0, atol=1e-12)


def test_the_script_has_every_score_that_the_page_shows(in_node: Script) -> None:
    assert set(in_node(["confusion.js"], "return play.scores(given, 0);", IMBALANCED_1)) >= set(metrics.SCORES)


def test_descent_on_the_lectures_example_is_the_slides_table(in_node: Script) -> None:
    path = in_node(["descent.js"], "return play.descend(play.LOSSES.example.slope, 0.8, 0.1, 200);")
    np.testing.assert_allclose(path[:6], [0.8, 0.59, 0.4745, 0.410975, 0.37603625, 0.3568199375], rtol=1e-12)
    assert path[-1] == pytest.approx(one_weight.limit("0.8").values["limit"], abs=1e-12)


def test_descent_on_the_square_and_its_thresholds(in_node: Script) -> None:
    found = in_node(
        ["descent.js"],
        """const { slope, curvature } = play.LOSSES.square;
        return [[0.1, 0.01].map((rate) => play.descend(slope, 1, rate, 50)[50]),
                given.map((rate) => play.regime(rate, curvature))];""",
        [0.4, 0.5, 0.6, 1.0, 1.1],
    )
    expected = gradient_descent.descend([0.1, 0.01]).values["after 50 steps"]
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)
    kinds = ["one side", "one step", "overshoots, and converges", "forever", "diverges"]
    assert all(kind in said for kind, said in zip(kinds, found[1], strict=True)), found[1]


def test_descent_beside_the_dent_ends_where_the_worked_example_ends(in_node: Script) -> None:
    rates = {"small": 0.01, "stable": 1.0, "large": 11.0}
    assert loss_landscape.three_rates(**rates).holds
    found = in_node(
        ["descent.js"], "return given.map((r) => play.descend(play.LOSSES.dent.slope, 4, r, 400));", [*rates.values()]
    )
    assert found[0][-1] == pytest.approx(3.0, abs=0.05)  # caught in the dent
    assert found[1][-1] == pytest.approx(0.0, abs=1e-9)
    assert abs(found[2][-1]) > 1e3
    slopes = in_node(
        ["descent.js"],
        """const { loss, slope } = play.LOSSES.dent;
        return given.map((w) => [slope(w), (loss(w + 1e-6) - loss(w - 1e-6)) / 2e-6]);""",
        np.linspace(-5, 5, 41).tolist(),
    )
    exact, numeric = np.array(slopes).T
    np.testing.assert_allclose(exact, numeric, atol=1e-6)


def test_focal_loss_at_the_ledgers_numbers(in_node: Script) -> None:
    found = in_node(["focal.js"], "return [0, 1, 2, 5].map((g) => play.focalLoss(0.8, g, 1));")
    np.testing.assert_allclose(found, [0.2231436, 0.0446287, 0.00892574, 0.0000714059], rtol=1e-5)
    assert in_node(["focal.js"], "return play.focalLoss(0.8, 2, 0.3);") == pytest.approx(0.00267772, rel=1e-5)


def test_hinge_loss_of_the_slides_scores(in_node: Script) -> None:
    columns = np.array(SVM_SCORES).T.tolist()
    found = in_node(["hinge.js"], "return given.map((s, k) => [1, 0].map((m) => play.hinge(s, k, m)));", columns)
    np.testing.assert_allclose(np.array(found)[:, 0], [2.9, 0.0, 12.9], atol=1e-12)
    assert found[2][1] == pytest.approx(10.9)  # what the slide prints: the margin forgotten


def test_ticks_are_round_and_within(in_node: Script) -> None:
    body = "return given.map(([a, b]) => play.ticks(a, b, 5));"
    ranges = [[0, 1], [-2, 2], [4.1, 7.2], [0, 230], [-0.013, 0.002]]
    for (low, high), ticks in zip(ranges, in_node(["common.js"], body, ranges), strict=True):
        assert 2 <= len(ticks) <= 7
        assert min(ticks) >= low - 1e-9
        assert max(ticks) <= high + 1e-9
        np.testing.assert_allclose(np.diff(ticks), ticks[1] - ticks[0])

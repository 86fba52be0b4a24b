import pytest

from experiments.worked import linear_model

LINE = {"weights": [2, -1], "bias": 1, "slope": 2, "intercept": 1}


def test_affine_by_hand():
    found = linear_model.affine([2, -1], 1, [3, 4])  # 6 - 4 + 1
    assert found.values == {"z": 3, "keras": pytest.approx(3)}
    assert found.steps[0] == "z = 2 x 3 - 1 x 4 + 1 = 3"
    assert found.holds is True
    assert linear_model.affine([2, -1], 1, [3, 4], first=2).holds is False


def test_compact_notation_needs_an_input_of_one():
    assert linear_model.compact([2, -1], 1, [3, 4]).values["z"] == 3
    assert linear_model.compact([2, -1], 1, [3, 4]).holds is True
    assert linear_model.compact([2, -1], 1, [3, 4], x0=2).holds is False


def test_half_planes():
    found = linear_model.half_planes(**LINE, points=[[0, 0], [0, 1], [1, 0], [-1, 0]])
    assert found.values["z"] == [1, 0, 3, -1]
    assert found.holds is True
    for other in ({"slope": -2}, {"intercept": 0}, {"weights": [2, 1]}):
        assert linear_model.half_planes(**LINE | other, points=[[0, 0]]).holds is False


@pytest.mark.parametrize("activation", ["step", "sigmoid", "hard_sigmoid_slide"])
def test_level_line_is_straight(activation):
    assert linear_model.level_line(activation, level=0.5, **LINE).holds is True
    assert linear_model.level_line(activation, level=0.5, **LINE | {"intercept": 0}).holds is False


def test_another_level_is_another_line():
    found = linear_model.level_line("sigmoid", level=0.6, **LINE)
    assert found.values["distance"] == pytest.approx(0.405465, abs=1e-6)  # log(0.6 / 0.4)
    assert found.holds is False


def test_activation_comes_last():
    names = ["relu", "sigmoid", "tanh"]
    assert linear_model.activated(names, ["affine", "activation"]).holds is True
    assert linear_model.activated(names, ["activation", "affine"]).holds is False


def test_composition_applies_the_first_layer_first():
    shape = {"units": [3, 3, 3, 3], "activation": "tanh", "output": "linear"}
    assert linear_model.composition(innermost_first=[1, 2, 3], **shape).holds is True
    assert linear_model.composition(innermost_first=[3, 2, 1], **shape).holds is False


def test_layer_shapes():
    assert linear_model.layer_shapes([4, 3, 2], rows="unit", columns="input").holds is True
    assert linear_model.layer_shapes([4, 3, 2], rows="input", columns="unit").holds is False


def test_log_odds_are_affine():
    found = linear_model.log_odds([2, -1], 1)
    assert found.values == {"log-odds are affine": True, "boundary is z = 0": True}
    assert found.holds is True
    assert linear_model.log_odds([2, -1], 1, level=0.6).holds is False  # also linear, but another line

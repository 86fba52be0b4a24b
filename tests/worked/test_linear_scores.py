import pytest

from experiments.worked import linear_scores

TABLE = [[3.2, 1.3, 2.2], [5.1, 4.9, 2.5], [-1.7, 2.0, -3.1]]


def test_score_table():
    found = linear_scores.score_table(TABLE, [[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]])
    assert found.values["predicted"] == [1, 1, 1]
    for row, printed in zip(found.values["scores"], TABLE, strict=True):
        assert row == pytest.approx(printed)
    # Two images that are the same cannot have different scores.
    same = linear_scores.score_table(TABLE, [[1, 0, 0], [1, 0, 0], [0, 0, 1]])
    assert same.values["scores"][0][0] == pytest.approx((3.2 + 1.3) / 2)


def test_bias_is_a_constant():
    arguments = {"weights": [[1, 2], [0, -1]], "bias": [0.5, -1], "inputs": [[0, 0], [1, 2], [-3, 4]]}
    found = linear_scores.bias_from_input(**arguments)
    assert found.values["constants"] == [[0.5, -1]] * 3
    assert found.holds is False
    # Behind a ramp the difference does depend on x: f(1, 2) = (5.5, 0), of which W x = (5, -2).
    ramp = linear_scores.bias_from_input(**arguments, activation="relu")
    assert ramp.values["constants"][1] == [0.5, 2]
    assert ramp.holds is True

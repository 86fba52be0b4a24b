import pytest

from experiments.worked import regularizers

WEIGHTS = [[1, -2], [0, 0.5]]


def test_penalty_is_added():
    arguments = {"images": [[1, 0], [0, 1]], "labels": [0, 1], "weights": [[2, 1], [0, 1]], "strength": 0.1}
    # Scores (2, 0) and (1, 1): losses 0 and 1, mean 0.5; 0.1 (4 + 1 + 0 + 1) = 0.6
    found = regularizers.added_to_loss(**arguments)
    assert found.values["data loss"] == pytest.approx(0.5)
    assert found.values["total"] == pytest.approx(1.1)
    assert found.holds is True
    assert regularizers.added_to_loss(**arguments, sign=-1).holds is False


def test_a_zero_weight_is_not_penalised():
    found = regularizers.penalised("l1", [0.0], 0.1)
    assert found.values["penalties"] == [0]
    assert found.holds is False
    assert regularizers.penalised("l1", [0.5, -2.0], 0.1).holds is True


def test_l1_makes_zeros_and_l2_does_not():
    assert regularizers.penalised("l1", [0.0], 0.2).values["best weight"] == pytest.approx(0, abs=1e-9)
    # (w - 0.1)^2 / 2 + 0.2 w^2 has its least at 0.1 / 1.4
    assert regularizers.penalised("l2", [0.0], 0.2).values["best weight"] == pytest.approx(0.1 / 1.4, abs=1e-4)


def test_only_l2_grows_out_of_proportion():
    found = regularizers.grows_with_size("l2", [0.5, 1, 2], 0.1)
    assert found.values["penalties"] == pytest.approx([0.025, 0.1, 0.4])
    assert found.holds is True
    assert regularizers.grows_with_size("l1", [0.5, 1, 2], 0.1).holds is False


def test_elastic_net():
    found = regularizers.elastic_net(WEIGHTS, 0.1, 0.1, ["l1", "l2"])  # 0.1 * 3.5 and 0.1 * 5.25
    assert found.values == pytest.approx({"l1": 0.35, "l2": 0.525, "together": 0.875})
    assert found.holds is True
    assert regularizers.elastic_net(WEIGHTS, 0.1, 0.1, ["l1"]).holds is False


def test_max_norm():
    found = regularizers.max_norm(WEIGHTS, 1.0)  # second column: norm sqrt(4.25)
    assert found.values["weights"][0] == pytest.approx([1, -2 / 4.25**0.5])
    assert found.values["weights"][1] == pytest.approx([0, 0.5 / 4.25**0.5])
    assert found.holds is True
    # Over rows, the other axis, the columns' norms are not bounded.
    assert regularizers.max_norm([[1, 0], [1, 0]], 1.0, axis=1).holds is False

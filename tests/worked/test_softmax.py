import math

import pytest

from experiments.worked import softmax


def test_table_by_hand():
    found = softmax.table([0, math.log(3)])
    assert found.values["exponentials"] == pytest.approx([1, 3])
    assert found.values["sum of exponentials"] == pytest.approx(4)
    assert found.values["softmax"] == pytest.approx([0.25, 0.75])
    assert found.values["sum of softmax"] == pytest.approx(1)


def test_slide_tables():
    first = softmax.table([-1, 0, 1, 2, 4]).values
    assert [round(v, 2) for v in first["softmax"]] == [0.01, 0.02, 0.04, 0.11, 0.83]
    assert softmax.table([-1, 0, 1, 2, 8]).values["sum of exponentials"] == pytest.approx(2992.4332, abs=1e-4)


def test_formula():
    assert softmax.formula(vectors=20).holds is True
    assert softmax.formula(exponent_sign=-1, vectors=20).holds is False


def test_order_is_kept_while_floats_can_tell_apart():
    assert softmax.keeps_order([-1, 0, 1, 2, 4]).holds is True
    # e^-800 and e^-801 are both 0 in float64: the check sees what it should.
    assert softmax.keeps_order([0, -800, -801], vectors=1).values["pairs out of order"] == 1


def test_saturation_is_about_the_second_largest():
    found = softmax.saturates([[-1, 0, 1, 2, 8], [-100, 8, 8]], far=9)
    assert found.values["largest outputs"] == pytest.approx([0.996165, 0.5], abs=1e-6)
    assert found.values["gaps to the second"] == [6, 0]
    assert found.holds is False
    assert softmax.saturates([[-1, 0, 1, 2, 8]], far=9).holds is True


def test_lead_of_the_largest():
    found = softmax.reinforces_largest([-1, 0, 1, 2, 4])
    assert found.values == {"ratio before": 2, "ratio after": pytest.approx(math.exp(2))}
    assert found.holds is True
    assert softmax.reinforces_largest([0.1, 0.2]).holds is False  # e^0.1 is less than 2

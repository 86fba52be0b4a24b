import math

import pytest

from experiments.worked import one_weight

TABLE = [
    ("0.8", 0.59),
    ("0.59", 0.4745),
    ("0.4745", 0.410975),
    ("0.410975", 0.37603625),
    ("0.37603625", 0.3568199375),
]


@pytest.mark.parametrize(("before", "after"), TABLE)
def test_table(before, after):
    assert one_weight.table_row(before).values["after"] == after  # exact in fractions, then the nearest float


def test_table_with_another_rate():
    assert one_weight.table_row("0.8", rate="0.2").values["after"] == 0.38  # 0.8 - 0.2 * 2.1


def test_example_from_its_gradient():
    found = one_weight.example("4.5", "-1.5")
    assert found.values["input"] == 1.5
    assert found.values["target"] == 0.5
    assert found.values["best weight"] == pytest.approx(1 / 3)
    assert found.holds is True
    assert one_weight.example("2", "-6").values["target"] == pytest.approx(3)  # x = 1, d = 3


def test_gradients():
    found = one_weight.gradients("1.5", "0.5")
    assert found.values["dL/dy"] == [2, -1]
    assert found.values["dy/dw"] == 1.5
    assert found.values["dL/dw"] == [4.5, -1.5]
    assert found.holds is True
    other = one_weight.gradients("3", "2")  # 2 (3 w - 2) 3 = 18 w - 12
    assert other.values["dL/dw"] == [18, -12]


def test_update_rule():
    found = one_weight.update_rule("1.5", "0.5", "0.1", "4.5", "1.5")
    assert found.values["kept"] == 0.55
    assert found.values["added"] == 0.15
    assert found.holds is True
    assert one_weight.update_rule("1.5", "0.5", "0.1", "4.5", "1.4").holds is False
    assert one_weight.update_rule("1.5", "0.5", "0.1", "2.25", "0.75").holds is False  # the 2 of the square forgotten


def test_limit():
    found = one_weight.limit("0.8")
    assert found.values["limit"] == pytest.approx(1 / 3, abs=1e-12)
    # |w - 1/3| = 0.55^n * 7/15 is below 0.5e-6 + 1/3 - 0.333333 = 0.8333e-6 from n = 23; above 1/3 the text turns at
    # 0.3333335, that is 0.1667e-6 from the limit: n = 25.
    assert found.values["updates"] == 25 == math.ceil(math.log(0.5e-6 / 3 * 15 / 7) / math.log(0.55))
    assert found.holds is True


@pytest.mark.parametrize("rate", ["0.4444444444444444", "0.45", "0.001"])
def test_no_limit(rate):
    assert one_weight.limit("0.8", rate=rate).holds is False  # jumps to and fro, diverges, has not arrived


def test_step_is_that_of_keras():
    found = one_weight.descent_step(0.1, sigma=0.05)
    assert found.holds is True
    assert found.values["standard deviation"] == pytest.approx(0.05, rel=0.02)
    assert one_weight.descent_step(0.1, sign=1).holds is False

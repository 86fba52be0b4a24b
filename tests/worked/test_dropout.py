import pytest

from experiments.worked import dropout


@pytest.mark.parametrize(("rate", "kept"), [(0.2, 1.25), (0.5, 2.0)])
def test_share_dropped(rate, kept):
    found = dropout.share_dropped(rate)
    assert found.holds is True
    # Four standard deviations of a share of a million.
    assert abs(found.values["share of zeros"] - rate) < 4 * (rate * (1 - rate)) ** 0.5 / 1000
    assert found.values["kept outputs become"] == pytest.approx([kept])
    assert found.values["mean"] == pytest.approx(1, abs=0.005)
    assert found.values["unchanged when predicting"] is True
    assert found.values["new mask at each step"] is True


def test_dropout_drops_units_and_dropconnect_weights():
    units = dropout.drops_single_weights("dropout")
    assert units.holds is False
    assert 0 < units.values["units dropped whole"] < 6
    assert dropout.drops_single_weights("dropconnect").holds is True

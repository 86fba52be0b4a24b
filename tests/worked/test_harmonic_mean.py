import pytest

from experiments.worked import harmonic_mean


@pytest.mark.parametrize("distance", [1.0, 3.0, 7.5])
def test_ladders_cross_at_the_same_height_however_far_the_walls(distance):
    found = harmonic_mean.crossed_ladders([2.0, 3.0], share=0.5, distance=distance)
    assert found.values["height of the crossing"] == pytest.approx(6 / 5)
    assert found.holds is True


def test_the_whole_harmonic_mean_is_twice_as_high():
    assert harmonic_mean.crossed_ladders([2.0, 3.0], share=1.0).holds is False


def test_extremes_are_punished():
    found = harmonic_mean.punishes_extremes(1.0, 0.1)
    assert found.values["mean"] == pytest.approx(2 / 11)
    assert found.values["arithmetic mean"] == pytest.approx(0.55)
    assert found.values["mean"] < found.values["geometric mean"] < found.values["arithmetic mean"]
    assert found.holds is True
    assert harmonic_mean.punishes_extremes(1.0, 0.1, mean="geometric").holds is True  # less, but it does
    assert harmonic_mean.punishes_extremes(1.0, 0.1, mean="arithmetic").holds is False


def test_an_unknown_mean_is_refused():
    with pytest.raises(ValueError, match="expected harmonic or geometric or arithmetic, got 'quadratic'"):
        harmonic_mean.punishes_extremes(1.0, 0.1, mean="quadratic")

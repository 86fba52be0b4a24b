import pytest

from experiments.worked import training_log

RATES = [26, 26, 25, 26, 26, 25, 26, 25, 25, 24, 25, 25, 25, 24]
SECONDS = [2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 1]


def test_seconds_of_the_log():
    found = training_log.seconds_fit_rates([60000] * 14 + [10000], [*RATES, 41], [*SECONDS, 0])
    assert found.values == {"lines": 15, "lines that fit": 15}
    assert found.holds is True
    with_a_split = training_log.seconds_fit_rates([48000] * 14, RATES, SECONDS)  # 24 us: 1.13 to 1.18 s
    assert with_a_split.values["lines that fit"] == 4  # those of 1 s
    assert with_a_split.holds is False


@pytest.mark.parametrize(
    ("samples", "rate", "second", "fits"),
    [
        (60000, 26, 2, True),  # 1.53 to 1.59 s
        (60000, 26, 1, False),
        (60000, 24, 1, True),  # 1.41 to 1.47 s
        (60000, 24, 2, False),
        (60000, 25, 1, True),  # 1.47 to 1.53 s: either
        (60000, 25, 2, True),
        (48000, 26, 1, True),  # a validation split would show
        (48000, 26, 2, False),
    ],
)
def test_one_line(samples, rate, second, fits):
    assert training_log.seconds_fit_rates([samples], [rate], [second]).holds is fits


def test_steady_course():
    assert training_log.steady_course([0.5, 0.4, 0.3], [0.8, 0.81, 0.82]).holds is True
    assert training_log.steady_course([0.5, 0.4, 0.4], [0.8, 0.81, 0.82]).holds is False  # strictly
    found = training_log.steady_course([0.5, 0.4, 0.3], [0.8, 0.82, 0.81])
    assert found.holds is False
    assert found.values == {"steps": 2, "falls of the loss": 2, "rises of the accuracy": 1}


def test_percentage():
    found = training_log.percentage(0.9101, 10000)
    assert found.values["percentage"] == pytest.approx(91.01)
    assert found.values["count"] == 9101
    assert found.holds is True
    assert training_log.percentage(0.9101, 1000).holds is False  # no whole number of a thousand

import pytest

from experiments.worked import playground

URL = (
    "http://playground.tensorflow.org/#activation=tanh&batchSize=10&dataset=circle&learningRate=0.03&noise=0"
    "&networkShape=4,2&seed=0.00483&percTrainData=50&x=true&y=true&xSquared=false&problem=classification"
)


def test_settings():
    found = playground.settings(URL)
    assert found.values["networkShape"] == "4,2"
    assert found.values["learningRate"] == "0.03"
    assert found.values["settings"] == 12
    assert found.values["changed"] == ["seed"]
    assert playground.settings(URL.replace("tanh", "relu")).values["changed"] == ["activation", "seed"]
    assert found.holds is True


@pytest.mark.parametrize(
    "change",
    [("tanh", "tangent"), ("circle", "ring"), ("batchSize", "batch_size"), ("4,2", "4;2"), ("x=true", "x=yes")],
)
def test_settings_that_the_playground_does_not_know(change):
    assert playground.settings(URL.replace(*change)).holds is False


def test_a_link_without_settings_says_nothing():
    assert playground.settings("http://playground.tensorflow.org/").holds is False


def test_network():
    found = playground.network(URL)
    assert found.values["layers"] == [2, 4, 2, 1]
    assert found.values["parameters"] == 12 + 10 + 3
    assert found.values["activations"] == ["tanh"] * 3
    assert found.holds is True
    wider = playground.network(URL.replace("4,2", "3").replace("xSquared=false", "xSquared=true"))
    assert wider.values["parameters"] == 4 * 3 + 4
    assert playground.network(URL.replace("classification", "regression")).values["activations"][-1] == "linear"


def test_circle_data():
    found = playground.circle_data(URL)
    assert found.values["percTrainData"] == 50
    assert found.values["labels changed by noise"] == 0
    assert found.values["separable by a line"] is False
    assert found.steps[0] == "500 points, 250 labelled 1, 250 labelled -1; 250 train"
    assert found.holds is True


def test_noise_and_another_data_set_are_no_clean_circle():
    noisy = playground.circle_data(URL.replace("noise=0", "noise=0.5"))
    assert noisy.values["labels changed by noise"] > 20
    assert noisy.holds is False
    assert playground.circle_data(URL.replace("circle", "xor")).holds is False

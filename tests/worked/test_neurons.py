from experiments.worked import neurons


def test_ten_to_the_eleven_is_enough_without_the_billion():
    assert neurons.number_of_neurons(11, "billion").holds is False
    assert neurons.number_of_neurons(11, "billion").values["neurons"] == 1e20
    assert neurons.number_of_neurons(11, "one").holds is True
    assert neurons.number_of_neurons(2, "billion").holds is True  # a hundred billion
    assert neurons.number_of_neurons(13, "one").holds is False
    assert neurons.number_of_neurons(9, "one").holds is False  # too few


def test_strict_firing_differs_on_the_threshold_alone():
    found = neurons.threshold_rule(">", [1, 1], 0.5, [0, 1, 1, 1])
    assert found.holds is True
    assert found.values["cases that differ from the other comparison"] == 9  # one a threshold
    assert found.values["all of them on the threshold"] is True
    assert neurons.threshold_rule(">=", [1, 1], 0.5, [0, 1, 1, 1]).holds is False


def test_threshold_on_the_sum_makes_and_of_or():
    found = neurons.threshold_rule(">", [1, 1], 1.0, [0, 1, 1, 1])
    assert found.values["outputs"] == [0, 0, 0, 1]
    assert found.holds is False
    assert neurons.threshold_rule(">", [1, 1], 1.0, [0, 0, 0, 1]).holds is True


def test_bias_is_minus_the_threshold():
    wrong = neurons.bias_as_weight(1)
    assert wrong.holds is False
    assert wrong.values["cases"] == 4 * 125
    assert any("(1, 1)" in step for step in wrong.steps)  # the counterexample shown is OR's
    right = neurons.bias_as_weight(-1)
    assert right.holds is True
    assert right.values["cases decided otherwise"] == 0

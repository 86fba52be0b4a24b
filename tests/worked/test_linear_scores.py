from experiments.worked import linear_scores

TERMS = [[[5.1, 3.2], [-1.7, 3.2]], [[1.3, 4.9], [2.0, 4.9]], [[2.2, -3.1], [2.5, -3.1]]]


def test_the_losses_have_the_scores_of_the_table():
    found = linear_scores.scores_in_losses(TERMS, labels=[0, 1, 2])
    assert found.values["scores"] == [[3.2, 1.3, 2.2], [5.1, 4.9, 2.5], [-1.7, 2.0, -3.1]]
    assert found.values["predicted"] == [1, 1, 1]
    assert found.holds is True


def test_two_scores_of_one_true_class():
    slipped = [[[5.1, 3.2], [-1.7, 2.3]], *TERMS[1:]]
    assert linear_scores.scores_in_losses(slipped, labels=[0, 1, 2]).holds is False


def test_bias_is_a_constant():
    arguments = {"weights": [[1, 2], [0, -1]], "bias": [0.5, -1], "inputs": [[0, 0], [1, 2], [-3, 4]]}
    found = linear_scores.bias_from_input(**arguments)
    assert found.values["constants"] == [[0.5, -1]] * 3
    assert found.holds is False
    # Behind a ramp the difference does depend on x: f(1, 2) = (5.5, 0), of which W x = (5, -2).
    ramp = linear_scores.bias_from_input(**arguments, activation="relu")
    assert ramp.values["constants"][1] == [0.5, 2]
    assert ramp.holds is True

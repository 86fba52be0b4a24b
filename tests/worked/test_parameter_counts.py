from experiments.worked import parameter_counts


def test_case_study_by_hand():
    found = parameter_counts.dense([2, 3, 2, 1])
    assert found.values["by layer"] == [9, 8, 3]
    assert (found.values["weights"], found.values["biases"]) == ([6, 6, 2], [3, 2, 1])
    assert (found.values["parameters"], found.values["layers"]) == (20, 3)
    assert found.holds is True


def test_inputs_are_not_units_with_parameters():
    found = parameter_counts.dense([784, 64, 64, 64, 10])
    assert found.values["units"] == [784, 64, 64, 64, 10]
    assert found.values["units with parameters"] == found.values["all biases"] == 202
    assert found.values["all units"] == 986
    assert (found.values["all weights"], found.values["parameters"]) == (59008, 59210)


def test_wide_network():
    found = parameter_counts.dense([784, 1024, 1024, 1024, 10])
    assert found.values["parameters"] == 803840 + 2 * 1049600 + 10250 == 2913290
    assert found.values["hidden layer sizes"] == [1024, 1024, 1024]
    assert found.values["layer numbers"] == [1, 2, 3, 4]

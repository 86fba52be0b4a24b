from experiments.worked import splits


def test_stopping_on_the_test_set_flatters():
    found = splits.error_after_stopping(["validation", "test"])
    assert found.holds is False
    # The least of 20 normal numbers lies 1.87 standard deviations of sqrt(0.1 * 0.9 / 1000) below their mean.
    assert abs(found.values["reported, stopped on test"] - (0.1 - 1.87 * (0.09 / 1000) ** 0.5)) < 5e-4
    assert abs(found.values["reported, stopped on validation"] - 0.1) < 6e-4
    assert splits.error_after_stopping(["validation"]).holds is True


def test_with_a_single_candidate_nothing_is_chosen():
    assert splits.error_after_stopping(["test"], epochs=1).holds is True


def test_three_parts():
    found = splits.three_parts([50, 50, 50], [60, 20, 20])
    assert found.values == {"training": 90, "validation": 30, "test": 30}
    assert found.steps[0] == "training: 60 % of 150 = 90 examples, by class 30, 30, 30"
    assert found.holds is True


def test_parts_that_do_not_add_up_lose_examples():
    assert splits.three_parts([50, 50], [60, 20, 10]).holds is False
    assert sum(splits.three_parts([7, 11, 13], [60, 20, 20]).values.values()) == 31

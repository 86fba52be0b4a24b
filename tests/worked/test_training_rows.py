from experiments.worked import training_rows


def test_a_network_reads_batches_and_logistic_regression_reads_everything():
    found = training_rows.whole_set_at_once()
    assert found.values["rows at a step"] == [32, 32, 32, 4]
    assert found.values["traditional method reads all rows at once"] is True
    assert found.holds is False


def test_it_would_hold_for_full_batches_against_a_method_that_reads_row_by_row():
    found = training_rows.whole_set_at_once(examples=50, batch_size=50, traditional="stochastic")
    assert found.values == {"rows at a step": [50], "traditional method reads all rows at once": False}
    assert found.holds is True
    assert training_rows.whole_set_at_once(examples=50, batch_size=50).holds is False

from experiments.worked import one_hot


def test_table_is_the_identity_in_the_given_order():
    found = one_hot.table(["sedan", "minivan", "bus", "truck"])
    assert found.values["rows"] == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert found.holds is True
    assert "bus, minivan, sedan, truck" in found.steps[-1]


def test_only_one_hot_rows_are_equally_far_apart():
    found = one_hot.no_order([3, 4, 10])
    assert found.values["lengths"] == [3, 4, 10]
    assert found.holds is True
    assert one_hot.no_order([3], encoding="codes").holds is False
    assert one_hot.no_order([2], encoding="codes").holds is True  # two codes are as good

from experiments.worked import separability

CORNERS = [[0, 0], [1, 1], [0, 1], [1, 0]]


def test_iris_sepals():
    sepals = ["sepal length", "sepal width"]
    assert separability.iris(["setosa", "versicolor"], sepals).holds is True
    found = separability.iris(["versicolor", "virginica"], sepals)
    assert found.holds is False
    assert found.values["points on the wrong side"] > 10
    assert separability.iris(["versicolor", "virginica"], sepals, separable=False).holds is True
    assert separability.iris(["setosa", "versicolor"], sepals, separable=False).holds is False


def test_or_is_separable_and_xor_is_not():
    assert separability.points(CORNERS, [0, 1, 1, 1]).values == {"separable": True, "points on the wrong side": 0}
    assert separability.points(CORNERS, [0, 0, 1, 1]).values["separable"] is False


def test_a_narrow_gap_counts():
    assert separability.points([[0.0], [1.0], [1.001], [2.0]], [0, 0, 1, 1]).values["separable"] is True
    assert separability.points([[0.0], [1.001], [1.0], [2.0]], [0, 0, 1, 1]).values["separable"] is False

import pytest

from experiments.worked import iris_facts

ALL = ["setosa", "versicolor", "virginica"]


def test_description():
    values = iris_facts.description().values
    assert (values["examples"], values["classes"], values["unit"]) == (150, 3, "cm")
    assert [values[name] for name in ALL] == [50, 50, 50]
    assert values["features"] == ["sepal length", "sepal width", "petal length", "petal width"]


def test_pairs():
    found = iris_facts.pairs_of_features(features=4, classes=3)
    assert found.values == {"panels": 12, "points by class": [50, 50, 50]}
    assert found.holds is True
    assert iris_facts.pairs_of_features(features=3, classes=3).holds is False
    assert iris_facts.pairs_of_features(features=4, classes=2).holds is False


def test_first_columns_are_length_then_width():
    assert iris_facts.first_columns(2).values["columns"] == ["sepal length", "sepal width"]


def test_a_label_of_two_makes_a_negative_loss():
    found = iris_facts.labels_for_binary_loss(ALL)
    assert found.values["labels"] == [0, 1, 2]
    assert found.values["lowest loss"] < -15
    assert found.holds is False
    two = iris_facts.labels_for_binary_loss(["setosa", "versicolor"])
    assert two.values["lowest loss"] >= 0
    assert two.holds is True


def test_last_rows_are_one_class():
    found = iris_facts.last_rows(0.2, ALL)
    assert (found.values["held out"], found.values["kept"]) == ([0, 0, 30], [50, 50, 20])
    assert found.holds is False
    assert iris_facts.last_rows(0.2, ["setosa", "versicolor"]).values["held out"] == [0, 20]
    assert iris_facts.last_rows(0.2, ["setosa"]).holds is True  # of one class, the last rows are as good as any


def test_keras_holds_out_the_last_rows():
    import keras
    import numpy as np

    seen = []

    class Watch(keras.callbacks.Callback):
        def on_test_end(self, logs=None):
            seen.append(logs["loss"])

    network = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    network.compile(keras.optimizers.SGD(0.0), "mean_squared_error", run_eagerly=True)
    y = np.array([[0.0]] * 8 + [[2.0]] * 2)
    network.fit(np.ones((10, 1)), y, validation_split=0.2, epochs=1, verbose=0, callbacks=[Watch()])
    assert seen == [4.0]  # the mean of (0 - 2)^2: the two last rows, and no other


def test_standardised():
    found = iris_facts.standardised(2)
    assert found.values["means"] == pytest.approx([5.84333, 3.05733], abs=1e-5)
    assert found.values["deviations"] == pytest.approx([0.82530, 0.43441], abs=1e-5)
    assert found.holds is True
    assert iris_facts.standardised(2, ddof=1).holds is False

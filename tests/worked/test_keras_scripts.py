import pytest

from experiments.worked import keras_scripts

LOADED = ["x_train", "y_train", "x_test", "y_test"]


def test_sgd_refuses_lr_and_ignores_decay():
    found = keras_scripts.sgd_accepts({"lr": 0.01, "decay": 1e-6, "momentum": 0.9})
    assert found.values["refused or ignored"] == ["lr", "decay"]
    assert found.holds is False
    # decay alone trains, with a warning, and so is no less wrong
    assert keras_scripts.sgd_accepts({"decay": 1e-6}).holds is False
    assert keras_scripts.sgd_accepts({"learning_rate": 0.01, "momentum": 0.9}).holds is True


def test_training_settings():
    settings = {"learning_rate": 0.1, "momentum": 0.9, "epochs": 10, "batch_size": 10}
    found = keras_scripts.training_settings(**settings, validation_split=0.2, examples=150)
    assert (found.values["updates an epoch"], found.values["updates"]) == (12, 120)
    assert (found.values["learning rate"], found.values["validation split"]) == (0.1, 0.2)
    assert found.holds is True
    assert keras_scripts.training_settings(**settings, validation_split=1, examples=150).holds is False


def test_perceptron_has_three_parameters():
    found = keras_scripts.perceptron(units=1, inputs=2, columns=2)
    assert found.values == {"parameters": 3, "units": 1, "inputs": 2}
    assert found.holds is True
    assert keras_scripts.perceptron(units=1, inputs=3, columns=2).holds is False
    assert keras_scripts.perceptron(units=2, inputs=2, columns=2).holds is False


def test_output_must_have_a_unit_for_each_class():
    found = keras_scripts.output_against_labels([64, 64, 64], output=64, classes=10, inputs=784)
    assert found.values == {"parameters": 62720, "runs": False}
    assert found.holds is False
    assert keras_scripts.output_against_labels([64, 64, 64], output=10, classes=10, inputs=784).holds is True


def test_validation_data_made_from_the_test_set():
    assigned = [["x_train", "x_train"], ["x_val", "x_test"], ["y_val", "y_test", "num_classes"]]
    found = keras_scripts.data_flow(LOADED, assigned, ["x_val", "y_val"])
    assert (found.values["validation data"], found.values["never set"]) == ("test", ["num_classes"])
    assert found.holds is False
    held_out = [["x_val", "x_train"], ["y_val", "y_train"]]
    assert keras_scripts.data_flow(LOADED, held_out, ["x_val", "y_val"]).holds is True


def test_names_that_are_never_set():
    assigned = [["x_test", "x_test"], ["y_test", "y_test"]]
    found = keras_scripts.data_flow(LOADED, assigned, ["x_val", "y_val"], ask="names")
    assert found.values["missing"] == ["x_val", "y_val"]
    assert found.holds is False
    assert keras_scripts.data_flow(LOADED, assigned, ["x_test", "y_test"], ask="names").holds is True


def test_fit_learns_from_training_data_only():
    found = keras_scripts.minimised_over("validation")
    assert found.values["moved by validation data"] == 0 < found.values["moved by training data"]
    assert found.holds is False
    assert keras_scripts.minimised_over("training").holds is True


def test_annotations():
    found = keras_scripts.annotations(batch_size=10, batches=3)
    assert (found.values["updates"], found.values["batch size"]) == (3, 10)
    assert found.values["updates for mnist"] == 6000
    assert found.holds is True
    assert keras_scripts.annotations(batch_size=10, batches=3, update_after="epoch").holds is False


@pytest.mark.parametrize(("names", "there"), [(["tensorflow", "jax"], True), (["tensorflow", "theano"], False)])
def test_backends(names, there):
    assert keras_scripts.backends(names).holds is there

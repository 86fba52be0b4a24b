from experiments.worked import keras_history


def test_perceptron_setting():
    found = keras_history.perceptron_setting(batch_size=128, epochs=20, classes=10)
    assert found.values["parameters"] == 7850
    assert found.values["training examples"] == 60000
    assert (found.values["updates an epoch"], found.values["last batch"]) == (469, 96)  # 468 * 128 + 96
    assert found.holds is True
    assert keras_history.perceptron_setting(128, 20, 10, learning_rate=0.1).holds is False


def test_hidden_layers():
    found = keras_history.hidden_layers([128, 128], 10, expected=118282)
    assert found.values == {"hidden layers": 2, "parameters": 118282, "outputs are probabilities": True}
    assert found.holds is True
    assert keras_history.hidden_layers([128], 10, expected=118282).holds is False


def test_keys_are_the_names_that_metrics_were_given():
    found = keras_history.printed_keys(["acc", "val_acc"], "accuracy", 0.2)
    assert found.values["missing keys"] == ["acc", "val_acc"]
    assert found.holds is False
    assert keras_history.printed_keys(["acc", "val_acc"], "acc", 0.2).holds is True


def test_no_validation_no_keys():
    found = keras_history.printed_keys(["acc", "val_acc", "val_loss"], "acc", 0)
    assert found.values["missing keys"] == ["val_acc", "val_loss"]
    assert found.holds is False


def test_loader():
    found = keras_history.loader("cifar10")
    assert found.values["x_train"] == [50000, 32, 32, 3]
    assert found.values["y_test"] == [10000, 1]
    assert found.holds is True
    assert keras_history.loader("iris").holds is False  # no Keras data set

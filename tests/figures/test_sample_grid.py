import numpy as np
import pytest

from experiments.data.datasets import Dataset, Examples
from experiments.figures import sample_grid
from experiments.figures.images import pictures
from experiments.figures.subject import Subject


def test_a_row_holds_the_first_examples_of_its_class(make_subject, mnist, said, assert_laid_out):
    subject = make_subject(mnist | {"seeds": 1})
    drawing = sample_grid.draw(subject)["sample_grid"]
    axes = drawing.figure.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[3] == "3  (6)"
    assert len(labels) == 10
    mosaic = axes.images[0].get_array()
    train = subject.load("base").train
    pitch = 30  # 28 pixels and a gap of 2
    tile = mosaic[3 * pitch :, 2 * pitch :][:28, :28]
    assert np.allclose(tile[..., 0], train.x[train.y == 3][2].reshape(28, 28))
    assert np.all(tile[..., 3] == 1)
    assert np.all(mosaic[3 * pitch : 3 * pitch + 28, 6 * pitch :, 3] == 0)  # a class of six has no seventh
    assert "60 in all" in said(drawing.figure)
    assert drawing.table["training_examples"].tolist() == [6] * 10
    assert_laid_out(drawing.figure)


def test_it_needs_no_record(make_subject, cifar):
    subject = make_subject(cifar | {"seeds": 1})
    alone = Subject(subject.experiment, {}, subject.load)
    axes = sample_grid.draw(alone)["sample_grid"].figure.axes[0]
    assert axes.get_yticklabels()[1].get_text() == "automobile  (6)"


def test_many_classes_are_cut_and_told(make_subject, iris, tmp_path, said):
    names, y = tuple(f"kind {i}" for i in range(30)), np.arange(60) % 30
    x = np.random.default_rng(0).random((60, 6, 6, 3), dtype=np.float32)
    np.savez(tmp_path / "own.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    config = iris | {"dataset": {"name": "npz", "path": "own.npz"}, "seeds": 1}
    config["model"] = {"name": "cnn", "blocks": [{"filters": 2}], "output": {"units": 30, "activation": "softmax"}}
    data = Dataset(Examples(x, y), None, Examples(x, y), names, "")
    figure = sample_grid.draw(make_subject(config, data=data))["sample_grid"].figure
    assert len(figure.axes[0].get_yticklabels()) == 20
    assert "the first 20 of 30 classes" in said(figure)


def test_examples_that_are_no_images_are_said_in_a_sentence(make_subject, iris, said):
    figure = sample_grid.draw(make_subject(iris | {"seeds": 1}))["sample_grid"].figure
    assert "The examples are not images." in said(figure)


@pytest.mark.parametrize("flat", [True, False])
@pytest.mark.parametrize("scale", ["none", "unit", "standard", "channel_standard"])
def test_pictures_undo_flattening_and_scaling(make_subject, cifar, scale, flat):
    random = np.random.default_rng(0)
    raw = random.integers(0, 256, (50, 32, 32, 3)).astype(np.float32)
    if scale == "standard":
        raw[0], raw[1] = 0, 255  # every pixel meets black and white
    else:
        raw[0, 0, 0], raw[1, 0, 0] = 0, 255  # some pixel does
    x = {
        "none": raw,
        "unit": raw / 255,
        "standard": (raw - raw.mean(axis=0)) / raw.std(axis=0),
        "channel_standard": (raw - raw.mean(axis=(0, 1, 2))) / raw.std(axis=(0, 1, 2)),
    }[scale]
    examples = Examples(x.reshape(50, -1) if flat else x, np.arange(50) % 10)
    config = cifar | {"dataset": {"name": "cifar10", "flatten": flat, "scale": scale}, "seeds": 1}
    if not flat:
        output = {"units": 10, "activation": "softmax"}
        config["model"] = {"name": "cnn", "blocks": [{"filters": 2}], "output": output}
    names = tuple("0123456789")
    subject = make_subject(config, data=Dataset(examples, None, examples, names, ""))
    images = pictures(examples.x[:5], subject.load("base"), subject, "base")
    assert images.shape == (5, 32, 32, 3)
    assert np.allclose(images, raw[:5] / 255, atol=1e-5)


def test_grey_pictures_have_three_equal_colours(make_subject, mnist):
    subject = make_subject(mnist | {"seeds": 1})
    data = subject.load("base")
    images = pictures(data.train.x[:2], data, subject, "base")
    assert images.shape == (2, 28, 28, 3)
    assert np.all(images[..., 0] == images[..., 2])

import numpy as np
import pytest

from experiments.data.datasets import Dataset, Examples
from experiments.figures import misclassified


def words(figure, gid: str) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts if text.get_gid() == gid]


def test_mistakes_are_in_order_of_certainty(make_subject, mnist):
    y = np.arange(40) % 10
    outputs = 0.9 * np.eye(10, dtype=np.float32)[y]
    outputs[3] = 0.7 * np.eye(10)[5]
    outputs[8] = 0.95 * np.eye(10)[1]
    subject = make_subject(mnist | {"seeds": 1}, outputs=lambda v, s: outputs)
    drawing = misclassified.draw(subject)["misclassified"]
    assert drawing.table.to_dict("list") == {
        "example": [8, 3],
        "true": ["8", "3"],
        "predicted": ["1", "5"],
        "certainty": pytest.approx([0.95, 0.7]),
    }
    figure = drawing.figure
    assert words(figure, "true") == ["8", "3"]
    assert words(figure, "predicted") == ["1", "5"]
    assert words(figure, "certainty") == ["0.950", "0.700"]
    test = subject.load("base").test
    first, second = figure.axes[0].images
    assert np.allclose(first.get_array()[..., 0], test.x[8].reshape(28, 28))
    assert np.allclose(second.get_array()[..., 2], test.x[3].reshape(28, 28))


def test_title_counts_the_errors_of_the_first_seed(make_subject, mnist, said):
    figure = misclassified.draw(make_subject(mnist))["misclassified"].figure
    assert "10 of 40 test examples misclassified, all of them" in said(figure)
    assert "network of seed 0, first of 2" in said(figure)


def test_true_is_top_right_and_predicted_bottom_right(make_subject, cifar, assert_laid_out):
    figure = misclassified.draw(make_subject(cifar | {"seeds": 1}))["misclassified"].figure
    assert_laid_out(figure)
    axes = figure.axes[0]
    boxes = {
        gid: [text.get_window_extent() for text in axes.texts if text.get_gid() == gid] for gid in ("true", "predicted")
    }
    pictures = [image.get_window_extent() for image in axes.images]
    assert len(pictures) == 10
    for picture, true, predicted in zip(pictures, boxes["true"], boxes["predicted"], strict=True):
        assert min(true.x0, predicted.x0) > picture.x1
        assert true.y0 > (picture.y0 + picture.y1) / 2 > predicted.y1
    everything = [*pictures, *(text.get_window_extent() for text in axes.texts)]
    for i, box in enumerate(everything):
        assert not any(box.overlaps(other) for other in everything[i + 1 :])


def test_no_mistake_is_said_in_a_sentence(make_subject, mnist, said):
    right = np.eye(10, dtype=np.float32)[np.arange(40) % 10]
    drawing = misclassified.draw(make_subject(mnist | {"seeds": 1}, outputs=lambda v, s: right))["misclassified"]
    assert "No test example is misclassified: all 40 are right." in said(drawing.figure)
    assert "0 of 40" in said(drawing.figure)
    assert drawing.table.empty


def test_one_unit_gives_the_probability_of_its_answer(make_subject, iris):
    y = np.array([0, 1, 1, 0])
    data = Dataset(Examples(np.zeros((4, 784)), y), None, Examples(np.zeros((4, 784)), y), ("no", "yes"), "")
    config = iris | {"dataset": {**iris["dataset"], "classes": ["setosa", "versicolor"]}, "seeds": 1}
    config["model"] = {"name": "perceptron", "output": {"units": 1, "activation": "sigmoid"}}
    config["loss"] = {"name": "binary_crossentropy"}
    outputs = np.array([[0.8], [0.9], [0.05], [0.1]], np.float32)
    record = make_subject(config, data=data, outputs=lambda v, s: outputs).records["base"][0]
    table = misclassified.mistakes(record, "sigmoid")
    assert table["example"].tolist() == [2, 0]
    assert table["certainty"].tolist() == pytest.approx([0.95, 0.8])


def test_scores_without_probabilities_are_ordered_by_their_lead(make_subject, mnist, said):
    config = mnist | {"loss": {"name": "multiclass_hinge"}, "seeds": 1}
    config["model"] = {**mnist["model"], "output": {"units": 10, "activation": "linear"}}
    outputs = np.zeros((40, 10), np.float32)
    outputs[np.arange(40), np.arange(40) % 10] = 5
    outputs[0, 4], outputs[1, 4] = 6, 9
    figure = misclassified.draw(make_subject(config, outputs=lambda v, s: outputs))["misclassified"].figure
    assert words(figure, "certainty") == ["4.0", "1.0"]
    assert words(figure, "true") == ["1", "0"]
    assert "its lead over the true class" in said(figure)


def test_predictions_of_other_data_are_refused(make_subject, mnist):
    subject = make_subject(mnist | {"seeds": 1})
    data = subject.load("base")
    fewer = Dataset(data.train, None, Examples(data.test.x[:7], data.test.y[:7]), data.class_names, "")
    other = type(subject)(subject.experiment, subject.records, lambda variant: fewer)
    with pytest.raises(ValueError, match="predictions of 40 test examples, and the data have 7"):
        misclassified.draw(other)

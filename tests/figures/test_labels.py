"""What figures call variants: their labels, in the order of the labels; numbers beside the pictures keep the names."""

import numpy as np
import pytest

from experiments.data.datasets import Dataset, Examples
from experiments.figures import (
    calibration,
    class_recalls,
    confusion_matrix,
    decision_regions,
    learning_curves,
    variant_comparison,
)
from tests.figures.test_decision_regions import three_classes

UNITS = {"variants": {"tanh": {"model.activation": "tanh"}, "wide": {"model.hidden": [16]}}}
LABELS = {"labels": {"tanh": "tanh units", "base": "ReLU"}}


def legend(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_a_legend_has_labels_in_their_order_and_names_where_there_are_none(make_subject, mnist):
    drawing = learning_curves.draw(make_subject(mnist | UNITS | LABELS))["learning_curves"]
    names = [text for text in legend(drawing.figure) if text in ("base", "tanh", "ReLU", "wide", "tanh units")]
    assert names == ["tanh units", "ReLU", "wide"]
    assert set(drawing.table["variant"]) == {"base", "tanh", "wide"}


def test_the_axis_of_differences_names_what_is_compared_with(make_subject, mnist):
    drawing = variant_comparison.draw(make_subject(mnist | UNITS | LABELS | {"seeds": 3}))["variant_comparison"]
    scores, differences = drawing.figure.axes
    assert [text.get_text() for text in scores.get_yticklabels()] == ["tanh units", "ReLU", "wide"]
    assert differences.get_xlabel() == "difference to ReLU"
    assert drawing.table["variant"].tolist() == ["tanh", "base", "wide"]
    assert drawing.table.set_index("variant")["pairs"].to_dict() == {"tanh": 3, "base": 0, "wide": 3}


def test_without_a_common_seed_differences_are_still_to_base(make_subject, mnist):
    apart = {"variants": {"tanh": {"model.activation": "tanh", "seeds": [7, 8]}}}
    figure = variant_comparison.draw(make_subject(mnist | apart | LABELS))["variant_comparison"].figure
    assert figure.axes[1].get_xlabel() == "difference to ReLU"


def test_titles_of_panels_have_labels(make_subject, iris):
    rates = {"variants": {"fast": {"optimizer.learning_rate": 1.0}}, "labels": {"fast": "rate 1", "base": "rate 0.01"}}
    figure = decision_regions.draw(make_subject(iris | rates, grid=three_classes))["decision_regions"].figure
    assert [axes.get_title() for axes in figure.axes] == ["rate 1: accuracy 0.750", "rate 0.01: accuracy 0.750"]


def test_rows_have_labels(make_subject, mnist):
    figure = class_recalls.draw(make_subject(mnist | UNITS | LABELS))["class_recalls"].figure
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["tanh units", "ReLU", "wide"]


def test_a_figure_of_one_variant_is_titled_with_its_label_and_filed_under_its_name(make_subject, mnist, said):
    drawings = confusion_matrix.draw(make_subject(mnist | UNITS | LABELS))
    assert set(drawings) == {"confusion_matrix", "confusion_matrix-tanh", "confusion_matrix-wide"}
    assert "Confusion matrix (ReLU)" in said(drawings["confusion_matrix"].figure)
    assert "Confusion matrix (tanh units)" in said(drawings["confusion_matrix-tanh"].figure)


def test_notes_have_labels(make_subject, mnist, said):
    subject = make_subject(mnist | UNITS | LABELS, missing=(("base", 0), ("tanh", 0), ("tanh", 1)))
    words = said(learning_curves.draw(subject)["learning_curves"].figure)
    assert "mean of 1 of 2 seeds, the others did not complete (wide: 2 seeds)" in words
    assert "no completed trial: tanh units" in words


def test_a_long_label_has_a_line_of_its_own(make_subject, iris, assert_laid_out):
    variants = {f"rate_{i}": {"optimizer.learning_rate": 0.1 * i} for i in (1, 2)}
    labels = {"base": "a rate of one in a hundred a step", "rate_1": "a rate of one in ten in every step"}
    config = iris | {"seeds": 1, "variants": variants, "labels": labels}
    figure = decision_regions.draw(make_subject(config, grid=three_classes))["decision_regions"].figure
    assert [axes.get_title().count("\n") for axes in figure.axes] == [1, 1, 0]
    assert_laid_out(figure)
    figure.draw_without_rendering()
    spans = [axes.title.get_window_extent() for axes in figure.axes]
    assert spans[0].x1 < spans[1].x0
    assert spans[1].x1 < spans[2].x0


@pytest.mark.parametrize(("labels", "names"), [({}, ["base", "deep"]), ({"base": "shallow"}, ["shallow", "deep"])])
def test_a_reliability_diagram_names_its_variants(make_subject, iris, labels, names):
    two = {"name": "iris", "features": ["petal_length", "petal_width"], "classes": ["setosa", "versicolor"]}
    model = {"name": "perceptron", "output": {"units": 1, "activation": "sigmoid"}}
    config = iris | {
        "dataset": two,
        "model": model,
        "loss": {"name": "binary_crossentropy"},
        "variants": {"deep": {"optimizer.learning_rate": 0.1}},
        "labels": labels,
    }
    x, y = np.zeros((40, 2), np.float32), np.arange(40) % 2
    data = Dataset(Examples(x, y), None, Examples(x, y), ("setosa", "versicolor"), "made up")
    chances = np.linspace(0, 1, 40, dtype=np.float32)[:, None]
    subject = make_subject(config, data=data, outputs=lambda v, s: chances)
    figure = calibration.draw(subject)["calibration"].figure
    assert legend(figure)[1:] == names

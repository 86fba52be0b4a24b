import pytest

from experiments.worked import confusion_tables

BALANCED_1 = [[10, 0, 0, 0], [0, 5, 3, 2], [0, 1, 8, 1], [0, 1, 0, 9]]
BALANCED_2 = [[8, 2, 0, 0], [1, 7, 0, 2], [0, 0, 9, 1], [2, 3, 0, 5]]
EIGHTY = [[9, 1, 0, 0], [1, 15, 3, 1], [5, 0, 24, 1], [0, 4, 1, 15]]
MODEL_1 = [[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]]
MODEL_2 = [[198, 2, 0, 0], [7, 1, 0, 2], [0, 8, 1, 1], [2, 3, 4, 1]]


def test_overall_accuracy_formula():
    found = confusion_tables.overall_accuracy_formula(EIGHTY)
    assert found.values["OA"] == pytest.approx(63 / 80)
    assert found.holds is True
    assert confusion_tables.overall_accuracy_formula(EIGHTY, numerator="off-diagonal").holds is False


def test_class_accuracy_formulas():
    found = confusion_tables.class_accuracy_formulas(MODEL_1)
    assert found.values["CA"] == pytest.approx([0.5, 0.9, 0.8, 0.9])
    assert found.values["AA"] == pytest.approx(0.775)
    assert found.holds is True
    assert confusion_tables.class_accuracy_formulas(MODEL_1, divide_by="column").holds is False


def test_table_of_totals():
    found = confusion_tables.table_of_totals([[9, 1, 0], [1, 15, 3], [5, 0, 24]])
    assert found.values == {"N": 58, "row totals": [10, 19, 29], "column totals": [15, 16, 27]}
    assert found.holds is True
    assert confusion_tables.table_of_totals(MODEL_1, rows="predicted").holds is False


def test_scores_of_two_models():
    first, second = confusion_tables.scores(BALANCED_1), confusion_tables.scores(BALANCED_2)
    assert first.values["OA"] == pytest.approx(0.8)
    assert first.values["precision"] == pytest.approx([1, 5 / 7, 8 / 11, 9 / 12])
    assert first.values["macro F1"] == pytest.approx(0.7921, abs=5e-5)
    assert second.values["OA"] == pytest.approx(0.725)
    assert second.values["recall"] == pytest.approx([0.8, 0.7, 0.9, 0.5])
    assert second.values["macro F1"] == pytest.approx(0.7253, abs=5e-5)


def test_outcomes():
    found = confusion_tables.outcomes(EIGHTY).values
    assert found["TP"] == [9, 15, 24, 15]
    assert found["FP"] == [6, 5, 4, 2]
    assert found["FN"] == [1, 5, 6, 5]
    assert found["TN"] == [64, 55, 46, 58]
    assert found["cells of class 1"] == [1, 5, 0]
    assert found["cells of class 2"] == [1, 0, 4]


def test_correct_outcomes():
    found = confusion_tables.correct_outcomes(BALANCED_1, ["TP", "TN"])
    assert found.holds is True
    # Each of the 8 errors is a true negative of the two classes that it is neither of nor taken for.
    assert found.values["true negatives of the wrong class"] == 16
    assert confusion_tables.correct_outcomes(BALANCED_1, ["TP", "FP"]).holds is False
    assert confusion_tables.correct_outcomes(BALANCED_1, ["TP"]).holds is False


def test_accuracies_that_the_slides_cut():
    assert confusion_tables.accuracy(EIGHTY).values == {"accuracy": pytest.approx(0.7875), "samples": 80}
    assert confusion_tables.accuracy(MODEL_1).values["accuracy"] == pytest.approx(126 / 230)
    assert confusion_tables.accuracy(MODEL_2).values["accuracy"] == pytest.approx(201 / 230)


def test_class_sizes():
    found = confusion_tables.class_sizes(MODEL_1, MODEL_2)
    assert found.values == {"model 1": [200, 10, 10, 10], "model 2": [200, 10, 10, 10], "samples": 230}
    assert found.holds is True
    assert confusion_tables.class_sizes(MODEL_1, EIGHTY).holds is False


def test_classes_a_model_is_accurate_for():
    assert confusion_tables.accurate_for(MODEL_1, [1, 2, 3, 4], []).holds is False
    found = confusion_tables.accurate_for(MODEL_1, [2, 3, 4], [1])
    assert found.values["very accurate for"] == [2, 3, 4]
    assert found.holds is True
    assert confusion_tables.accurate_for(MODEL_2, [1], [2, 3, 4]).holds is True
    assert confusion_tables.accurate_for(BALANCED_1, [1], [2, 3, 4]).holds is False

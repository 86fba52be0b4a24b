import pytest

from experiments.worked import f1_scores
from tests.worked.test_confusion_tables import MODEL_1, MODEL_2


def test_formulas():
    found = f1_scores.formulas(MODEL_1)
    assert found.values["F1"] == pytest.approx([2 / 3, 0.178218, 0.571429, 0.580645], abs=5e-7)
    assert found.holds is True
    assert f1_scores.formulas(MODEL_1, factor=1.0).holds is False


def test_precisions_and_recalls():
    found = f1_scores.precisions(MODEL_1).values
    assert found["precision"] == pytest.approx([1, 9 / 91, 8 / 18, 9 / 21])
    assert found["totals"] == [100, 91, 18, 21]
    assert found["average precision"] == pytest.approx(0.492979, abs=5e-7)
    found = f1_scores.recalls(MODEL_1).values
    assert found["others"] == [100, 1, 2, 1]
    assert found["average recall"] == pytest.approx(0.775)


@pytest.mark.parametrize(("score", "literal"), [("precision", 1.650488), ("recall", 2.425)])
def test_parentheses(score, literal):
    found = f1_scores.printed_mean(MODEL_1, score, parentheses=False)
    assert found.values["as printed"] == pytest.approx(literal, abs=5e-7)
    assert found.holds is False
    assert f1_scores.printed_mean(MODEL_1, score, parentheses=True).holds is True


def test_f1_of_cut_numbers():
    assert f1_scores.f1_of(0.492, 0.775).values["F1"] == pytest.approx(0.601894, abs=5e-7)
    assert f1_scores.f1_of(0.5, 0.5).values["F1"] == 0.5


def test_two_kinds_of_macro_f1():
    found = f1_scores.f1_of_averages(MODEL_1)
    assert found.values["F1 of averages"] == pytest.approx(0.602626, abs=5e-7)
    assert found.values["average of F1"] == pytest.approx(0.499240, abs=5e-7)
    assert found.holds is True
    assert f1_scores.f1_of_averages(MODEL_1, mean="arithmetic").holds is False


def test_summary():
    found = f1_scores.summary(MODEL_1, MODEL_2).values
    assert found["F1 of model 2"] == pytest.approx(2 * 0.3694876 * 0.3225 / (0.3694876 + 0.3225), abs=5e-7)
    assert found["F1 of model 2"] == pytest.approx(0.344399, abs=5e-7)
    assert found["accuracy of model 1"] == pytest.approx(126 / 230)


def test_ranking():
    assert f1_scores.ranking(MODEL_1, MODEL_2).holds is True
    assert f1_scores.ranking(MODEL_2, MODEL_1).holds is False
    assert f1_scores.ranking(MODEL_1, MODEL_1).holds is False

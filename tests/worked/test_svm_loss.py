import pytest

from experiments.worked import svm_loss

# Rows: scores of cat, car, frog; columns: the images cat, car, frog.
TABLE = [[3.2, 1.3, 2.2], [5.1, 4.9, 2.5], [-1.7, 2.0, -3.1]]
LABELS = [0, 1, 2]


def test_terms_by_hand():
    cat = svm_loss.hinge_terms([3.2, 5.1, -1.7], 0)
    assert cat.values["first argument"] == pytest.approx(2.9)
    assert cat.values["second argument"] == pytest.approx(-3.9)
    assert cat.values["loss"] == pytest.approx(2.9)
    frog = svm_loss.hinge_terms([2.2, 2.5, -3.1], 2)
    assert [frog.values[f"{name} term"] for name in ("first", "second")] == pytest.approx([6.3, 6.6])
    assert frog.values["loss"] == pytest.approx(12.9)
    assert frog.steps[0] == "max(0, 2.2 - (-3.1) + 1) = max(0, 6.3) = 6.3"
    assert cat.holds is True
    assert frog.holds is True


def test_without_margin_the_frog_has_the_printed_loss():
    assert svm_loss.hinge_terms([2.2, 2.5, -3.1], 2, margin=0).values["loss"] == pytest.approx(10.9)


def test_twice_the_scores():
    car = svm_loss.hinge_terms([1.3, 4.9, 2.0], 1, scale=2)
    assert car.values["scores"] == pytest.approx([2.6, 9.8, 4.0])
    assert [car.values["first argument"], car.values["second argument"]] == pytest.approx([-6.2, -4.8])


def test_full_loss():
    found = svm_loss.full_loss(TABLE, LABELS)
    assert found.values["full loss"] == pytest.approx(15.8 / 3)
    assert found.holds is True
    assert svm_loss.full_loss(TABLE, LABELS, margin=0).values["full loss"] == pytest.approx(12.8 / 3)
    assert svm_loss.full_loss(TABLE, LABELS, average=False).holds is False


def test_definition_asks_for_the_margin_and_the_sum():
    assert svm_loss.definition().holds is True
    assert svm_loss.definition(margin=0).holds is False
    assert svm_loss.definition(term="worst").holds is False


@pytest.mark.parametrize(
    ("change", "each", "same_best"),
    [
        ({"include_true_class": True}, [3.9, 1, 13.9], True),
        ({"average": True}, [1.45, 0, 6.45], True),
        ({"average": True, "include_true_class": True}, [1.3, 1 / 3, 13.9 / 3], True),
        ({"squared": True}, [8.41, 0, 83.25], False),
        ({"scale": 2}, [4.8, 0, 23.8], False),
    ],
)
def test_changed_losses(change, each, same_best):
    found = svm_loss.changed_loss(TABLE, LABELS, **change)
    assert found.values["each"] == pytest.approx(each)
    assert found.values["same W is best"] is same_best
    assert found.holds is True


def test_zero_scores():
    assert svm_loss.zero_scores(3).values["loss"] == 2
    assert svm_loss.zero_scores(10).values["loss"] == 9


def test_smallest_and_largest():
    found = svm_loss.smallest_and_largest([2.2, 2.5, -3.1], 2, [1, 10, 1000])
    assert found.values == {"smallest": 0, "largest": "unbounded"}
    assert found.steps[-1].endswith("L = 10902")  # 1000 * 10.9 + 2
    # An example classified with room to spare loses nothing however large its scores.
    assert svm_loss.smallest_and_largest([3, 0, 0], 0, [1, 1000]).values["largest"] == "bounded"


def test_a_weight_matrix_of_loss_zero_is_not_alone():
    arguments = {"images": [[1, 0], [0, 1]], "labels": [0, 1], "weights": [[1, 0], [0, 1]]}
    found = svm_loss.is_unique(**arguments, factors=[0.5, 1, 2, 10])
    assert found.values == {"unique": False, "multiples with loss 0": [1, 2, 10]}
    assert svm_loss.is_unique(**arguments, factors=[0.5, 1]).values["unique"] is True

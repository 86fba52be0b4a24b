"""Confusion matrices of the lecture and their scores, by this project's `metrics` (Cavallaro, performance measures).

Matrices have the slides' orientation, which is also that of `metrics`: rows are actual values, columns predictions.
The printed formulas are evaluated as they stand and held against scikit-learn, which sees single examples, not counts.
"""

from collections.abc import Sequence

import numpy as np

import metrics
from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding

Matrix = Sequence[Sequence[int]]


def overall_accuracy_formula(matrix: Matrix, numerator: str = "diagonal") -> Finding:
    """Evaluate OA = sum_i C_ii / sum_ij C_ij and compare with scikit-learn's accuracy.

    Args:
        matrix: counts to try it on.
        numerator: diagonal as printed, or off-diagonal.

    Lecture: Cavallaro, performance measures.
    """
    from sklearn.metrics import accuracy_score

    C = np.array(matrix)
    sums = {"diagonal": int(np.trace(C)), "off-diagonal": int(C.sum() - np.trace(C))}
    printed, truth = sums[numerator] / C.sum(), float(accuracy_score(*_examples(C)))
    return Finding(
        values={"OA": float(printed), "scikit-learn": truth},
        steps=(f"{sums[numerator]} / {C.sum()} = {number(printed)}", f"scikit-learn's accuracy: {number(truth)}"),
        holds=bool(np.isclose(printed, truth, rtol=0, atol=1e-12)),
    )


def class_accuracy_formulas(matrix: Matrix, divide_by: str = "row") -> Finding:
    """Evaluate CA_i = C_ii / sum_j C_ij and AA = sum_i CA_i / K; compare with scikit-learn's recalls and their mean.

    Args:
        matrix: counts to try it on.
        divide_by: row as printed, or column.

    Lecture: Cavallaro, performance measures.
    """
    from sklearn.metrics import balanced_accuracy_score, recall_score

    C = np.array(matrix)
    printed = np.diag(C) / C.sum(axis=1 if divide_by == "row" else 0)
    examples = _examples(C)
    recalls, mean = recall_score(*examples, average=None), float(balanced_accuracy_score(*examples))
    return Finding(
        values={"CA": printed.tolist(), "AA": float(printed.mean())},
        steps=(
            f"CA = {numbers(printed)}, AA = {number(printed.mean())}",
            f"scikit-learn: recalls {numbers(recalls)}, balanced accuracy {number(mean)}",
        ),
        holds=bool(np.allclose(printed, recalls, rtol=0, atol=1e-12) and abs(printed.mean() - mean) < 1e-12),
    )


def table_of_totals(matrix: Matrix, rows: str = "reference") -> Finding:
    """Fill the symbolic table: row totals, column totals, N, class-specific and user's accuracies.

    The totals must count the examples of each reference class (rows) and each predicted class (columns), the
    class-specific accuracies be scikit-learn's recalls and the user's accuracies its precisions.

    Args:
        matrix: counts to try it on.
        rows: what a row of the slide's table is: reference as printed, or predicted.

    Lecture: Cavallaro, performance measures (table).
    """
    from sklearn.metrics import precision_score, recall_score

    C = np.array(matrix)
    actual, predicted = _examples(C if rows == "reference" else C.T)
    row_totals, column_totals = C.sum(axis=1), C.sum(axis=0)
    class_specific, users = np.diag(C) / row_totals, np.diag(C) / column_totals
    agree = (
        (row_totals == np.bincount(actual)).all(),
        (column_totals == np.bincount(predicted)).all(),
        np.allclose(class_specific, recall_score(actual, predicted, average=None), rtol=0, atol=1e-12),
        np.allclose(users, precision_score(actual, predicted, average=None), rtol=0, atol=1e-12),
    )
    return Finding(
        values={"N": int(C.sum()), "row totals": row_totals.tolist(), "column totals": column_totals.tolist()},
        steps=(
            f"row totals {numbers(row_totals)}, class-specific accuracies {numbers(class_specific)}",
            f"column totals {numbers(column_totals)}, user's accuracies {numbers(users)}",
            f"the table and a count of the {C.sum()} single examples agree: {'yes' if all(agree) else 'no'}",
        ),
        holds=all(map(bool, agree)),
    )


def scores(matrix: Matrix) -> Finding:
    """Compute the scores that a matrix has: OA, AA, precision, recall and F1 of each class, macro F1.

    Args:
        matrix: counts.

    Lecture: Cavallaro, which model performs better; accuracy works well on balanced data.
    """
    precision, recall, f1 = metrics.precision(matrix), metrics.recall(matrix), metrics.f1(matrix)
    return Finding(
        values={
            "OA": metrics.overall_accuracy(matrix),
            "AA": metrics.average_accuracy(matrix),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "F1": f1.tolist(),
            "macro F1": metrics.macro_f1(matrix),
        },
        steps=(
            _accuracy_step(matrix),
            f"recall: {_shares(metrics.true_positives(matrix), np.sum(matrix, axis=1))}, mean {number(recall.mean())}",
            f"precision: {_shares(metrics.true_positives(matrix), np.sum(matrix, axis=0))}",
            f"F1: {numbers(f1)}, mean {number(metrics.macro_f1(matrix))}",
        ),
    )


def outcomes(matrix: Matrix) -> Finding:
    """Count true and false positives and negatives of each class, one against the rest.

        TP_i = C_ii,  FP_i = column - C_ii,  FN_i = row - C_ii,  TN_i = N - row - column + C_ii

    Args:
        matrix: counts.

    Lecture: Cavallaro, true positive; true negative; false positive; false negative; precision and recall of model 1.
    """
    C = np.array(matrix)
    tp, fp = metrics.true_positives(C), metrics.false_positives(C)
    fn, tn = metrics.false_negatives(C), metrics.true_negatives(C)
    columns = {f"cells of class {i + 1}": np.delete(C[:, i], i).tolist() for i in range(len(C))}
    return Finding(
        values={"TP": tp.tolist(), "TN": tn.tolist(), "FP": fp.tolist(), "FN": fn.tolist(), **columns},
        steps=tuple(
            f"class {i + 1}: TP = {tp[i]}, FP = {C[:, i].sum()} - {tp[i]} = {fp[i]}, FN = {C[i].sum()} - {tp[i]} = "
            f"{fn[i]}, TN = {C.sum()} - {C[i].sum()} - {C[:, i].sum()} + {tp[i]} = {tn[i]}"
            for i in range(len(C))
        ),
    )


def correct_outcomes(matrix: Matrix, correct: Sequence[str]) -> Finding:
    """Ask of every example and every class whether "is it of this class?" was answered right.

    It holds if that is so for exactly the outcomes that the slide calls correct, and if TP + FN are the row totals,
    TP + FP the column totals, and all four together N.

    Args:
        matrix: counts.
        correct: outcomes that the slide calls correct predictions, among TP, TN, FP, FN.

    Lecture: Cavallaro, which model performs better.
    """
    C = np.array(matrix)
    actual, predicted = _examples(C)
    answers: dict[str, set[bool]] = {name: set() for name in ("TP", "TN", "FP", "FN")}
    elsewhere = 0
    for i in range(len(C)):
        for is_i, said_i, right in zip(actual == i, predicted == i, actual == predicted, strict=True):
            answers[("T" if is_i == said_i else "F") + ("P" if said_i else "N")].add(bool(is_i == said_i))
            elsewhere += int(not is_i and not said_i and not right)
    tp, fp = metrics.true_positives(C), metrics.false_positives(C)
    fn, tn = metrics.false_negatives(C), metrics.true_negatives(C)
    sums = ((tp + fn == C.sum(axis=1)) & (tp + fp == C.sum(axis=0)) & (tp + fp + fn + tn == C.sum())).all()
    return Finding(
        values={"true negatives of the wrong class": elsewhere},
        steps=(
            f"{C.sum()} examples x {len(C)} classes: the answer is right for "
            f"{' and '.join(name for name, seen in answers.items() if seen == {True})}",
            f"TP + FN = rows, TP + FP = columns, TP + FP + FN + TN = {C.sum()}: {'yes' if sums else 'no'}",
            f"{elsewhere} true negatives are examples of another class that went to yet another one",
        ),
        holds=bool(sums) and all(seen == {name in correct} for name, seen in answers.items()),
    )


def accuracy(matrix: Matrix) -> Finding:
    """Compute the overall accuracy: diagonal over all.

    Args:
        matrix: counts.

    Lecture: Cavallaro, overall accuracy; accuracy on imbalanced data misleads performance.
    """
    return Finding(
        values={"accuracy": metrics.overall_accuracy(matrix), "samples": int(np.sum(matrix))},
        steps=(_accuracy_step(matrix),),
    )


def class_sizes(matrix: Matrix, other: Matrix) -> Finding:
    """Count the test samples of each class in two matrices: the row totals.

    Args:
        matrix: counts of model 1.
        other: counts of model 2.

    Lecture: Cavallaro, accuracy on imbalanced data misleads performance.
    """
    first, second = np.sum(matrix, axis=1), np.sum(other, axis=1)
    return Finding(
        values={"model 1": first.tolist(), "model 2": second.tolist(), "samples": int(first.sum())},
        steps=(_row_sums("model 1", matrix), _row_sums("model 2", other)),
        holds=bool((first == second).all()),
    )


def accurate_for(matrix: Matrix, accurate: Sequence[int], poor: Sequence[int], at_least: float = 0.75) -> Finding:
    """Test for which classes a model is very accurate: those of which it finds at least three quarters.

    Args:
        matrix: counts.
        accurate: numbers of the classes, from 1, for which the slide calls it very accurate.
        poor: classes for which the slide says that it is not.
        at_least: class accuracy (recall) from which on a class counts as very accurate.

    Lecture: Cavallaro, accuracy on imbalanced data misleads performance.
    """
    recall, precision = metrics.recall(matrix), metrics.precision(matrix)
    found = [i + 1 for i, r in enumerate(recall) if r >= at_least]
    return Finding(
        values={"class accuracies": recall.tolist(), "precisions": precision.tolist(), "very accurate for": found},
        steps=(
            f"found of each class: {_shares(metrics.true_positives(matrix), np.sum(matrix, axis=1))}",
            f"worst class: {int(np.argmin(recall)) + 1}, with {number(recall.min())}",
            f"average accuracy: {number(metrics.average_accuracy(matrix))}",
        ),
        holds=set(accurate) <= set(found) and not set(poor) & set(found),
    )


def _examples(C: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The single examples that a matrix counts: actual and predicted classes."""
    cells = np.repeat(np.arange(C.size), C.ravel())
    return cells // len(C), cells % len(C)


def _accuracy_step(matrix: Matrix) -> str:
    hits = metrics.true_positives(matrix)
    total = np.sum(matrix)
    share = number(metrics.overall_accuracy(matrix))
    return f"({' + '.join(map(str, hits))}) / {total} = {hits.sum()} / {total} = {share}"


def _row_sums(name: str, matrix: Matrix) -> str:
    sums = [f"{' + '.join(map(str, row))} = {sum(row)}" for row in matrix]
    return f"{name}: {', '.join(sums)}"


def _shares(hits: np.ndarray, totals: np.ndarray) -> str:
    return ", ".join(f"{hit}/{total} = {number(hit / total)}" for hit, total in zip(hits, totals, strict=True))

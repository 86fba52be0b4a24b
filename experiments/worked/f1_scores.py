"""Precision, recall and two kinds of F1 of the lecture's imbalanced example (Cavallaro, from F1 score on).

Rows are actual values, columns predictions. Scores come from this project's `metrics`.
"""

from collections.abc import Sequence
from statistics import harmonic_mean

import numpy as np

import metrics
from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding

Matrix = Sequence[Sequence[int]]


def formulas(matrix: Matrix, factor: float = 2.0) -> Finding:
    """Evaluate P = TP / (TP + FP), R = TP / (TP + FN), F1 = factor P R / (P + R) for each class.

    It holds if they are scikit-learn's, and F1 is the harmonic mean of P and R as Python computes it.

    Args:
        matrix: counts to try it on.
        factor: 2 as printed.

    Lecture: Cavallaro, F1 score; harmonic mean.
    """
    from sklearn.metrics import precision_recall_fscore_support

    C = np.array(matrix)
    tp = np.diag(C)
    P, R = tp / C.sum(axis=0), tp / C.sum(axis=1)
    F1 = factor * P * R / (P + R)
    cells = np.repeat(np.arange(C.size), C.ravel())
    truth = precision_recall_fscore_support(cells // len(C), cells % len(C))[:3]
    means = [harmonic_mean(pair) for pair in zip(P, R, strict=True)]
    return Finding(
        values={"precision": P.tolist(), "recall": R.tolist(), "F1": F1.tolist()},
        steps=(
            f"P = {numbers(P)}",
            f"R = {numbers(R)}",
            f"F1 = {numbers(F1)}; scikit-learn {numbers(truth[2])}; harmonic means {numbers(means)}",
        ),
        holds=bool(np.allclose([P, R, F1], truth, rtol=0, atol=1e-12) and np.allclose(F1, means, rtol=0, atol=1e-12)),
    )


def precisions(matrix: Matrix) -> Finding:
    """Compute the precision of each class and their mean.

    Args:
        matrix: counts.

    Lecture: Cavallaro, precision of model 1 (macro average).
    """
    return _by_class("precision", matrix, np.sum(matrix, axis=0), metrics.precision(matrix))


def recalls(matrix: Matrix) -> Finding:
    """Compute the recall of each class and their mean.

    Args:
        matrix: counts.

    Lecture: Cavallaro, recall of model 1 (macro average).
    """
    return _by_class("recall", matrix, np.sum(matrix, axis=1), metrics.recall(matrix))


def printed_mean(matrix: Matrix, score: str, parentheses: bool) -> Finding:
    """Evaluate a printed sum of K scores over K, where division binds before addition, against the mean.

        s_1 + s_2 + s_3 + s_4 / 4   or, with parentheses,   (s_1 + s_2 + s_3 + s_4) / 4

    Args:
        matrix: counts.
        score: precision or recall.
        parentheses: whether the slide prints them.

    Lecture: Cavallaro, precision and recall of model 1 (macro average).
    """
    values = metrics.precision(matrix) if score == "precision" else metrics.recall(matrix)
    *first, last = values
    literal = float(values.sum() / len(values) if parentheses else sum(first) + last / len(values))
    inside = " + ".join(number(v) for v in values)
    return Finding(
        values={"as printed": literal, "mean": float(values.mean())},
        steps=(
            f"{f'({inside})' if parentheses else inside} / {len(values)} = {number(literal)}",
            f"mean: {number(values.mean())}",
        ),
        holds=abs(literal - float(np.mean(values))) < 1e-12,
    )


def f1_of(precision: float, recall: float) -> Finding:
    """Compute F1 = 2 P R / (P + R) from a printed precision and recall.

    Args:
        precision: P.
        recall: R.

    Lecture: Cavallaro, F1 score of model 1.
    """
    f1 = 2 * precision * recall / (precision + recall)
    return Finding(
        values={"F1": f1},
        steps=(
            f"2 x {number(precision)} x {number(recall)} / ({number(precision)} + {number(recall)}) = {number(f1)}",
        ),
    )


def f1_of_averages(matrix: Matrix, mean: str = "harmonic") -> Finding:
    """Evaluate the slide's F1, a mean of macro precision and macro recall, and set scikit-learn's macro F1 beside it.

    It holds if the formula 2 P R / (P + R) with averages P and R from scikit-learn gives this project's
    `f1_of_macro_averages`. scikit-learn's own macro F1 is the mean of the classes' F1, another number.

    Args:
        matrix: counts.
        mean: harmonic as the slide says, or arithmetic.

    Reference: Opitz and Burst 2019, "Macro F1 and Macro F1". Lecture: Cavallaro, F1 score of model 1.
    """
    from sklearn.metrics import f1_score, precision_score, recall_score

    C = np.array(matrix)
    cells = np.repeat(np.arange(C.size), C.ravel())
    examples = cells // len(C), cells % len(C)
    P = float(precision_score(*examples, average="macro"))
    R = float(recall_score(*examples, average="macro"))
    of_classes = float(f1_score(*examples, average="macro"))
    printed = 2 * P * R / (P + R) if mean == "harmonic" else (P + R) / 2
    ours = metrics.f1_of_macro_averages(C)
    return Finding(
        values={"F1 of averages": printed, "average of F1": of_classes},
        steps=(
            f"P = {number(P)}, R = {number(R)}: {mean} mean {number(printed)}",
            f"F1 of each class: {numbers(metrics.f1(C))}, mean {number(of_classes)}: scikit-learn's macro F1",
        ),
        holds=abs(printed - ours) < 1e-12 and abs(printed - harmonic_mean([P, R])) < 1e-12,
    )


def summary(model_1: Matrix, model_2: Matrix) -> Finding:
    """Compute accuracy and the slide's F1, the harmonic mean of macro precision and macro recall, of two models.

    Args:
        model_1: its counts.
        model_2: its counts.

    Lecture: Cavallaro, F1 score on imbalanced data.
    """
    values: dict[str, float] = {}
    steps: list[str] = []
    for name, matrix in (("model 1", model_1), ("model 2", model_2)):
        P, R = metrics.macro_precision(matrix), metrics.macro_recall(matrix)
        f1 = metrics.f1_of_macro_averages(matrix)
        accuracy = metrics.overall_accuracy(matrix)
        values |= {f"accuracy of {name}": accuracy, f"F1 of {name}": f1}
        steps += [
            f"{name}: accuracy {np.trace(np.array(matrix))} / {np.sum(matrix)} = {number(accuracy)}",
            f"{name}: P = {number(P)}, R = {number(R)}, F1 = 2 x {number(P)} x {number(R)} / "
            f"({number(P)} + {number(R)}) = {number(f1)}",
        ]
    return Finding(values, tuple(steps))


def ranking(model_1: Matrix, model_2: Matrix) -> Finding:
    """Test whether both kinds of macro F1 put model 1 first while accuracy puts model 2 first.

    Args:
        model_1: its counts.
        model_2: its counts.

    Lecture: Cavallaro, F1 score on imbalanced data.
    """
    pairs = {
        "accuracy": (metrics.overall_accuracy(model_1), metrics.overall_accuracy(model_2)),
        "F1 of averages": (metrics.f1_of_macro_averages(model_1), metrics.f1_of_macro_averages(model_2)),
        "average of F1": (metrics.macro_f1(model_1), metrics.macro_f1(model_2)),
    }
    return Finding(
        values={name: list(pair) for name, pair in pairs.items()},
        steps=tuple(
            f"{name}: {number(first)} {'>' if first > second else '<' if first < second else '='} {number(second)}"
            for name, (first, second) in pairs.items()
        ),
        holds=(
            pairs["accuracy"][0] < pairs["accuracy"][1]
            and pairs["F1 of averages"][0] > pairs["F1 of averages"][1]
            and pairs["average of F1"][0] > pairs["average of F1"][1]
        ),
    )


def _by_class(name: str, matrix: Matrix, totals: np.ndarray, values: np.ndarray) -> Finding:
    hits = metrics.true_positives(matrix)
    return Finding(
        values={
            "TP": hits.tolist(),
            "others": (totals - hits).tolist(),
            "totals": totals.tolist(),
            name: values.tolist(),
            f"average {name}": float(values.mean()),
        },
        steps=(
            *(
                f"class {i + 1}: {hit} / ({hit} + {total - hit}) = {hit} / {total} = {number(value)}"
                for i, (hit, total, value) in enumerate(zip(hits, totals, values, strict=True))
            ),
            f"mean: ({' + '.join(number(v) for v in values)}) / {len(values)} = {number(values.mean())}",
        ),
    )

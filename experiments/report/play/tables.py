"""Tables of the lectures to edit: confusion matrices, whose scores follow, and the scores of the multiclass SVM loss.

Without a script both still show the slide's numbers and what this project computes from them.
"""

import numpy as np

import metrics
from experiments.report.play.widget import Widget

Matrix = tuple[tuple[int, ...], ...]

FOUR_CLASSES: Matrix = ((9, 1, 0, 0), (1, 15, 3, 1), (5, 0, 24, 1), (0, 4, 1, 15))
THREE_CLASSES: Matrix = ((9, 1, 0), (1, 15, 3), (5, 0, 24))
BALANCED_1: Matrix = ((10, 0, 0, 0), (0, 5, 3, 2), (0, 1, 8, 1), (0, 1, 0, 9))
BALANCED_2: Matrix = ((8, 2, 0, 0), (1, 7, 0, 2), (0, 0, 9, 1), (2, 3, 0, 5))
IMBALANCED_1: Matrix = ((100, 80, 10, 10), (0, 9, 0, 1), (0, 1, 8, 1), (0, 1, 0, 9))
IMBALANCED_2: Matrix = ((198, 2, 0, 0), (7, 1, 0, 2), (0, 8, 1, 1), (2, 3, 4, 1))

CONFUSIONS: dict[str, Matrix] = {
    **dict.fromkeys(("C-109", "C-110", "C-116", "C-117", "C-118", "C-119"), FOUR_CLASSES),
    "C-111": THREE_CLASSES,
    **dict.fromkeys(("C-112", "C-114", "C-115", "C-120"), BALANCED_1),
    "C-113": BALANCED_2,
    **dict.fromkeys(("C-121", "C-122", "C-124", "C-126"), IMBALANCED_1),
    **dict.fromkeys(("C-123", "C-125", "C-138"), IMBALANCED_2),
    **dict.fromkeys(("C-130", "C-131", "C-132", "C-133", "C-134", "C-135", "C-136", "C-137"), IMBALANCED_1),
}
"""The slide's matrix, rows truth and columns predictions, by claim; where a slide has two models, the one it names."""

SVM_CLASSES = ("cat", "car", "frog")
SVM_SCORES = ((3.2, 1.3, 2.2), (5.1, 4.9, 2.5), (-1.7, 2.0, -3.1))
"""Hantehzadeh's scores, a row a class and a column an example, which is of the class of the same number."""
SVM_CLAIMS = frozenset(f"H-{number}" for number in range(24, 39)) - {"H-36"}

_OUTCOMES = (("tp", "TP"), ("fn", "FN"), ("fp", "FP"), ("tn", "TN"))
_SHARES = (("precision", "precision"), ("recall", "recall"), ("f1", "F1"))
_SCORES = {
    "accuracy": "overall accuracy",
    "balanced_accuracy": "average accuracy (macro recall)",
    "macro_precision": "macro precision",
    "macro_f1": "macro F1, mean of the classes' F1",
    "f1_of_macro_averages": "F1 of macro precision and macro recall",
    "micro_f1": "micro F1",
    "weighted_f1": "weighted F1",
    "cohen_kappa": "Cohen's kappa",
    "matthews_correlation": "Matthews correlation",
}


def confusion(matrix: Matrix) -> Widget:
    """A confusion matrix whose cells can be changed, with every score of `metrics`.

    Args:
        matrix: counts, rows truth, columns predictions.
    """
    size = len(matrix)
    rows = "".join(
        f"<tr><th scope='row'>actual {i + 1}</th>{''.join(_count(i, j, n) for j, n in enumerate(row))}</tr>"
        for i, row in enumerate(matrix)
    )
    head = "".join(f"<th scope='col'>pred. {j + 1}</th>" for j in range(size))
    html = f"""<div class="play" data-play="confusion">
<div class="play-table play-counts"><table><caption>Counts: rows are truth, columns predictions. Change any.</caption>
<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>
<div class="play-controls" hidden data-live>
<button type="button" data-act="less" aria-label="−1 in the chosen cell">−1</button>
<button type="button" data-act="more" aria-label="+1 in the chosen cell">+1</button>
<button type="button" data-act="reset">As on the slide</button>
<label><span>0/0 counts as</span> <select><option value="0">0</option><option value="1">1</option>
<option value="NaN">left out</option></select></label></div>
<p class="play-status" aria-live="polite" hidden data-live></p>
{_classes(matrix)}
{_totals(matrix)}
</div>"""
    return Widget("Edit the confusion matrix", html)


def hinge() -> Widget:
    """The table of scores of the multiclass SVM loss, with a margin to change."""
    head = "".join(f"<th scope='col'>{name}</th>" for name in SVM_CLASSES)
    rows = "".join(
        f"<tr><th scope='row'>{name}</th>{''.join(_score(name, k, value) for k, value in enumerate(row))}</tr>"
        for name, row in zip(SVM_CLASSES, SVM_SCORES, strict=True)
    )
    losses = "".join(f"<td data-loss>{loss:.6g}</td>" for loss in _svm_losses())
    html = f"""<div class="play" data-play="hinge">
<p>Loss of an example: sum over the wrong classes of max(0, score − score of the true class + margin).</p>
<div class="play-table play-counts"><table><caption>Scores: a column is an example of the class above it.</caption>
<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody>
<tfoot><tr><th scope="row">loss</th>{losses}</tr></tfoot></table></div>
<div class="play-controls" hidden data-live><label><span>margin</span> <output class="play-value">1</output>
<input type="range" aria-label="margin" min="0" max="2" step="0.1" value="1"></label>
<button type="button" data-act="double">All scores × 2</button>
<button type="button" data-act="reset">As on the slide</button></div>
<p class="play-status" aria-live="polite" hidden data-live></p>
</div>"""
    return Widget("Edit the scores", html)


def _count(i: int, j: int, count: int) -> str:
    right = ' class="play-right"' if i == j else ""
    name = f"actual {i + 1}, predicted {j + 1}"
    number = f'<input type="number" min="0" step="1" inputmode="numeric" value="{count}" aria-label="{name}">'
    return f"<td{right}>{number}</td>"


def _score(name: str, k: int, value: float) -> str:
    label = f"score of {name} for the {SVM_CLASSES[k]} example"
    right = ' class="play-right"' if name == SVM_CLASSES[k] else ""
    return f'<td{right}><input type="number" step="0.1" value="{value:g}" aria-label="{label}"></td>'


def _svm_losses() -> list[float]:
    scores = np.array(SVM_SCORES)
    excess = np.maximum(0.0, scores - np.diag(scores) + 1.0)
    np.fill_diagonal(excess, 0.0)
    return [float(loss) for loss in excess.sum(axis=0)]


def _classes(matrix: Matrix) -> str:
    counted = {
        "tp": metrics.true_positives(matrix),
        "fn": metrics.false_negatives(matrix),
        "fp": metrics.false_positives(matrix),
        "tn": metrics.true_negatives(matrix),
    }
    shares = {"precision": metrics.precision(matrix), "recall": metrics.recall(matrix), "f1": metrics.f1(matrix)}
    head = "".join(f"<th scope='col'>{title}</th>" for _, title in (*_OUTCOMES, *_SHARES))
    rows = "".join(
        f"<tr><th scope='row'>{k + 1}</th>"
        + "".join(f'<td data-score="{name}.{k}">{counted[name][k]:.0f}</td>' for name, _ in _OUTCOMES)
        + "".join(f'<td data-score="{name}.{k}">{shares[name][k]:.4f}</td>' for name, _ in _SHARES)
        + "</tr>"
        for k in range(len(matrix))
    )
    head = f"<thead><tr><th scope='col'>class</th>{head}</tr></thead>"
    table = f"<table><caption>By class</caption>{head}<tbody>{rows}</tbody></table>"
    return f'<div class="play-table" tabindex="0" role="region" aria-label="Scores by class">{table}</div>'


def _totals(matrix: Matrix) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{title}</th><td data-score='{name}'>{metrics.SCORES[name](matrix):.4f}</td></tr>"
        for name, title in _SCORES.items()
    )
    table = f"<table><caption>Of the whole matrix</caption><tbody>{rows}</tbody></table>"
    return f'<div class="play-table">{table}</div>'

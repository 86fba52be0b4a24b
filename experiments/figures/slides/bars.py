"""Bars and tables: softmax, two losses, two models, a split of the data, means."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.figures import style
from experiments.figures.frame import Drawing
from experiments.figures.slides import page

SOFTMAX_ROWS = ((-1.0, 0.0, 1.0, 2.0, 4.0), (-1.0, 0.0, 1.0, 2.0, 8.0))
ANIMALS = ("cat", "car", "frog")
ANIMAL_SCORES = (3.2, 5.1, -1.7)
SCORES = ((10.0, -2.0, 3.0), (10.0, 9.0, 9.0), (10.0, -100.0, -100.0))
"""Of three examples; the first class is the right one."""
MODELS = (
    ((10, 0, 0, 0), (0, 5, 3, 2), (0, 1, 8, 1), (0, 1, 0, 9)),
    ((8, 2, 0, 0), (1, 7, 0, 2), (0, 0, 9, 1), (2, 3, 0, 5)),
)
"""Confusion matrices, a row for each true class."""
SPLIT = {"training": 0.6, "validation": 0.2, "test": 0.2}
_DASHED = (0, (3.2, 1.6))


def softmax(z: np.ndarray) -> np.ndarray:
    """exp(z) over its sum, along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def softmax_loss(scores: np.ndarray) -> np.ndarray:
    """-log of the first class's probability, exact also where that probability is almost 1."""
    return np.asarray(np.log1p(np.exp(scores[..., 1:] - scores[..., :1]).sum(axis=-1)))


def svm_loss(scores: np.ndarray) -> np.ndarray:
    """Sum over the wrong classes of max(0, s_j - s_0 + 1)."""
    return np.asarray(np.maximum(0, scores[..., 1:] - scores[..., :1] + 1).sum(axis=-1))


def softmax_bars() -> Drawing:
    """Scores on the left, probabilities on the right, for both examples of the slides."""
    figure, panels = page.panels((2, 2), (2, 2))
    tables = []
    for row, scores in enumerate(np.array(SOFTMAX_ROWS)):
        for axes, values, colour, symbol in (
            (panels[2 * row], scores, style.colour(0), "$z_i$"),
            (panels[2 * row + 1], softmax(scores), style.colour(1), "$s(z)_i$"),
        ):
            bars = axes.bar(np.arange(1, 6), values, color=colour, width=0.7)
            words = [f"{v:.2f}" if symbol != "$z_i$" else f"{v:g}".replace("-", "−") for v in values]
            axes.bar_label(bars, words, padding=page.pt(2), fontsize=page.pt(10.5))
            axes.axhline(0, color=style.muted(), linewidth=page.pt(0.9))
            axes.set_ylabel(symbol)
            axes.set_xticks(range(1, 6))
            axes.grid(visible=False, axis="x")
            axes.set_ylim(*(-3.8, 10.2) if symbol == "$z_i$" else (0, 1.2))
        exponentials = np.exp(scores)
        tables.append(
            pd.DataFrame({"example": row + 1, "i": range(1, 6), "z": scores, "exp_z": exponentials,
                          "softmax": softmax(scores)})
        )  # fmt: skip
    panels[0].set_title("scores")
    panels[1].set_title("probabilities")
    for axes in panels[2:]:
        axes.set_xlabel("class $i$")
    subtitle = r"$s(z)_i=e^{z_i}\;/\;\Sigma_k\,e^{z_k}$"
    notes = ["above: the highest score is reinforced", "below: one score far ahead of the second takes all"]
    page.finish(figure, "softmax_bars", subtitle=subtitle, notes=notes, room=(3.2, 3.6))
    return Drawing(figure, pd.concat(tables, ignore_index=True))


def softmax_columns() -> Drawing:
    """Scores, their exponentials, and the exponentials normalised."""
    scores = np.array(ANIMAL_SCORES)
    steps = {
        "scores $s$": (scores, "{:.1f}"),
        "exponentials $e^{s}$": (np.exp(scores), "{:.2f}"),
        "probabilities $p$": (softmax(scores), "{:.3f}"),
    }
    figure, panels = page.panels((1, 3), (1, 3), sharey=True)
    for axes, (title, (values, form)) in zip(panels, steps.items(), strict=True):
        colours = [style.colour(1), style.colour(0), style.colour(0)]
        bars = axes.barh(range(3), values, color=colours, height=0.62)
        axes.bar_label(bars, [form.format(v).replace("-", "−") for v in values], padding=page.pt(3),
                       fontsize=page.pt(10.5))  # fmt: skip
        axes.set_title(title, fontweight="normal", fontsize=page.pt(10.5 if page.slim() else 12))
        reach = np.abs(values).max()
        axes.set_xlim(min(values.min() * (3.4 if page.slim() else 2.4), 0), reach * (1.75 if page.slim() else 1.5))
        axes.axvline(0, color=style.muted(), linewidth=page.pt(0.9))
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        axes.set_xticks([])
        axes.tick_params(length=0)
    panels[0].set_yticks(range(3), ANIMALS, fontsize=page.pt(12))
    panels[0].invert_yaxis()
    loss = -np.log(softmax(scores)[0])
    page.finish(
        figure,
        "softmax_columns",
        subtitle=rf"The right class is cat: loss $L=-\log\,p_{{cat}}=-\log\,{softmax(scores)[0]:.3f}={loss:.2f}$",
        notes=["natural logarithm", "exponentials are not normalised yet; probabilities add to 1"],
        room=(2.9, 2.4),
    )
    table = pd.DataFrame(
        {"class": ANIMALS, "score": scores, "exponential": np.exp(scores), "probability": softmax(scores)}
    )
    return Drawing(figure, table)


def softmax_against_svm() -> Drawing:
    """Both losses of three examples, and what becomes of them when the right score changes a little."""
    scores = np.array(SCORES)
    figure, (left, right) = page.panels((1, 2), (2, 1), **({} if page.slim() else {"width_ratios": (1, 1.1)}))
    losses = {"softmax": softmax_loss(scores), "SVM": svm_loss(scores)}
    for k, (name, values) in enumerate(losses.items()):
        at = np.arange(3) + (k - 0.5) * 0.5
        bars = left.bar(at, values, width=0.42, color=style.colour(k), label=name)
        left.bar_label(bars, [_small(v) for v in values], padding=page.pt(2), fontsize=page.pt(10))
    named = [f"{k}\n({', '.join(f'{s:g}' for s in row)})".replace("-", "−") for k, row in enumerate(scores, start=1)]
    left.set_xticks(range(3), named, fontsize=page.pt(8.5))
    left.set_xlabel("example, and its scores, right class first")
    left.set_ylabel("loss")
    left.set_ylim(0, 0.72)
    left.set_title("as they are")
    left.grid(visible=False, axis="x")

    shift = np.linspace(-2, 2, 161)
    tables = [pd.DataFrame({"example": [1, 2, 3], "shift": 0.0, **{f"{n}_loss": v for n, v in losses.items()}})]
    dashes = (_DASHED, "-", (0, (1, 1.2)))
    for number, row in enumerate(scores):
        moved = row + np.stack([shift, 0 * shift, 0 * shift], axis=1)
        for k, (name, loss) in enumerate((("softmax", softmax_loss), ("SVM", svm_loss))):
            right.plot(shift, loss(moved), color=style.colour(k), linestyle=dashes[number], linewidth=page.pt(2.4),
                       label=f"{name} {number + 1}")  # fmt: skip
        tables.append(pd.DataFrame({"example": number + 1, "shift": shift, "softmax_loss": softmax_loss(moved),
                                    "SVM_loss": svm_loss(moved)}))  # fmt: skip
    right.set_xlabel("change of the right class's score")
    right.set_ylabel("loss")
    right.set_title("jiggled")
    right.set(xlim=(-2, 2), ylim=(-0.1, 4.2))
    legend = [
        *(Patch(color=style.colour(k), label=f"{name} loss") for k, name in enumerate(losses)),
        *(Line2D([], [], color=style.muted(), linestyle=dashes[k], label=f"example {k + 1}") for k in range(3)),
    ]
    page.finish(
        figure,
        "softmax_against_svm",
        notes=[
            "examples 1 and 3 stay at almost 0 (softmax) and at 0 (SVM)",
            "example 2 lies on the SVM loss's margin of 1, beyond which nothing changes any more",
        ],
        legend=legend,
        room=(2.8, 5.4),
    )
    return Drawing(figure, pd.concat(tables, ignore_index=True))


def two_models_accuracy() -> Drawing:
    """Two confusion matrices over ten examples of each class, with their accuracy."""
    figure, panels = page.panels((1, 2), (2, 1))
    rows = []
    for number, (axes, cells) in enumerate(zip(panels, np.array(MODELS), strict=True), start=1):
        _matrix(axes, cells)
        right, total = int(np.trace(cells)), int(cells.sum())
        axes.set_title(f"Model {number}: accuracy {right}/{total} = {right / total:.3f}", pad=page.pt(8))
        for (i, j), count in np.ndenumerate(cells):
            rows.append((number, i + 1, j + 1, int(count), right / total))
    notes = ["ten test examples of each class", "on the diagonal: right predictions"]
    page.finish(figure, "two_models_accuracy", notes=notes, room=(3.3, 6.6))
    return Drawing(figure, pd.DataFrame(rows, columns=["model", "actual", "predicted", "count", "accuracy"]))


def data_split() -> Drawing:
    """One bar in three parts, and what each part is for."""
    purposes = ("fit the weights", "choose hyper-\nparameters", "measure once,\nat the end")
    figure, (axes,) = page.panels((1, 1), (1, 1))
    letters = page.pt(9.5 if page.slim() else 13.5)
    left = 0.0
    for number, ((part, share), purpose) in enumerate(zip(SPLIT.items(), purposes, strict=True)):
        colour = style.colour(number)
        axes.barh(0, share, left=left, color=colour, height=0.5, edgecolor=style.ground(), linewidth=page.pt(2),
                  label=part)  # fmt: skip
        middle = left + share / 2
        axes.text(middle, 0, f"{part}\n{share:.0%}".replace("%", " %"), ha="center", va="center",
                  color=style.readable_on(colour), fontweight="bold", fontsize=letters)  # fmt: skip
        axes.text(middle, -0.33, purpose, ha="center", va="top", fontsize=letters)
        left += share
    axes.set(xlim=(0, 1), ylim=(-0.72, 0.32))
    axes.axis("off")
    page.finish(
        figure,
        "data_split",
        subtitle="All labelled data, shuffled, the classes in the same proportions in each part",
        notes=["60/20/20 is a usual choice; with much data the last two parts can be smaller"],
        room=(2.8, 2.2),
    )
    return Drawing(figure, pd.DataFrame({"part": list(SPLIT), "share": list(SPLIT.values())}))


def harmonic_mean() -> Drawing:
    """Crossed ladders, and the F1 score by recall for several precisions."""
    figure, (ladders, scores) = page.panels((1, 2), (2, 1))
    a, b = 3.0, 1.5
    h, x = a * b / (a + b), a / (a + b)  # the ladders cross at this height and this share of the way
    for xs, ys, number in (((0, 1), (a, 0), 0), ((0, 1), (0, b), 1)):
        ladders.plot(xs, ys, color=style.colour(number), linewidth=page.pt(3))
    for at, height, words, side in ((0, a, f"$a={a:g}$", -1), (1, b, f"$b={b:g}$", 1), (x, h, f"$h={h:g}$", -1)):
        ladders.plot((at, at), (0, height), color=style.text_colour(), linewidth=page.pt(2.2 if at != x else 2.6),
                     linestyle="-" if at != x else _DASHED)  # fmt: skip
        ladders.text(at + 0.04 * side, height / 2 if at != x else 0.3, words, ha="right" if side < 0 else "left",
                     va="center", fontsize=page.pt(12))  # fmt: skip
    ladders.plot((-0.1, 1.1), (0, 0), color=style.muted(), linewidth=page.pt(2))
    ladders.set(xlim=(-0.34, 1.38), ylim=(-0.05, 3.15))
    ladders.set_title(r"ladders crossing at $h=ab/(a+b)$", fontweight="normal", fontsize=page.pt(11))
    ladders.axis("off")

    recall = np.linspace(0.001, 1, 200)
    tables = []
    for number, precision in enumerate((1.0, 0.75, 0.5, 0.25)):
        f1 = 2 * precision * recall / (precision + recall)
        scores.plot(recall, f1, color=style.colour(number), linewidth=page.pt(2.6), label=f"precision {precision:g}")
        tables.append(pd.DataFrame({"precision": precision, "recall": recall, "f1": f1}))
    scores.plot(recall, (0.25 + recall) / 2, color=style.colour(3), linestyle=_DASHED,
                label="arithmetic mean, precision 0.25")  # fmt: skip
    scores.set(xlim=(0, 1), ylim=(0, 1.03))
    scores.set_xlabel("recall")
    scores.set_ylabel("F1 score")
    scores.set_title(r"$F_1=2\,PR/(P+R)$", fontweight="normal", fontsize=page.pt(11))
    lines = [line for line in scores.get_lines() if not str(line.get_label()).startswith("_")]
    notes = [
        "the height $h$ is half the harmonic mean of $a$ and $b$",
        "full recall does not make up for poor precision: 0.25 and 1 give 0.40, their arithmetic mean is 0.625",
    ]
    page.finish(figure, "harmonic_mean", notes=notes, legend=lines, room=(2.8, 5.4))
    return Drawing(figure, pd.concat(tables, ignore_index=True))


def _matrix(axes: Axes, cells: np.ndarray) -> None:
    size = len(cells)
    tints = np.array([[style.tint(style.colour(0 if i == j else 1), 0.75 * n / 10 if n else 0.0)
                       for j, n in enumerate(row)] for i, row in enumerate(cells)])  # fmt: skip
    axes.imshow(tints, aspect="auto")
    for (i, j), count in np.ndenumerate(cells):
        axes.text(j, i, str(count), ha="center", va="center", color=style.readable_on(tints[i, j]),
                  fontsize=page.pt(14), fontweight="bold" if i == j else "normal")  # fmt: skip
    axes.set_xticks(range(size), [str(k + 1) for k in range(size)])
    axes.set_yticks(range(size), [str(k + 1) for k in range(size)])
    axes.set_xlabel("predicted class")
    axes.set_ylabel("actual class")
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(True)


def _small(value: float) -> str:
    """0.55, but 9.2·10⁻⁴ where decimals would say nothing."""
    if value == 0 or value >= 0.01:
        return f"{value:.2f}" if value else "0"
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"${mantissa}\cdot 10^{{{int(exponent)}}}$"

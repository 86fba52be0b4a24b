"""Sliders over exact formulas: the learning rate on three losses of the lectures, and the focal loss.

The formulas are `experiments.worked`'s gradient_descent, one_weight, loss_landscape and focal; the scripts hold them
once more, and tests compare the two.
"""

from dataclasses import dataclass
from html import escape

from experiments.report.play.widget import Widget


@dataclass(frozen=True)
class Descent:
    """A loss of one weight to descend on.

    Attributes:
        loss: its name in descent.js.
        formula: the loss in words.
        start: the first weight.
        rates: range of the slider, low, high, and step.
        rate: where the slider stands first.
        steps: steps shown first.
        weights: range of the horizontal axis.
        losses: range of the vertical axis.
        named: rates that a button sets, with what each shows.
    """

    loss: str
    formula: str
    start: float
    rates: tuple[float, float, float]
    rate: float
    steps: int
    weights: tuple[float, float]
    losses: tuple[float, float]
    named: tuple[tuple[float, str], ...]


SQUARE = Descent(
    loss="square",
    formula="L(w) = w², curvature 2: oscillates above a rate of 1/2, diverges above 1",
    start=1.0,
    rates=(0.01, 1.2, 0.01),
    rate=0.1,
    steps=15,
    weights=(-2.0, 2.0),
    losses=(0.0, 4.0),
    named=((0.05, "small"), (0.4, "adequate"), (0.9, "oscillating"), (1.05, "too large")),
)
EXAMPLE = Descent(
    loss="example",
    formula="L(w) = (1.5 w − 0.5)², curvature 4.5: oscillates above a rate of 2/9, diverges above 4/9",
    start=0.8,
    rates=(0.005, 0.5, 0.005),
    rate=0.1,
    steps=15,
    weights=(-0.4, 1.1),
    losses=(0.0, 1.3),
    named=((0.01, "small"), (0.1, "the slide's"), (0.4, "oscillating"), (0.46, "too large")),
)
DENT = Descent(
    loss="dent",
    formula="L(w) = w²/10 − 0.3 exp(−50 (w − 3)²), a bowl with a narrow dent at 3",
    start=4.0,
    rates=(0.01, 11.0, 0.01),
    rate=1.0,
    steps=30,
    weights=(-5.0, 5.0),
    losses=(0.0, 2.5),
    named=((0.01, "small"), (1.0, "stable"), (11.0, "large")),
)

DESCENTS: dict[str, Descent] = {
    **dict.fromkeys(("M-50", "M-51", "P-45"), SQUARE),
    **dict.fromkeys(("C-73", "C-76", "C-78", "C-79", "C-80", "C-81", "C-82", "C-83", "C-84", "C-85", "C-88"), EXAMPLE),
    **dict.fromkeys(("C-89", "C-90"), DENT),
}
"""The loss that a claim about learning rates speaks of."""

FOCAL_CLAIMS: dict[str, tuple[float, float, float]] = {
    "M-107": (2.0, 1.0, 0.8),
    "M-108": (2.0, 1.0, 0.8),
    "M-109": (2.0, 1.0, 0.8),
    "M-110": (2.0, 1.0, 0.8),
    "M-111": (2.0, 1.0, 0.1),
    "M-112": (0.0, 1.0, 0.8),
    "M-113": (2.0, 1.0, 0.9),
    "M-114": (2.0, 0.3, 0.8),
    "M-115": (2.0, 0.3, 0.8),
}
"""Claims about the focal loss, with the gamma, alpha and p that are shown first."""


def descent(case: Descent) -> Widget:
    """Gradient descent on one weight, by learning rate and number of steps."""
    low, high, step = case.rates
    buttons = "".join(
        f'<button type="button" data-rate="{rate:g}">{escape(name)} ({rate:g})</button>' for rate, name in case.named
    )
    html = f"""<div class="play" data-play="descent" data-loss="{case.loss}" data-start="{case.start:g}"
 data-range="{_pair(case.weights)}" data-heights="{_pair(case.losses)}">
<p>{escape(case.formula)}. Steps w ← w − rate · L′(w), from w = {case.start:g}.</p>
<svg class="play-chart" role="img" hidden data-live
 aria-label="The loss by weight, and steps of gradient descent."></svg>
<div class="play-controls" hidden data-live>
{_slider("learning rate", low, high, step, case.rate)}
{_slider("steps", 1, 60, 1, case.steps)}
</div>
<div class="play-controls" hidden data-live>{buttons}</div>
<p class="play-status" aria-live="polite" hidden data-live></p>
<p class="play-note play-weights" hidden data-live></p>
</div>"""
    return Widget("Try the learning rate", html)


def focal(gamma: float, alpha: float, p: float) -> Widget:
    """The focal loss of one example beside cross-entropy."""
    line = '<path d="M0 7H20" class="play-curve{}"/>'
    lines = ((line.format(" play-reference"), "cross-entropy, −log p"), (line.format(" play-second"), "focal loss"))
    legend = "".join(f'<li><svg viewBox="0 0 20 14" aria-hidden="true">{mark}</svg>{name}</li>' for mark, name in lines)
    html = f"""<div class="play" data-play="focal">
<p>Focal loss = −α (1 − p)<sup>γ</sup> log p of one example, whose true class has the probability p.</p>
<ul class="play-legend">{legend}</ul>
<svg class="play-chart" role="img" hidden data-live
 aria-label="Cross-entropy and focal loss by the probability of the true class."></svg>
<div class="play-controls" hidden data-live>
{_slider("γ, the focus", 0, 5, 0.1, gamma)}
{_slider("α, the class's weight", 0.05, 1, 0.05, alpha)}
{_slider("p, the probability", 0.01, 0.99, 0.01, p)}
</div>
<p class="play-status" aria-live="polite" hidden data-live></p>
</div>"""
    return Widget("Try the focal loss", html)


def _slider(name: str, low: float, high: float, step: float, value: float) -> str:
    # The label stands for its first control, which is the number shown; so the slider has its name itself.
    return (
        f'<label><span>{name}</span> <output class="play-value">{value:g}</output><input type="range"'
        f' aria-label="{escape(name)}" min="{low:g}" max="{high:g}" step="{step:g}" value="{value:g}"></label>'
    )


def _pair(values: tuple[float, float]) -> str:
    return f"{values[0]:g} {values[1]:g}"

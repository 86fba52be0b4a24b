"""How much each swept key matters: its share of the objective's variance."""

import pandas as pd

from experiments.figures import style
from experiments.figures.frame import Drawing, finish, new_figure
from experiments.figures.sweep_view import SweepView, words


def draw(view: SweepView) -> Drawing:
    """A bar a key, the most important on top."""
    table = pd.DataFrame(view.importance.items(), columns=["key", "importance"])
    table = table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)
    figure = new_figure(max(2.4, 1.8 + 0.4 * len(table)))
    axes = figure.subplots()
    axes.barh(range(len(table)), table["importance"], color=style.colour(0), height=0.6)
    for row, share in enumerate(table["importance"]):
        axes.annotate(f"{100 * share:.0f} %", (share, row), xytext=(5, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(table)), [words(key) for key in table["key"]])
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_xlim(0, 1.08)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel(f"share of the variance of {view.said}")
    notes = [*view.notes, "by a random forest over the points (fANOVA), interactions shared out"]
    finish(figure, view.subject, "How much each setting matters", notes=notes, room=0.8 + 0.4 * len(table))
    return Drawing(figure, table)

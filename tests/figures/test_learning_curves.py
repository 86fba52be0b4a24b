from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex

from experiments.figures import learning_curves, style
from experiments.figures.learning_curves import by_epoch, epoch_ticks


def lines_of(axes) -> dict:
    return {line.get_label(): line for line in axes.get_lines()}


def labels_of(figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_lines_are_means_over_seeds_and_bands_their_range(make_subject, mnist):
    drawing = learning_curves.draw(make_subject(mnist))["learning_curves"]
    loss, accuracy = drawing.figure.axes
    line = lines_of(loss)["base val_loss"]
    assert list(line.get_xdata()) == [1, 2, 3]
    assert line.get_ydata() == pytest.approx([1.05, 0.65, 0.55])
    band = next(c for c in loss.collections if c.get_label() == "base val_loss range")
    heights = band.get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(0.5)
    assert heights.max() == pytest.approx(1.1)
    assert lines_of(accuracy)["base accuracy"].get_ydata() == pytest.approx([0.49, 0.69, 0.79])
    assert (loss.get_ylabel(), accuracy.get_ylabel(), loss.get_xlabel()) == ("loss", "accuracy", "epoch")


def test_legend_says_what_lines_dashes_and_bands_are(make_subject, mnist, said):
    figure = learning_curves.draw(make_subject(mnist))["learning_curves"].figure
    assert labels_of(figure) == ["training", "validation (the test set)", "lowest to highest seed"]
    assert "mean of 2 seeds" in said(figure)
    assert "loss: categorical crossentropy" in said(figure)


def test_training_is_solid_and_validation_dashed_in_the_variants_colour(make_subject, mnist):
    subject = make_subject(mnist | {"variants": {"wide": {"model.hidden": [16]}}})
    figure = learning_curves.draw(subject)["learning_curves"].figure
    lines = lines_of(figure.axes[0])
    assert to_hex(lines["wide loss"].get_color()) == to_hex(lines["wide val_loss"].get_color())
    assert to_hex(lines["wide loss"].get_color()) != to_hex(lines["base loss"].get_color())
    assert lines["wide loss"].get_linestyle() == "-"
    assert lines["wide val_loss"].get_linestyle() != "-"
    assert labels_of(figure)[0] == "base"
    assert "wide" in labels_of(figure)


def test_table_holds_the_numbers_behind_the_picture(make_subject, mnist):
    table = learning_curves.draw(make_subject(mnist))["learning_curves"].table
    assert list(table.columns) == ["variant", "measure", "epoch", "seeds", "mean", "sd", "min", "max"]
    row = table[(table["measure"] == "accuracy") & (table["epoch"] == 3)].iloc[0]
    assert (row["seeds"], row["mean"]) == (2, pytest.approx(0.79))
    assert row["sd"] == pytest.approx(0.02 / np.sqrt(2))


def test_one_seed_has_no_band(make_subject, mnist, said):
    figure = learning_curves.draw(make_subject(mnist | {"seeds": 1}))["learning_curves"].figure
    assert not figure.axes[0].collections
    assert "lowest to highest seed" not in labels_of(figure)
    assert "1 seed" in said(figure)
    assert "mean" not in said(figure)


def test_without_validation_the_figure_says_so(make_subject, mnist, said):
    config = mnist | {"dataset": {**mnist["dataset"], "validation": "none"}}
    plain = {"loss": [0.9, 0.5], "accuracy": [0.5, 0.6], "seconds": [0.1, 0.1]}
    figure = learning_curves.draw(make_subject(config, history=lambda v, s: plain))["learning_curves"].figure
    assert "no validation data" in said(figure)
    assert len(figure.axes[0].get_lines()) == 1
    assert "validation" not in labels_of(figure)


def test_a_shortened_run_and_changes_are_marked(make_subject, mnist, said, assert_laid_out):
    subject = make_subject(mnist, quick=True, overrides=("optimizer.learning_rate=0.1",))
    figure = learning_curves.draw(subject)["learning_curves"].figure
    assert "shortened run: training.epochs 20 → 2" in said(figure)
    assert "changed on the command line: optimizer.learning_rate=0.1" in said(figure)
    assert_laid_out(figure)


def test_many_variants_are_spread_over_figures_with_the_base_in_each(make_subject, mnist, assert_laid_out):
    variants = {f"a_rather_long_variant_name_{i}": {"training.epochs": 10 + i} for i in range(9)}
    drawings = learning_curves.draw(make_subject(mnist | {"variants": variants, "seeds": 1}))
    assert list(drawings) == ["learning_curves", "learning_curves-2", "learning_curves-3"]
    shown = [set(drawing.table["variant"]) for drawing in drawings.values()]
    assert all("base" in variants for variants in shown)
    assert set.union(*shown) == {"base", *variants}
    assert all(len(variants) <= learning_curves.PER_FIGURE for variants in shown)
    limits = {drawing.figure.axes[1].get_ylim() for drawing in drawings.values()}
    assert len(limits) == 1
    assert "1 of 3" in drawings["learning_curves"].figure.texts[1].get_text()
    assert_laid_out(drawings["learning_curves"].figure)


def test_seeds_that_stop_early_are_left_out_of_later_means(make_subject, mnist, said):
    def history(variant, seed):
        return {name: [seed + 1.0] * (3 - seed) for name in ("loss", "accuracy", "val_loss", "val_accuracy", "seconds")}

    drawing = learning_curves.draw(make_subject(mnist, history=history))["learning_curves"]
    assert lines_of(drawing.figure.axes[0])["base loss"].get_ydata() == pytest.approx([1.5, 1.5, 1.0])
    assert "still training" in said(drawing.figure)


def test_losses_of_very_different_size_get_a_logarithmic_axis(make_subject, mnist):
    def history(variant, seed):
        return {"loss": [400.0, 0.2], "accuracy": [0.1, 0.9], "seconds": [0.1, 0.1]}

    axes = learning_curves.draw(make_subject(mnist, history=history))["learning_curves"].figure.axes[0]
    assert axes.get_yscale() == "log"
    assert axes.get_ylabel() == "loss (log scale)"
    axes.figure.draw_without_rendering()
    assert "100" in [tick.get_text() for tick in axes.get_yticklabels()]


def test_infinite_losses_are_left_out(make_subject, mnist):
    def history(variant, seed):
        return {"loss": [np.inf, 0.5, np.nan], "accuracy": [0.1, 0.2, 0.3], "seconds": [0.1] * 3}

    table = by_epoch(make_subject(mnist, history=history).records)
    assert list(table[table["measure"] == "loss"]["epoch"]) == [2]


@pytest.mark.parametrize(
    ("last", "ticks"),
    [(1, [1]), (2, [1, 2]), (5, [1, 2, 3, 4, 5]), (20, [1, 5, 10, 15, 20]), (100, [1, 20, 40, 60, 80, 100])],
)
def test_epoch_ticks_are_whole_and_begin_at_1(last, ticks):
    assert epoch_ticks(last) == ticks


@pytest.mark.parametrize("values", [[0.5, 1.0], [0.0, 0.01], [0.9101, 0.9102], [1.0, 1.0]])
def test_accuracy_axis_shows_the_data_and_little_beyond_0_to_1(make_subject, mnist, values):
    def history(variant, seed):
        return {"loss": [0.5, 0.4], "accuracy": values, "seconds": [0.1, 0.1]}

    axes = learning_curves.draw(make_subject(mnist, history=history))["learning_curves"].figure.axes[1]
    low, high = axes.get_ylim()
    assert -0.02 <= low <= min(values)
    assert max(values) <= high <= 1.03
    assert high - low >= 0.015
    assert all(0 <= tick <= 1 + 1e-9 for tick in axes.get_yticks())
    assert len(axes.get_yticks()) >= 2


def test_dark_figures_have_a_dark_ground_and_other_line_colours(make_subject, mnist):
    subject = make_subject(mnist | {"seeds": 1})
    with style.applied(dark=True):
        figure = learning_curves.draw(subject)["learning_curves"].figure
    assert to_hex(figure.get_facecolor()) == "#14181d"
    assert to_hex(lines_of(figure.axes[0])["base loss"].get_color()) == "#56b4e9"


def test_trials_that_did_not_complete_are_told(make_subject, mnist, said):
    config = mnist | {"variants": {"wide": {"model.hidden": [16]}, "deep": {"model.hidden": [8, 8]}}}
    missing = (("wide", 1), ("deep", 0), ("deep", 1))
    figure = learning_curves.draw(make_subject(config, missing=missing))["learning_curves"].figure
    assert "2 seeds (wide: 1 of 2 seeds, the others did not complete)" in said(figure)
    assert "no completed trial: deep" in said(figure)


def test_what_was_not_measured_has_no_panel(make_subject, mnist):
    def losses_alone(variant, seed):
        return {"loss": [0.9, 0.5, 0.4], "seconds": [0.1] * 3}

    figure = learning_curves.draw(make_subject(mnist, history=losses_alone))["learning_curves"].figure
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss"]


def test_long_trainings_are_drawn_whole_and_listed_thinned(make_subject, mnist):
    def long(variant, seed):
        return {"loss": (1 / np.arange(1, 1002)).tolist(), "seconds": [0.1] * 1001}

    drawing = learning_curves.draw(make_subject(mnist, history=long))["learning_curves"]
    assert len(drawing.figure.axes[0].get_lines()[0].get_ydata()) == 1001
    epochs = drawing.table["epoch"].tolist()
    assert epochs[:3] == [1, 7, 13]  # 1001 epochs by steps of 6
    assert epochs[-1] == 1001
    assert len(epochs) == 168


def many(count: int) -> dict:
    return {"variants": {f"wide_{i}": {"model.hidden": [8 + i]} for i in range(1, count)}}


def test_of_lines_that_coincide_the_earlier_shows_at_both_sides(make_subject, mnist):
    for count in (2, 3, 5):
        axes = learning_curves.draw(make_subject(mnist | many(count)))["learning_curves"].figure.axes[0]
        widths = [line.get_linewidth() for line in axes.get_lines() if line.get_label().endswith(" loss")]
        assert len(widths) == count
        assert all(below - above >= 0.4 for below, above in pairwise(widths))


def test_bands_are_drawn_of_few_variants_only_and_axes_need_no_room_for_others(make_subject, mnist):
    def history(variant, seed):
        return {"loss": [1.0 + 100 * seed, 0.5], "accuracy": [0.5, 0.6], "seconds": [0.1, 0.1]}

    few = learning_curves.draw(make_subject(mnist | many(3), history=history))["learning_curves"]
    crowded = learning_curves.draw(make_subject(mnist | many(4), history=history))["learning_curves"]
    assert len(few.figure.axes[0].collections) == 3
    assert not crowded.figure.axes[0].collections
    assert "lowest to highest seed" in labels_of(few.figure)
    assert "lowest to highest seed" not in labels_of(crowded.figure)
    assert few.figure.axes[0].get_ylim()[1] > 101
    assert 51 < crowded.figure.axes[0].get_ylim()[1] < 100  # the mean of 1 and 101
    assert crowded.table["max"].max() == 101


@pytest.mark.parametrize(("highest", "scale"), [(14.0, "linear"), (16.0, "log")])
def test_a_loss_that_spans_a_factor_of_thirty_has_a_logarithmic_axis(make_subject, mnist, highest, scale):
    history = {"loss": [highest, 0.5], "accuracy": [0.1, 0.9], "seconds": [0.1, 0.1]}
    axes = learning_curves.draw(make_subject(mnist, history=lambda v, s: history))["learning_curves"].figure.axes[0]
    assert axes.get_yscale() == scale

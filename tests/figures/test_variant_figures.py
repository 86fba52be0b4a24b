"""Figures that set variants side by side, and predicted distributions."""

import io
import zipfile

import h5py
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from experiments.data.datasets import Dataset, Examples
from experiments.figures import (
    accuracy_against_size,
    accuracy_against_time,
    class_recalls,
    learning_curves,
    predicted_distributions,
    style,
    variant_comparison,
    weight_histograms,
)
from experiments.summary import trials_table

WIDE = {"variants": {"wide": {"model.hidden": [16]}}}


def wrong_in(first: int):
    """The first so many of 40 examples are taken for the next class, one more for each seed."""

    def outputs(variant, seed):
        guess = np.arange(40) % 10
        count = seed + (first if variant == "base" else 0)
        guess[:count] = (guess[:count] + 1) % 10
        return np.eye(10, dtype=np.float32)[guess]

    return outputs


def digits(y) -> Dataset:
    random = np.random.default_rng(3)
    test = Examples(random.random((len(y), 784), dtype=np.float32), np.asarray(y))
    return Dataset(test, None, test, tuple("0123456789"), "made up")


@pytest.fixture
def even() -> Dataset:
    return digits(np.arange(40) % 10)


def test_differences_to_base_are_paired_by_seed(make_subject, mnist, even, said, assert_laid_out):
    config = mnist | {"seeds": 3} | WIDE | {"seeds": 3, "metrics": ["accuracy", "errors"]}
    drawings = variant_comparison.draw(make_subject(config, data=even, outputs=wrong_in(4)))
    assert list(drawings) == ["variant_comparison", "variant_comparison-errors"]
    table = drawings["variant_comparison-errors"].table.set_index("variant")
    assert table.loc["base", "mean"] == 5
    assert table.loc["wide", "mean"] == 1
    # The same four more in every seed: no spread at all in the difference, though there is in each variant.
    assert table.loc["wide", ["pairs", "difference", "difference_low", "difference_high"]].tolist() == [3, -4, -4, -4]
    assert table.loc["wide", "low"] == 0.0
    figure = drawings["variant_comparison-errors"].figure
    assert "differences paired by seed" in said(figure)
    assert_laid_out(figure)


def test_a_clear_difference_has_a_colour_of_its_own(make_subject, mnist, even):
    def colour_of_difference(seeds: int) -> str:
        config = mnist | WIDE | {"seeds": seeds}
        subject = make_subject(config, data=even, outputs=wrong_in(4))
        axes = variant_comparison.draw(subject)["variant_comparison"].figure.axes[1]
        return to_hex(next(line for line in axes.get_lines() if line.get_marker() == "D").get_color())

    assert colour_of_difference(3) == to_hex(style.colour(1))
    assert colour_of_difference(1) == to_hex(style.muted())  # one seed excludes nothing


def test_losses_of_different_kinds_are_not_compared(make_subject, mnist, even):
    focal = {"variants": {"focal": {"loss": {"name": "focal_crossentropy"}}}, "metrics": ["accuracy"]}
    assert list(variant_comparison.draw(make_subject(mnist | focal, data=even))) == ["variant_comparison"]
    assert "variant_comparison-loss" not in variant_comparison.draw(make_subject(mnist | focal, data=even))


def test_class_recalls_are_means_over_seeds_and_mark_rare_classes(make_subject, mnist, even, said, assert_laid_out):
    rare = {"imbalance": {"profile": "step", "ratio": 10, "minority": [8, 9]}}
    config = mnist | {"dataset": mnist["dataset"] | rare}
    counts = [100] * 8 + [10] * 2
    # Seed 0: the first two examples (a 0 and a 1) are wrong; seed 1: the first three. There are four of each class.
    subject = make_subject(config, data=even, outputs=wrong_in(2), environment=lambda v, s: {"class_counts": counts})
    drawing = class_recalls.draw(subject)["class_recalls"]
    table = drawing.table.set_index("class")
    assert table["mean"].tolist() == [0.75, 0.75, 0.875, *[1.0] * 7]
    assert (table.loc["2", "min"], table.loc["2", "max"]) == (0.75, 1.0)
    assert table["training_examples"].tolist() == counts
    axes = drawing.figure.axes[0]
    assert [line.get_xdata()[0] for line in axes.get_lines()] == [7.5]
    assert "rare" in said(drawing.figure)
    assert_laid_out(drawing.figure)


def test_class_recalls_of_balanced_data_mark_nothing(make_subject, iris, said):
    figure = class_recalls.draw(make_subject(iris))["class_recalls"].figure
    assert not figure.axes[0].get_lines()
    assert "rare" not in said(figure)


def keras_file(kernels: dict):
    """A saved model as far as the figure reads it."""

    def save(path) -> None:
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            for name, kernel in kernels.items():
                file[f"layers/{name}/vars/0"] = kernel
                file[f"layers/{name}/vars/1"] = np.full(kernel.shape[1], 9.0)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("model.weights.h5", buffer.getvalue())

    return save


def test_weight_histograms_count_kernels_of_all_seeds_and_no_biases(make_subject, mnist, assert_laid_out):
    def save(variant, seed):
        scale = 1.0 if variant == "base" else 0.5
        values = np.linspace(-1, 1, 800).reshape(80, 10) * scale
        return keras_file({"dense": values, "dense_1": np.zeros((20, 10))})

    subject = make_subject(mnist | WIDE | {"save_model": True}, save_model=save)
    assert [k.shape for k in subject.records["base"][0].kernels] == [(80, 10), (20, 10)]
    drawing = weight_histograms.draw(subject)["weight_histograms"]
    table = drawing.table
    assert table.groupby("variant")["share"].sum().to_dict() == pytest.approx({"base": 0.998, "wide": 1.0}, abs=2e-3)
    # 200 of 1,000 weights are zero, and of the evenly spaced ones every thousandth or two-thousandth of the way.
    assert table.groupby("variant")["near_zero"].first()["base"] == pytest.approx(0.2, abs=0.002)
    assert table["to"].max() < 1.1
    assert_laid_out(drawing.figure)


def test_layers_come_in_the_order_in_which_keras_numbers_them(make_subject, mnist):
    names = ["dense", "dense_1", "dense_2", "dense_10"]
    kernels = {name: np.full((2, 3), float(i)) for i, name in enumerate(names)}
    record = make_subject(mnist, save_model=lambda v, s: keras_file(kernels)).records["base"][0]
    assert [kernel[0, 0] for kernel in record.kernels] == [0, 1, 2, 3]


def test_without_saved_models_the_figure_says_so(make_subject, mnist):
    figure = weight_histograms.draw(make_subject(mnist))["weight_histograms"].figure
    assert "save_model" in " ".join(text.get_text() for text in figure.texts).replace("\n", " ")


def test_chosen_examples_are_sure_hesitant_and_nearly_right():
    truth = np.array([0, 0, 0, 0, 0, 0, 0])
    of_truth = np.array([0.995, 0.999, 1.0, 0.6, 0.9, 0.45, 0.1])
    probabilities = np.stack([of_truth, 1 - of_truth], axis=1)
    assert predicted_distributions.chosen(truth, probabilities) == [
        (0, "sure"), (1, "sure"), (3, "hesitant"), (4, "hesitant"), (5, "wrong"), (6, "wrong"),
    ]  # fmt: skip


def test_predicted_distributions_show_truth_and_prediction(make_subject, mnist, even, assert_laid_out):
    drawing = predicted_distributions.draw(make_subject(mnist, data=even))["predicted_distributions"]
    table = drawing.table
    assert table.groupby("example")["true"].sum().eq(1).all()
    assert set(table["kind"]) == {"hesitant", "wrong"}  # the made-up network is never sure
    wrong = table[table["kind"] == "wrong"]
    assert wrong.loc[wrong["true"] == 1, "predicted"].tolist() == pytest.approx([0.1, 0.1])
    assert_laid_out(drawing.figure)


def test_a_network_that_is_always_right_has_no_wrong_panel(make_subject, cifar, assert_laid_out):
    images = Examples(np.random.default_rng(0).random((40, 3072), dtype=np.float32), np.arange(40) % 10)
    names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    photographs = Dataset(images, None, images, names, "made up")
    sure = 0.001 + 0.99 * np.eye(10, dtype=np.float32)[np.arange(40) % 10]
    subject = make_subject(cifar, data=photographs, outputs=lambda v, s: sure)
    drawing = predicted_distributions.draw(subject)["predicted_distributions"]
    assert set(drawing.table["kind"]) == {"sure", "hesitant"}
    assert_laid_out(drawing.figure)


SIZES = {
    "variants": {
        "mlp_100": {"dataset.subset": 100},
        "forest_100": {
            "dataset.subset": 100,
            "model": {"name": "random_forest"},
            "loss": None,
            "optimizer": None,
            "training": None,
        },
    }
}


def of_size(variant, seed):
    return {"training_examples": 100 if "100" in variant else 60_000, "seconds": {"fit": 2.0 + seed}}


def test_accuracy_against_size_has_a_line_a_model(make_subject, mnist, even, assert_laid_out):
    subject = make_subject(mnist | SIZES | {"seeds": 3}, data=even, outputs=wrong_in(4), environment=of_size)
    drawing = accuracy_against_size.draw(subject)["accuracy_against_size"]
    table = drawing.table.set_index("variant")
    assert table["model"].to_dict() == {"mlp_100": "mlp", "base": "mlp", "forest_100": "random_forest"}
    assert table.loc["base", ["training_examples", "mean", "fit_seconds"]].tolist() == [60_000, 0.875, 3.0]
    labels = [text.get_text() for text in drawing.figure.legends[0].get_texts()]
    assert labels == ["random forest", "fully connected network"]
    assert_laid_out(drawing.figure)


def test_one_size_makes_no_line(make_subject, mnist, even, said):
    figure = accuracy_against_size.draw(make_subject(mnist, data=even, environment=of_size))[
        "accuracy_against_size"
    ].figure
    assert "as many examples" in said(figure)


def test_accuracy_against_time_sets_published_results_beside(make_subject, mnist, even, said, assert_laid_out):
    published = pd.DataFrame(
        {
            "variant": ["base"],
            "n": [3],
            "parameters": [9],
            "fit_seconds": [150.0],
            "accuracy_mean": [0.82],
            "accuracy_low": [0.81],
            "accuracy_high": [0.83],
        }
    )
    config = mnist | {"beside": ["slow_one", "other_one"]}
    subject = make_subject(
        config, data=even, outputs=wrong_in(4), environment=of_size, beside={"slow_one": published, "other_one": None}
    )
    drawing = accuracy_against_time.draw(subject)["accuracy_against_time"]
    assert drawing.table["experiment"].tolist() == ["made_up", "slow_one"]
    assert drawing.table["accuracy_mean"].tolist() == pytest.approx([0.8875, 0.82])
    assert "not run yet: other_one" in said(drawing.figure)
    assert_laid_out(drawing.figure)


def test_a_diverging_variant_leaves_the_loss_axis_and_is_named(make_subject, mnist, said):
    def history(variant, seed):
        loss = [1e20, 2.3, 2.3] if variant == "wild" else [2.0, 1.0, 0.5]
        return {"loss": loss, "accuracy": [0.1, 0.2, 0.3], "seconds": [0.1] * 3}

    config = mnist | {"variants": {"wild": {"optimizer.learning_rate": 10.0}, "wide": {"model.hidden": [16]}}}
    figure = learning_curves.draw(make_subject(config, history=history))["learning_curves"].figure
    low, high = figure.axes[0].get_ylim()
    assert high < 20
    assert low <= 0.5
    assert "loss of wild rises to 1e+20" in said(figure)


def test_counts_that_the_settings_decide_need_no_picture():
    rows = [
        (v, seed, 0.9 + 0.01 * seed, steps, 1.0) for v, steps in (("base", 80), ("wide", 320)) for seed in (0, 1, 2)
    ]
    trials = pd.DataFrame(rows, columns=["variant", "seed", "accuracy", "updates", "train_accuracy"])
    shown = [s for s in ("accuracy", "updates", "train_accuracy") if variant_comparison._has_news(trials, s)]
    assert shown == ["accuracy"]
    single = trials[trials["seed"] == 0]  # one seed cannot differ from itself
    assert variant_comparison._has_news(single, "updates")


def drawn_intervals(axes) -> list[list[float]]:
    lines = [line for line in axes.get_lines() if line.get_zorder() == 3]
    return [list(line.get_xdata()) for line in lines if len(line.get_xdata()) == 2]


@pytest.mark.parametrize(("least", "cut"), [(0.1, True), (-0.1, False)])
def test_an_interval_of_a_loss_is_drawn_to_0_unless_that_loss_is_negative(make_subject, mnist, even, said, least, cut):
    subject = make_subject(mnist | {"seeds": 3}, data=even)
    trials = trials_table(subject.records["base"]).assign(train_loss=[least, 0.1, 2.2])
    drawing = variant_comparison._page(subject, trials, "train_loss")
    (interval,) = drawn_intervals(drawing.figure.axes[0])
    # The mean is 0.8 (0.73), the deviation 1.21 (1.27): with t(2) = 4.303 the interval begins at about -2.2.
    assert (interval[0] == 0) == cut
    assert drawing.table["low"][0] < -2
    assert ("cut at 0" in said(drawing.figure)) == cut


def test_seconds_have_more_than_one_labelled_tick(make_subject, mnist, even):
    def of(variant, seed):
        small = "100" in variant
        return {"training_examples": 100 if small else 60_000, "seconds": {"fit": 0.3 if small else 3}}

    subject = make_subject(mnist | SIZES, data=even, environment=of)
    figure = accuracy_against_size.draw(subject)["accuracy_against_size"].figure
    figure.draw_without_rendering()
    texts = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert {"0.5", "1", "2"} <= set(texts)

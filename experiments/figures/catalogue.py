"""Figures by the names that a config uses."""

from collections.abc import Callable, Iterable
from pathlib import Path

from experiments.figures import (
    accuracy_against_size,
    accuracy_against_time,
    calibration,
    class_recalls,
    confusion_matrix,
    decision_regions,
    decision_snapshots,
    descent_paths,
    function_fit,
    learning_curves,
    misclassified,
    predicted_distributions,
    sample_grid,
    saving,
    stopping,
    style,
    unit_maps,
    variant_comparison,
    weight_histograms,
)
from experiments.figures.frame import Drawing
from experiments.figures.subject import Subject

FIGURES: dict[str, Callable[[Subject], dict[str, Drawing]]] = {
    "learning_curves": learning_curves.draw,
    "confusion_matrix": confusion_matrix.draw,
    "misclassified": misclassified.draw,
    "decision_regions": decision_regions.draw,
    "sample_grid": sample_grid.draw,
    "variant_comparison": variant_comparison.draw,
    "class_recalls": class_recalls.draw,
    "weight_histograms": weight_histograms.draw,
    "predicted_distributions": predicted_distributions.draw,
    "accuracy_against_size": accuracy_against_size.draw,
    "accuracy_against_time": accuracy_against_time.draw,
    "calibration": calibration.draw,
    "decision_snapshots": decision_snapshots.draw,
    "descent_paths": descent_paths.draw,
    "function_fit": function_fit.draw,
    "stopping": stopping.draw,
    "unit_maps": unit_maps.draw,
}


def draw_figures(
    subject: Subject, names: Iterable[str], folder: Path, *, dark: bool = False, draft: bool = False
) -> list[Path]:
    """Draw and save figures of an experiment.

    A figure that an earlier run left under the same name, for a variant that is no more, is deleted: a folder never
    shows what its records do not.

    Args:
        subject: the experiment, its records, its data.
        names: keys of FIGURES.
        folder: where the files go, PNG, PDF and CSV side by side.
        dark: for dark slides.
        draft: no PDFs, as the figures are only to be looked at.

    Returns:
        Every file written, figure by figure.
    """
    written = []
    with style.applied(dark=dark):
        for name in names:
            files = []
            for stem, drawing in FIGURES[name](subject).items():
                files += saving.save_figure(drawing.figure, folder, stem, drawing.table, draft=draft)
            _remove_stale(folder, name, files)
            written += files
    return written


def _remove_stale(folder: Path, name: str, files: list[Path]) -> None:
    for suffix in saving.SUFFIXES:
        for path in (folder / f"{name}{suffix}", *folder.glob(f"{name}-*{suffix}")):
            if path not in files:
                path.unlink(missing_ok=True)

"""What an experiment's run consists of, what of it is finished already, and where its results go."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from experiments.data.facts import fingerprint
from experiments.demands import lacking
from experiments.identity import trial_id
from experiments.loading import Experiment
from experiments.records import Record, Trial, find_record


@dataclass(frozen=True)
class Places:
    """Where things lie.

    Attributes:
        results: run folders and published results.
        cache: fetched data.
    """

    results: Path
    cache: Path


def plan_trials(experiment: Experiment) -> list[Trial]:
    """Every variant with each of its seeds, in the config's order."""
    trials = []
    for variant, spec in experiment.variants.items():
        data = fingerprint(spec.dataset, experiment.path.parent)
        for seed in spec.seeds:
            trials.append(Trial(experiment.name, variant, seed, spec, trial_id(spec, seed, data)))
    return trials


def due_trials(experiment: Experiment, results: Path, *, extended: bool = False) -> list[Trial]:
    """The trials that a run has a record of in the end: without `extended`, costly variants only where finished."""
    trials = plan_trials(experiment)
    return [t for t in trials if extended or not _is_extended(t, experiment) or find_finished(results, t)]


def find_finished(results: Path, trial: Trial) -> Record | None:
    """A trial's record if it need not run again.

    What failed is tried again, unless failing is its result; so is what completed without something that only the
    trained model gives and that the config asks for by now.
    """
    record = find_record(results, trial)
    if record is None or (record.outcome == "failed" and not trial.spec.as_printed) or lacking(record):
        return None
    return record


def _is_extended(trial: Trial, experiment: Experiment) -> bool:
    return trial.variant in experiment.spec.extended


def published_folder(experiment: Experiment, results: Path) -> Path:
    """Where summary and figures go: a shortened or changed run never overwrites the full one's."""
    if experiment.shortened or experiment.quick:
        results = results / "quick"
    if experiment.overrides:
        return results / "custom" / experiment.name / as_folder_name(experiment.overrides)
    return results / experiment.name


def as_folder_name(overrides: Sequence[str]) -> str:
    """`optimizer.learning_rate=0.1` as it stands; where characters had to go, a hash tells such names apart.

    Letters outside ASCII go as well: a name has at most 255 bytes, and a letter up to four of them.
    """
    typed = ",".join(overrides)
    plain = "".join(c if (c.isascii() and c.isalnum()) or c in "._=,+-" else "-" for c in typed)[:100]
    return plain if plain == typed else f"{plain}-{hashlib.sha256(typed.encode()).hexdigest()[:8]}"

"""An experiment from config to figures: plan its trials, run what is not finished, summarise, publish.

    path -> load_experiment -> plan_trials -> run_trial each -> summarise -> figures and tables

Nothing here imports Keras until a trial has to be trained, so that a finished experiment is summarised in a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from experiments.loading import BASE, Experiment
from experiments.memory import shortage
from experiments.planning import Places, due_trials, find_finished, published_folder
from experiments.problems import ConfigError, Problem, RecordError
from experiments.progress import Progress
from experiments.publishing import publish
from experiments.records import Record, Trial, remove_unfinished, require_writable, write_record

if TYPE_CHECKING:
    from experiments.trial import Workshop


class Elsewhere(Protocol):
    """Where trials may be trained instead of in this process: `experiments.spreading.Spread`."""

    workers: int

    def train(
        self, waiting: Sequence[Trial], experiment: Experiment, places: Places, progress: Progress
    ) -> dict[str, Record]:
        """Train and record trials; returns the records by trial id."""


@dataclass(frozen=True)
class Report:
    """What a run of an experiment gave: its records in planned order, and how many were trained just now."""

    experiment: Experiment
    records: tuple[Record, ...]
    trained: int
    published: Path

    @property
    def failures(self) -> tuple[Record, ...]:
        """Trials whose outcome is a fault. A script run `as_printed` may fail, a variant in `may_diverge` diverge."""
        return tuple(record for record in self.records if record.is_fault)


def run_experiment(
    experiment: Experiment,
    places: Places,
    progress: Progress,
    *,
    extended: bool = False,
    redraw: bool = False,
    elsewhere: Elsewhere | None = None,
    sharing: int = 1,
) -> Report:
    """Run an experiment to its published results.

    Args:
        experiment: the checked config.
        places: folders to use.
        progress: is told what goes on.
        extended: train the variants that the config calls too costly for the usual run, too; finished ones are
            published either way.
        redraw: draw figures and tables again even if nothing has changed.
        elsewhere: where to train; None: in this process, one trial after another.
        sharing: how many such runs there are at once on this machine, which have to share its memory.

    Raises:
        ConfigError: a network or its data cannot fit into memory.
        DataError: the data cannot be had.
        RecordError: a run folder cannot be read or written.
    """
    trials = due_trials(experiment, places.results, extended=extended)
    remove_unfinished(places.results, experiment.name)
    records, trained = run_trials(trials, experiment, places, progress, elsewhere, sharing)
    folder = published_folder(experiment, places.results)
    try:
        publish(experiment, records, folder, cache=places.cache, redraw=redraw)
    except OSError as error:
        raise RecordError(f"cannot write {folder}: {error}; the same command publishes what is finished") from error
    return Report(experiment, tuple(records), trained, folder)


def run_trials(
    trials: Sequence[Trial],
    experiment: Experiment,
    places: Places,
    progress: Progress,
    elsewhere: Elsewhere | None = None,
    sharing: int = 1,
) -> tuple[list[Record], int]:
    """The record of every trial, trained now where it is not finished; and how many were trained."""
    finished = [find_finished(places.results, trial) for trial in trials]
    waiting = [trial for trial, record in zip(trials, finished, strict=True) if record is None]
    if elsewhere is not None and len(waiting) == 1:
        elsewhere = None  # this process is at once there, and shows the epochs
    if elsewhere is not None:
        sharing = min(elsewhere.workers, len(waiting))
    _refuse_before_training(waiting, experiment, places.results, sharing)
    progress.experiment_started(experiment, trials, done=sum(r is not None for r in finished))
    records: list[Record] = []
    workshop: Workshop | None = None
    trained = 0
    try:
        made = elsewhere.train(waiting, experiment, places, progress) if elsewhere is not None and waiting else {}
        trained = len(made)
        for trial, known in zip(trials, finished, strict=True):
            record = known or made.get(trial.id)
            if record is None:
                workshop = workshop or _open_workshop(experiment, waiting, places, progress)
                record = _train(trial, workshop, places.results, progress)
                trained += 1
            records.append(record)
    finally:
        progress.experiment_ended(experiment)
    return records, trained


def _refuse_before_training(waiting: Sequence[Trial], experiment: Experiment, results: Path, sharing: int) -> None:
    """Find what would stop or spoil trials after minutes of training: no room in memory, no right to write.

    Raises:
        ConfigError: a variant that cannot fit into memory.
        RecordError: the folder of results cannot be written.
    """
    problems = []
    for variant, spec in {trial.variant: trial.spec for trial in waiting}.items():
        if message := shortage(spec, experiment.path.parent, max(1, sharing)):
            place = "model" if variant == BASE else f"variants.{variant}"
            problems.append(Problem(str(experiment.path), None, place, message))
    if problems:
        raise ConfigError(problems)
    for trial in waiting[:1]:
        require_writable(results, trial)


def _train(trial: Trial, workshop: "Workshop", results: Path, progress: Progress) -> Record:
    from experiments.trial import run_trial

    progress.trial_started(trial)
    result = run_trial(trial, workshop, progress.epoch_ended)
    record = write_record(results, trial, result)
    progress.trial_ended(record)
    return record


def _open_workshop(experiment: Experiment, waiting: Sequence[Trial], places: Places, progress: Progress) -> "Workshop":
    progress.preparing()
    from experiments.trial import Workshop

    workshop = Workshop(experiment.path.parent, places.cache, progress.fetching)
    workshop.expect(waiting)
    return workshop

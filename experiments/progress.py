"""How a run tells that it goes on: the events, and the bars that show them."""

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from experiments.loading import Experiment
from experiments.records import Record, Trial


class Progress(Protocol):
    """What a run announces."""

    def experiment_started(self, experiment: Experiment, trials: Sequence[Trial], done: int) -> None:
        """Trials are planned; `done` of them are finished already."""

    def preparing(self) -> None:
        """Something has to be trained: the library is being loaded."""

    def spread(self, workers: int) -> None:
        """So many trials will be trained at a time, elsewhere: their epochs are not told."""

    def note(self, words: str) -> None:
        """Something that is to be known."""

    def fetching(self, description: str, done: int, total: int | None) -> None:
        """Bytes of a dataset have arrived."""

    def trial_started(self, trial: Trial) -> None:
        """A training begins."""

    def epoch_ended(self, epoch: int, logs: dict[str, float]) -> None:
        """An epoch of the current training is over."""

    def trial_ended(self, record: Record) -> None:
        """A training is over and its record written."""

    def experiment_ended(self, experiment: Experiment) -> None:
        """All trials of an experiment are over."""


class BarProgress:
    """Bars on the terminal: trials of the experiment, epochs of the trial with loss and time left, bytes fetched.

    Where the output is no terminal, one line a finished trial.
    """

    def __init__(self, console: Console):
        self.console = console
        self._bars: Bars | None = None
        self._fetches: dict[str, TaskID] = {}

    def experiment_started(self, experiment: Experiment, trials: Sequence[Trial], done: int) -> None:
        """Show a bar over the trials."""
        self._experiment, self._total, self._done = experiment, len(trials), done
        left = len(trials) - done
        note = f", {done} finished before" if done else ""
        short = "  [yellow](shortened run)[/]" if experiment.shortened else ""
        self.console.print(f"[bold]{experiment.name}[/]: {len(trials)} trials{note}{short}", highlight=False)
        if not left or not self.console.is_terminal:
            return
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(bar_width=16),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[note]}"),
        )
        self._bars = Bars(*columns, console=self.console, transient=True)
        self._bars.start()
        self._trials_bar = self._bars.add_task("trials", total=len(trials), completed=done, note="")
        self._epochs_bar = self._bars.add_task("waiting", total=None, note="")

    def preparing(self) -> None:
        """Say why nothing moves yet."""
        if self._bars is not None:
            self._bars.update(self._epochs_bar, description="loading the library")

    def spread(self, workers: int) -> None:
        """Say that the bar over the trials is the one that moves."""
        if self._bars is not None:
            self._bars.update(self._epochs_bar, description=f"{workers} at a time")

    def note(self, words: str) -> None:
        """Print a line."""
        self.console.print(f"  {_escape(words)}", highlight=False, soft_wrap=True)

    def fetching(self, description: str, done: int, total: int | None) -> None:
        """Show a bar over the bytes of a download."""
        if self._bars is None:
            return
        if description not in self._fetches:
            self._fetches[description] = self._bars.add_task(description, total=total, note="bytes")
        self._bars.update(self._fetches[description], completed=done, total=total)
        if total is not None and done >= total:
            self._bars.remove_task(self._fetches.pop(description))

    def trial_started(self, trial: Trial) -> None:
        """Start the bar over the epochs."""
        self._trial = trial
        if self._bars is not None:
            self._bars.reset(
                self._epochs_bar,
                total=trial.spec.training.epochs if trial.spec.training else None,
                description=f"{trial.variant}, seed {trial.seed}",
                note="compiling" if trial.spec.training else "fitting",
            )

    def epoch_ended(self, epoch: int, logs: dict[str, float]) -> None:
        """Move the epoch bar on; show the loss."""
        note = f"loss {logs['loss']:.4f}" if "loss" in logs else ""
        if self._bars is not None:
            self._bars.update(self._epochs_bar, completed=epoch, note=note)

    def trial_ended(self, record: Record) -> None:
        """Print the trial's line; move the trial bar on."""
        self._done += 1
        self.console.print(f"  {self._done}/{self._total}  {describe_record(record)}", highlight=False, soft_wrap=True)
        if self._bars is not None:
            self._bars.update(self._trials_bar, completed=self._done)

    def experiment_ended(self, experiment: Experiment) -> None:
        """Take the bars away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._fetches.clear()


class LineProgress:
    """One line a finished trial, with the experiment's name: others write to the same terminal."""

    def __init__(self, console: Console, name: str):
        self.console, self._name = console, name

    def experiment_started(self, experiment: Experiment, trials: Sequence[Trial], done: int) -> None:
        """Count the trials; say how many are left."""
        self._total, self._done = len(trials), done
        note = f", {done} finished before" if done else ""
        short = "  [yellow](shortened run)[/]" if experiment.shortened else ""
        self._say(f"{len(trials)} trials{note}{short}")

    def preparing(self) -> None:
        """Nothing to say."""

    def spread(self, workers: int) -> None:
        """Nothing to say."""

    def note(self, words: str) -> None:
        """Print a line."""
        self._say(_escape(words))

    def fetching(self, description: str, done: int, total: int | None) -> None:
        """Nothing to say."""

    def trial_started(self, trial: Trial) -> None:
        """Nothing to say."""

    def epoch_ended(self, epoch: int, logs: dict[str, float]) -> None:
        """Nothing to say."""

    def trial_ended(self, record: Record) -> None:
        """Print the trial's line."""
        self._done += 1
        self._say(f"{self._done}/{self._total}  {describe_record(record)}")

    def experiment_ended(self, experiment: Experiment) -> None:
        """Nothing to say."""

    def _say(self, words: str) -> None:
        self.console.print(f"[bold]{self._name}[/]  {words}", highlight=False, soft_wrap=True)


def describe_record(record: Record) -> str:
    """One line on a finished trial, in Rich markup."""
    who = f"{record.trial.variant}, seed {record.trial.seed}"
    if record.outcome != "completed":
        colour = "red" if record.is_fault else "yellow"
        return f"{who}: [{colour}]{record.outcome}[/] ({_escape(record.error or '')})"
    seconds = record.environment["seconds"]["fit"]
    epochs = f"{n} epochs, " if (n := record.environment["epochs"]) else ""
    accuracy = f"accuracy {record.scores['accuracy']:.4f}, " if "accuracy" in record.scores else ""
    scores = f"test {accuracy}loss {record.scores['loss']:.4f}"
    return f"{who}: {scores} ({epochs}{seconds:.1f} s)"


def _escape(text: str) -> str:
    return text.replace("[", r"\[")

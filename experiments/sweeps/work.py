"""What a worker does: one trial, in whatever process or on whatever machine it finds itself."""

import os
import threading
import time
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from experiments.paths import project_root
from experiments.records import Result, Trial, write_record
from experiments.threads import threads

if TYPE_CHECKING:
    from experiments.trial import Workshop


def mark_folder(results: Path, experiment: str) -> Path:
    """A file by which a worker knows that it sees the same folder, and not one of the same name elsewhere."""
    folder = results / experiment / "runs" / ".claims"
    folder.mkdir(parents=True, exist_ok=True)
    known = next(folder.glob("here-*"), None)
    if known is None:
        known = folder / f"here-{uuid.uuid4().hex}"
        known.touch()
    return known


@dataclass(frozen=True)
class Job:
    """A trial, and where the one who wants it keeps things."""

    trial: Trial
    configs: Path
    results: Path
    cache: Path
    mark: Path
    """From `mark_folder`: a worker that sees it shares the results folder."""
    threads: int = field(default_factory=threads)
    """What it computes on, here as on other machines."""


_open: dict[tuple[Path, Path], Any] = {}


def run_job(job: Job) -> Result | None:
    """Train and judge a trial.

    Returns:
        None where the record has been written to the shared results folder; elsewhere the result itself, for the one
        who asked to write.

    Raises:
        DataError: the data cannot be had.
        RecordError: the record cannot be written.
    """
    from experiments.trial import run_trial

    shared = job.mark.exists()
    result = run_trial(job.trial, _workshop(job, shared=shared))
    if shared:
        write_record(job.results, job.trial, result)
        return None
    return _portable(result)


def warm_up() -> None:
    """Load what trains, so that the first trial need not wait."""
    import experiments.trial  # noqa: F401


def end_with_parent(parent: int) -> None:
    """Have this process end when its parent does: a killed sweep leaves no workers behind.

    Args:
        parent: its number, as it knows it itself: by now it may be gone, and another process be the parent.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _workshop(job: Job, *, shared: bool) -> "Workshop":
    """Data and programs, kept from one trial to the next; those of a strange machine lie in its own checkout."""
    from experiments.trial import Workshop

    places = (job.configs, job.cache) if shared else (project_root() / "configs", project_root() / ".data")
    if places not in _open:
        _open.clear()
        _open[places] = Workshop(*places)
    workshop: Workshop = _open[places]
    return workshop


@dataclass(frozen=True)
class _Bytes:
    """A file's content that writes itself, where a result would hold a living model."""

    content: bytes

    def __call__(self, path: Path) -> None:
        path.write_bytes(self.content)


def _portable(result: Result) -> Result:
    """The result as it can be sent: a model as the bytes of its file."""
    if result.save_model is None:
        return result
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        result.save_model(path)
        return replace(result, save_model=_Bytes(path.read_bytes()))

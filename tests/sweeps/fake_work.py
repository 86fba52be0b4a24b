"""What workers do in tests of the machinery: made-up numbers at once, or whatever misfortune the rate stands for.

learning_rate 0.5  the worker is killed the first time, and works the second
learning_rate 0.7  the worker is killed each time
learning_rate 0.9  the trial fails
learning_rate 0.3  the worker breaks
learning_rate 0.4  the worker gives what cannot be sent
learning_rate 0.6  the data cannot be had
"""

import os
import signal
import threading
import time
from pathlib import Path

from experiments.data.errors import DataError
from experiments.records import Result, write_record
from experiments.sweeps.work import Job


def no_beginning() -> None:
    """Load nothing."""


def validation_loss(rate: float, batch: int, seed: int) -> float:
    """Least for a rate of 0.1 and a batch of 20."""
    return abs(rate - 0.1) + batch / 1000 * (1 if batch >= 20 else 5) + seed / 10_000


def work(job: Job) -> Result | None:
    """Write a record as `run_job` does."""
    spec, seed = job.trial.spec, job.trial.seed
    rate, batch = spec.optimizer.learning_rate, spec.training.batch_size
    log = job.results / "runs.log"
    with log.open("a") as file:
        file.write(f"{job.trial.id}\n")
    time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
    if rate == 0.9:
        write_record(job.results, job.trial, Result("failed", {}, "RuntimeError: no luck"))
        return None
    if rate == 0.3:
        raise RuntimeError("no luck at all")
    if rate == 0.4:
        return Result("completed", {"lock": threading.Lock()})
    if rate == 0.6:
        raise DataError("no data")
    if rate == 0.7 or (rate == 0.5 and not _happened(job.results / f"died-{job.trial.id}")):
        os.kill(os.getpid(), signal.SIGKILL)
    loss = validation_loss(rate, batch, seed)
    history = {"loss": [1.0], "accuracy": [0.5], "val_loss": [loss], "val_accuracy": [1 - loss]}
    scores = {"accuracy": loss, "loss": 1 - loss}  # on the test set the worst point is the best one
    facts = {"parameters": 3, "epochs": 1, "seconds": {"prepare": 0.0, "fit": 0.1, "predict": 0.0}}
    write_record(job.results, job.trial, Result("completed", facts, scores=scores, history=history))
    return None


def _happened(mark: Path) -> bool:
    known = mark.exists()
    mark.touch()
    return known

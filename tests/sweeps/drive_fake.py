"""Drive the sweep of a config with made-up work: python drive_fake.py CONFIG RESULTS WORKERS."""

import sys
from pathlib import Path

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[2]))

from experiments.planning import Places
from experiments.sweeps.driving import Driver, Outcome
from experiments.sweeps.executors import Executor, LokyExecutor
from experiments.sweeps.plans import open_plan, sweep_folder
from experiments.sweeps.points import Sweep, load_sweep
from experiments.sweeps.progress import SweepProgress


def drive(config: Path, results: Path, workers: int, *words: str) -> Outcome:
    """Run a sweep to its end, without tables and figures."""
    return make_driver(load_sweep(config, words), results, workers).run()


def make_driver(
    sweep: Sweep, results: Path, workers: int, executor: Executor | None = None, console: Console | None = None
) -> Driver:
    """What drives a sweep."""
    from tests.sweeps.fake_work import no_beginning, work

    executor = executor or LokyExecutor(workers, work, no_beginning)
    plan = open_plan(sweep, sweep_folder(sweep, results))
    results.mkdir(parents=True, exist_ok=True)
    progress = SweepProgress(console or Console(quiet=True), sweep, workers)
    return Driver(sweep, plan, Places(results, results), executor, progress)


if __name__ == "__main__":
    print(drive(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])).trained)

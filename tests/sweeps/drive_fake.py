"""Drive the sweep of a config with made-up work: python drive_fake.py CONFIG RESULTS WORKERS."""

import sys
from pathlib import Path

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[2]))

from experiments.runner import Places
from experiments.sweeps.driving import Driver, Outcome
from experiments.sweeps.executors import LokyExecutor
from experiments.sweeps.plans import open_plan, sweep_folder
from experiments.sweeps.points import Sweep, load_sweep
from experiments.sweeps.progress import SweepProgress


def drive(config: Path, results: Path, workers: int, *words: str) -> Outcome:
    """Run a sweep to its end, without tables and figures."""
    return make_driver(load_sweep(config, words), results, workers).run()


def make_driver(sweep: Sweep, results: Path, workers: int) -> Driver:
    """What drives a sweep."""
    from tests.sweeps.fake_work import no_beginning, work

    executor = LokyExecutor(workers, work, no_beginning)
    plan = open_plan(sweep, sweep_folder(sweep, results))
    results.mkdir(parents=True, exist_ok=True)
    return Driver(sweep, plan, Places(results, results), executor, SweepProgress(Console(quiet=True), sweep, 1))


if __name__ == "__main__":
    print(drive(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])).trained)

"""Drive the sweep of a config with made-up work: python drive_fake.py CONFIG RESULTS WORKERS."""

import sys
from pathlib import Path

from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[2]))

from experiments.runner import Places
from experiments.sweeps.driving import Driver, Outcome
from experiments.sweeps.executors import LokyExecutor
from experiments.sweeps.plans import open_plan, sweep_folder
from experiments.sweeps.points import load_sweep
from experiments.sweeps.progress import SweepProgress


def drive(config: Path, results: Path, workers: int, *words: str) -> Outcome:
    """Run a sweep to its end, without tables and figures."""
    from tests.sweeps.fake_work import no_beginning, work

    sweep = load_sweep(config, words)
    executor = LokyExecutor(workers, work, no_beginning)
    plan = open_plan(sweep, sweep_folder(sweep, results))
    results.mkdir(parents=True, exist_ok=True)
    return Driver(sweep, plan, Places(results, results), executor, SweepProgress(Console(quiet=True), sweep, 1)).run()


if __name__ == "__main__":
    print(drive(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])).trained)

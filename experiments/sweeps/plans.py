"""Which points a sweep has: all of a grid, a fixed random draw, or one proposal after another."""

from pathlib import Path
from typing import Protocol

from experiments.planning import as_folder_name
from experiments.problems import ConfigError, Problem
from experiments.sweeps.points import MOST_PROBLEMS, Point, Sweep, cut_short
from experiments.sweeps.space import combinations, space_of

JOURNAL = "journal.log"
"""What a random or Bayesian search remembers, in the sweep's folder."""


class Plan(Protocol):
    """The points of a sweep, and what came of them."""

    total: int
    """How many points there will be, at most."""

    def points(self) -> list[Point]:
        """The points known by now, in order."""

    def propose(self) -> Point | None:
        """One more point; None if there is none, or none yet."""

    def tell(self, point: Point, value: float | None, *, hopeless: bool = False) -> None:
        """What came of a point: its objective; None where it has none; hopeless if it diverged or was pruned."""


class FixedPlan:
    """A grid or a random draw: every point is known and checked before the first trial."""

    def __init__(self, points: list[Point]):
        self._points, self.total = points, len(points)

    def points(self) -> list[Point]:
        """All points."""
        return list(self._points)

    def propose(self) -> Point | None:
        """None: there are no more."""
        return None

    def tell(self, point: Point, value: float | None, *, hopeless: bool = False) -> None:
        """Nothing depends on it."""


def grid_points(sweep: Sweep) -> list[Point]:
    """Every combination once: two that train the same, such as rates 0.1 and 1e-1, are one point.

    With a `run_cap`, the first so many.

    Raises:
        ConfigError: naming the combinations that are no valid config.
    """
    space = space_of(sweep)
    points: dict[str, Point] = {}
    problems: list[Problem] = []
    for tried, settings in enumerate(combinations(space), start=1):
        if sweep.spec.run_cap is not None and len(points) == sweep.spec.run_cap:
            break
        try:
            point = sweep.point(len(points) + 1, settings)
            points.setdefault(point.identity, point)
        except ConfigError as error:
            problems += error.problems
        if len(problems) >= MOST_PROBLEMS:
            raise ConfigError(cut_short(problems, sweep.spec.combinations - tried))
    if problems:
        raise ConfigError(problems)
    return list(points.values())


def open_plan(sweep: Sweep, folder: Path | None) -> Plan:
    """The plan of a sweep.

    Args:
        sweep: what is swept.
        folder: where a random or Bayesian sweep keeps its journal; None to look without writing: a Bayesian plan then
            knows no points.

    Raises:
        ConfigError: a combination of settings is no valid config.
    """
    if sweep.spec.method == "grid":
        return FixedPlan(grid_points(sweep))
    from experiments.sweeps.search import BayesPlan, RandomPlan, open_journal

    if sweep.spec.method == "random":
        return RandomPlan(sweep, folder)
    return BayesPlan(sweep, None if folder is None else open_journal(sweep, folder))


def sweep_folder(sweep: Sweep, results: Path) -> Path:
    """`sweep/` in the experiment's results; a sweep with words of the command line has a folder of its own."""
    if sweep.words:
        return results / "custom" / sweep.experiment.name / as_folder_name(sweep.words) / "sweep"
    return results / sweep.experiment.name / "sweep"


def known_plan(sweep: Sweep, folder: Path) -> Plan:
    """The plan for those who only look: a Bayesian sweep that never ran knows no points. Writes nothing."""
    if sweep.spec.method != "bayes":
        return open_plan(sweep, None)
    from experiments.sweeps.search import BayesPlan, find_journal

    return BayesPlan(sweep, find_journal(sweep, folder))

"""Random and Bayesian search by Optuna, with its journal in the sweep's folder.

The journal of a random sweep is a log: the draw is fixed by the sweep itself, so that every machine knows all points
without asking. The journal of a Bayesian sweep is its memory: which points were proposed, and what came of them.
Every proposal has a sampler of its own, seeded by the sweep and the proposal's number, so that a sweep that was killed
goes on as if it had not been.
"""

import hashlib
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import optuna
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import InMemoryStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState, create_trial

from experiments.identity import DECIDES_NUMBERS, deciding_versions
from experiments.problems import ConfigError
from experiments.sweeps.claims import JournalLock
from experiments.sweeps.plans import JOURNAL, FixedPlan
from experiments.sweeps.points import Point, Sweep
from experiments.sweeps.space import Space, space_of

optuna.logging.set_verbosity(optuna.logging.ERROR)

IN_VAIN = 100
"""Draws in a row that give nothing new, after which there is taken to be nothing new."""

GUIDED = 10
"""Proposals in a row that TPE repeats, or that are no valid config, after which one is drawn at random instead."""


class RandomPlan(FixedPlan):
    """Points drawn independently; those that train the same as an earlier one are drawn again."""

    def __init__(self, sweep: Sweep, folder: Path | None):
        self._sweep, self._space, self._folder = sweep, space_of(sweep), folder
        super().__init__(self._draw())
        self._journal: Journal | None = None

    def tell(self, point: Point, value: float | None, *, hopeless: bool = False) -> None:
        """Write the point down."""
        if self._folder is None:
            return
        self._journal = self._journal or open_journal(self._sweep, self._folder)
        with self._journal.lock:
            if point.number not in {trial.user_attrs["point"] for trial in self._journal.trials()}:
                state = _state(value, hopeless=hopeless)
                self._journal.study.add_trial(_optuna_trial(point, self._space, state, value))

    def _draw(self) -> list[Point]:
        study = _study_in_memory(self._sweep, ())
        points: dict[str, Point] = {}
        in_vain = number = 0
        while len(points) < (self._sweep.spec.run_cap or 0) and in_vain < IN_VAIN:
            settings = _proposed(study, self._space, RandomSampler(seed=_seed(self._sweep, number)))
            number, in_vain = number + 1, in_vain + 1
            point = self._sweep.point(len(points) + 1, settings)
            if point.identity not in points:
                points[point.identity], in_vain = point, 0
        return list(points.values())


class BayesPlan:
    """Points proposed one after another by the tree-structured Parzen estimator, from what the others gave.

    A point is written to the journal in one piece, once it is known to be valid and new: Optuna's trial number is the
    point's, less one.
    """

    def __init__(self, sweep: Sweep, journal: "Journal | None"):
        """Go on from a journal; without one no points are known, and none are proposed."""
        self._sweep, self._space = sweep, space_of(sweep)
        self.total = sweep.spec.run_cap or 0
        self._journal = journal
        self._points: list[Point] = []

    def points(self) -> list[Point]:
        """Those proposed by now, by this process or another."""
        if self._journal is not None:
            for trial in self._journal.trials()[len(self._points) : self.total]:
                settings = {path: self._space[path].setting(drawn) for path, drawn in trial.params.items()}
                self._points.append(self._sweep.point(trial.number + 1, settings))
        return list(self._points)

    def propose(self) -> Point | None:
        """One more, unless `run_cap` points are there, or nothing new is found.

        Raises:
            ConfigError: there is no point yet, and no combination that was proposed is a valid config.
        """
        if self._journal is None or len(self._points) >= self.total:
            return None
        with self._journal.lock:
            known = {point.identity for point in self.points()}
            if len(known) >= self.total:
                return None
            point = self._new_point(self._journal.trials(), known)
            if point is None:
                self.total = len(known)
                return None
            self._journal.study.add_trial(_optuna_trial(point, self._space, TrialState.RUNNING))
            return self.points()[-1]

    def tell(self, point: Point, value: float | None, *, hopeless: bool = False) -> None:
        """Let later proposals know."""
        if self._journal is None:
            return
        with self._journal.lock:
            if self._journal.trials()[point.number - 1].state == TrialState.RUNNING:
                state = _state(value, hopeless=hopeless)
                value = value if state == TrialState.COMPLETE else None
                self._journal.study.tell(point.number - 1, value, state=state)

    def _new_point(self, trials: Sequence[FrozenTrial], known: set[str]) -> Point | None:
        number = len(trials) + 1
        study = _study_in_memory(self._sweep, trials)
        misfit: ConfigError | None = None
        for attempt in range(IN_VAIN):
            sampler = TPESampler if attempt < GUIDED else RandomSampler
            settings = _proposed(study, self._space, sampler(seed=_seed(self._sweep, number, attempt)))
            try:
                point = self._sweep.point(number, settings)
            except ConfigError as error:
                misfit = error
                continue
            if point.identity not in known:
                return point
        if misfit is not None and not known:
            said = f"none of {IN_VAIN} proposals is a valid config, the last one: "
            raise ConfigError([replace(problem, message=said + problem.message) for problem in misfit.problems])
        return None


@dataclass(frozen=True)
class Journal:
    """Optuna's study of a sweep, in a file that several processes may write to.

    A study is of one sweep as it stands: other settings, another metric or other seeds begin a new one beside it. More
    points (`run_cap`) do not.
    """

    study: optuna.Study
    lock: JournalLock

    def trials(self) -> list[FrozenTrial]:
        """What is written down by now; not to be changed."""
        return self.study.get_trials(deepcopy=False)


def open_journal(sweep: Sweep, folder: Path) -> Journal:
    """The journal in a sweep's folder, begun if there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = JournalLock(folder / JOURNAL)
    with lock:
        study = optuna.create_study(
            storage=_storage(folder / JOURNAL, lock),
            study_name=_study_name(sweep),
            direction=sweep.spec.metric.goal,
            load_if_exists=True,
        )
    return Journal(study, lock)


def find_journal(sweep: Sweep, folder: Path) -> Journal | None:
    """The journal as it lies there; None if there is none of this sweep as it stands. Writes nothing."""
    path = folder / JOURNAL
    if not path.exists():
        return None
    lock = JournalLock(path)
    try:
        return Journal(optuna.load_study(storage=_storage(path, lock), study_name=_study_name(sweep)), lock)
    except KeyError:
        return None


def _storage(path: Path, lock: JournalLock) -> JournalStorage:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return JournalStorage(JournalFileBackend(str(path), lock_obj=lock))  # type: ignore[arg-type]


def _study_name(sweep: Sweep) -> str:
    return f"{sweep.experiment.name}-{study_digest(sweep)}"


def study_digest(sweep: Sweep) -> str:
    """Changes when the value of any point might: with settings, seeds, the bytes of the data, and deciding versions."""
    base = sweep.experiment.spec.model_dump(mode="json", include=set(DECIDES_NUMBERS), exclude_defaults=True)
    own = sweep.spec.model_dump(mode="json", exclude={"run_cap"})
    given = [sweep.fingerprints(), deciding_versions(sweep.experiment.spec)]
    whole = json.dumps([base, own, list(sweep.seeds), *given], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def _study_in_memory(sweep: Sweep, trials: Sequence[FrozenTrial]) -> optuna.Study:
    """A study to ask without writing."""
    study = optuna.create_study(storage=InMemoryStorage(), direction=sweep.spec.metric.goal)
    study.add_trials(trials)
    return study


def _proposed(study: optuna.Study, space: Space, sampler: BaseSampler) -> dict[str, Any]:
    """Settings that a sampler proposes. What it was asked before and came to nothing is no lesson to it."""
    study.sampler = sampler
    trial = study.ask({path: kind.distribution() for path, kind in space.items()})
    study.tell(trial, state=TrialState.FAIL)
    return {path: space[path].setting(drawn) for path, drawn in trial.params.items()}


def _optuna_trial(point: Point, space: Space, state: TrialState, value: float | None = None) -> FrozenTrial:
    return create_trial(
        state=state,
        value=value if state == TrialState.COMPLETE else None,
        params={path: kind.drawn(point.settings[path]) for path, kind in space.items()},
        distributions={path: kind.distribution() for path, kind in space.items()},
        user_attrs={"point": point.number},
    )


def _state(value: float | None, *, hopeless: bool) -> TrialState:
    """Pruned counts as worse than every value; failed says nothing."""
    if value is not None:
        return TrialState.COMPLETE
    return TrialState.PRUNED if hopeless else TrialState.FAIL


def _seed(sweep: Sweep, *numbers: int) -> int:
    """The random numbers of a proposal: by what is swept, not by how often or how long it is trained."""
    drawn = {path: p.model_dump(mode="json") for path, p in sweep.spec.parameters.items()}
    whole = json.dumps([sweep.spec.method, drawn, *numbers], sort_keys=True)
    return int(hashlib.sha256(whole.encode()).hexdigest()[:8], 16)

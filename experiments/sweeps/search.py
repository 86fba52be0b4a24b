"""Random and Bayesian search by Optuna, with its journal in the sweep's folder.

The journal of a random sweep is a log: the draw is fixed by the sweep itself, so that every machine knows all points
without asking. The journal of a Bayesian sweep is its memory: which points were proposed, and what came of them.
Every proposal has a sampler of its own, seeded by the sweep and the proposal's number, so that a sweep that was killed
goes on as if it had not been.
"""

import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

import optuna
from optuna.samplers import RandomSampler, TPESampler
from optuna.storages import InMemoryStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial, TrialState, create_trial

from experiments.identity import DECIDES_NUMBERS
from experiments.problems import ConfigError
from experiments.sweeps.claims import JournalLock
from experiments.sweeps.plans import IN_VAIN, FixedPlan
from experiments.sweeps.points import Point, Sweep
from experiments.sweeps.space import Space, space_of

optuna.logging.set_verbosity(optuna.logging.ERROR)

JOURNAL = "journal.log"
_POINT = "point"


class RandomPlan(FixedPlan):
    """Points drawn independently; those that train the same as an earlier one are drawn again."""

    def __init__(self, sweep: Sweep, folder: Path | None):
        self._space = space_of(sweep)
        super().__init__(_draw(sweep, self._space))
        self._sweep, self._folder = sweep, folder
        self._journal: Journal | None = None

    def tell(self, point: Point, value: float | None, *, hopeless: bool = False) -> None:
        """Write the point down."""
        if self._folder is None:
            return
        self._journal = self._journal or Journal(self._sweep, self._folder)
        with self._journal.lock:
            if any(t.user_attrs.get(_POINT) == point.number for t in self._journal.study.trials):
                return
            state = _state(value, hopeless=hopeless)
            trial = create_trial(
                state=state,
                value=value if state == TrialState.COMPLETE else None,
                params={path: kind.drawn(point.settings[path]) for path, kind in self._space.items()},
                distributions={path: kind.distribution() for path, kind in self._space.items()},
                user_attrs={_POINT: point.number},
            )
            self._journal.study.add_trial(trial)


class BayesPlan:
    """Points proposed one after another by the tree-structured Parzen estimator, from what the others gave."""

    def __init__(self, sweep: Sweep, folder: Path | None):
        self._sweep, self._space = sweep, space_of(sweep)
        self.total = sweep.spec.run_cap or 0
        self._journal = Journal(sweep, folder) if folder is not None else None
        self._points: dict[int, Point] = {}  # by Optuna's number
        self._exhausted = False

    def points(self) -> list[Point]:
        """Those proposed by now, by this process or another."""
        if self._journal is not None:
            self._read(self._journal.study.get_trials(deepcopy=False))
        return [self._points[number] for number in sorted(self._points)]

    def propose(self) -> Point | None:
        """One more, unless `run_cap` points are there, or nothing new is found."""
        if self._journal is None or self._exhausted:
            return None
        with self._journal.lock:
            for _ in range(IN_VAIN):
                trials = self._journal.study.get_trials(deepcopy=False)
                known = self._read(trials)
                if len(known) >= self.total:
                    return None
                self._journal.study.sampler = TPESampler(seed=_seed(self._sweep, len(trials)))
                number = self._journal.study.ask(_distributions(self._space)).number
                trials = self._journal.study.get_trials(deepcopy=False)
                if new := self._read(trials).keys() - known.keys():
                    return self._points[new.pop()]
                self._give_back(trials[number])
            self._exhausted = True
            self.total = len(self._points)
            return None

    def tell(self, point: Point, value: float | None, *, hopeless: bool = False) -> None:
        """Let later proposals know."""
        if self._journal is None:
            return
        number = next(n for n, known in self._points.items() if known is point)
        with self._journal.lock:
            trial = self._journal.study.get_trials(deepcopy=False)[number]
            if trial.state == TrialState.RUNNING:
                self._journal.tell(trial, value, _state(value, hopeless=hopeless))

    def _read(self, trials: list[FrozenTrial]) -> dict[int, Point]:
        """The distinct points among proposals; a proposal that is no valid config is none."""
        identities = {point.identity for point in self._points.values()}
        for trial in trials[max(self._points, default=-1) + 1 :]:
            settings = {path: self._space[path].setting(drawn) for path, drawn in trial.params.items()}
            try:
                point = self._sweep.point(len(self._points) + 1, settings)
            except ConfigError:
                continue
            if point.identity not in identities:
                identities.add(point.identity)
                self._points[trial.number] = point
        return dict(self._points)

    def _give_back(self, trial: FrozenTrial) -> None:
        """A proposal that is no valid config, or trains the same as an earlier one, whose value is its own."""
        value = None
        try:
            settings = {path: self._space[path].setting(drawn) for path, drawn in trial.params.items()}
            identity = self._sweep.point(0, settings).identity
        except ConfigError:
            identity = ""
        assert self._journal is not None  # noqa: S101
        for number, point in self._points.items():
            if point.identity == identity:
                value = self._journal.study.get_trials(deepcopy=False)[number].value
        self._journal.tell(trial, value, _state(value))


class Journal:
    """Optuna's study of a sweep, in a file that several processes may write to.

    A study is of one sweep as it stands: other settings, another metric or other seeds begin a new one beside it. More
    points (`run_cap`) do not.
    """

    def __init__(self, sweep: Sweep, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / JOURNAL
        self.lock = JournalLock(path)
        with self.lock:
            _mend(path)
            self._storage = JournalStorage(JournalFileBackend(str(path), lock_obj=self.lock))  # type: ignore[arg-type]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                self.study = optuna.create_study(
                    storage=self._storage,
                    study_name=f"{sweep.experiment.name}-{study_digest(sweep)}",
                    direction=sweep.spec.metric.goal,
                    load_if_exists=True,
                )

    def tell(self, trial: FrozenTrial, value: float | None, state: TrialState) -> None:
        """Write down what came of a proposal."""
        self.study.tell(trial.number, value if state == TrialState.COMPLETE else None, state=state)


def study_digest(sweep: Sweep) -> str:
    """Changes when the value of any point might."""
    base = sweep.experiment.spec.model_dump(mode="json", include=set(DECIDES_NUMBERS), exclude_defaults=True)
    own = sweep.spec.model_dump(mode="json", exclude={"run_cap"})
    whole = json.dumps([base, own, list(sweep.seeds)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def _draw(sweep: Sweep, space: Space) -> list[Point]:
    study = optuna.create_study(storage=InMemoryStorage(), direction=sweep.spec.metric.goal)
    points: dict[str, Point] = {}
    in_vain = number = 0
    while len(points) < (sweep.spec.run_cap or 0) and in_vain < IN_VAIN:
        study.sampler = RandomSampler(seed=_seed(sweep, number))
        drawn = study.ask(_distributions(space)).params
        number, in_vain = number + 1, in_vain + 1
        point = sweep.point(len(points) + 1, {path: space[path].setting(value) for path, value in drawn.items()})
        if point.identity not in points:
            points[point.identity], in_vain = point, 0
    return list(points.values())


def _distributions(space: Space) -> dict[str, Any]:
    return {path: kind.distribution() for path, kind in space.items()}


def _state(value: float | None, *, hopeless: bool = False) -> TrialState:
    """Pruned counts as worse than every value; failed says nothing."""
    if value is not None:
        return TrialState.COMPLETE
    return TrialState.PRUNED if hopeless else TrialState.FAIL


def _seed(sweep: Sweep, number: int) -> int:
    """The random numbers of a proposal: by what is swept, not by how often or how long it is trained."""
    drawn = {path: p.model_dump(mode="json") for path, p in sweep.spec.parameters.items()}
    whole = json.dumps([sweep.spec.method, drawn, number], sort_keys=True)
    return int(hashlib.sha256(whole.encode()).hexdigest()[:8], 16)


def _mend(path: Path) -> None:
    """Cut off a last line that a killed process or a full disk left short; Optuna could not read beyond it."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        whole = file.read()
        if whole and not whole.endswith(b"\n"):
            file.truncate(whole.rfind(b"\n") + 1)

"""How much each swept key matters: fANOVA, by Optuna, over the points of any method."""

import warnings
from collections.abc import Mapping

import optuna
from optuna.importance import FanovaImportanceEvaluator, get_param_importances
from optuna.storages import InMemoryStorage
from optuna.trial import create_trial

from experiments.sweeps.points import Point, Sweep, short_names
from experiments.sweeps.space import space_of

FEWEST = 4
"""Points below which shares of variance say nothing."""


def importance(sweep: Sweep, ranked: list[Point], values: Mapping[int, float]) -> dict[str, float]:
    """Share of the objective's variance that each key explains, by short name; the shares add up to 1.

    Formula: fit a forest of regression trees to (settings, objective); a key's share is the variance of the forest's
    prediction averaged over all other keys, in that of the prediction (Hutter, Hoos, Leyton-Brown 2014).

    Returns:
        Empty with fewer than two keys that vary, fewer than four points, or one and the same objective everywhere.
    """
    space = space_of(sweep)
    varying = [path for path in space if len({repr(point.settings[path]) for point in ranked}) > 1]
    if len(varying) < 2 or len(ranked) < FEWEST or len({values[point.number] for point in ranked}) < 2:
        return {}
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage=InMemoryStorage(), direction=sweep.spec.metric.goal)
    for point in ranked:
        drawn = {p: space[p].drawn(point.settings[p]) for p in varying}
        kinds = {p: space[p].distribution() for p in varying}
        study.add_trial(create_trial(params=drawn, distributions=kinds, value=values[point.number]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of scikit-learn's forest, that some trees see few points
        shares = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0))
    names = short_names(list(space))
    return {names[path]: round(float(shares[path]), 6) for path in varying}

"""Is there a line between two classes? Decided by linear programming, not by training.

Formula: classes are linearly separable if some w, b have s_i (w^T x_i + b) >= 1 for every point, s_i = +1 or -1.
Lectures: Mollineda, linear model and its limitations; Cavallaro, XOR problem.
"""

from collections.abc import Sequence

import numpy as np

from experiments.worked._writing import number, plus
from experiments.worked.finding import Finding


def iris(classes: Sequence[str], features: Sequence[str], separable: bool = True) -> Finding:
    """Whether two Iris classes can be separated by a hyperplane of some features.

    Args:
        classes: two of setosa, versicolor, virginica.
        features: out of "sepal length", "sepal width", "petal length", "petal width".
        separable: what the slide says or implies.

    Lecture: Mollineda, linear model; limitations.
    """
    from sklearn.datasets import load_iris

    data = load_iris()
    names = data.target_names.tolist()
    first, second = (names.index(name) for name in classes)
    columns = [data.feature_names.index(f"{feature} (cm)") for feature in features]
    chosen = (data.target == first) | (data.target == second)
    return points(
        data.data[chosen][:, columns].tolist(), (data.target[chosen] == second).astype(int).tolist(), separable
    )


def points(x: Sequence[Sequence[float]], y: Sequence[int], separable: bool = True) -> Finding:
    """Whether labelled points can be separated by a hyperplane.

    If not, the hyperplane of least total slack is shown, and how many points it leaves on the wrong side.

    Args:
        x: points.
        y: their labels, 0 or 1.
        separable: what the slide says or implies.

    Lectures: Mollineda, linear model; Cavallaro, XOR problem.
    """
    from scipy.optimize import linprog

    data, sign = np.asarray(x, float), np.where(np.asarray(y) == 1, 1.0, -1.0)
    count, width = data.shape
    # Least total slack t subject to s_i (w^T x_i + b) + t_i >= 1: zero if and only if the classes are separable.
    signed = sign[:, None] * np.hstack([data, np.ones((count, 1))])
    solution = linprog(
        np.concatenate([np.zeros(width + 1), np.ones(count)]),
        A_ub=np.hstack([-signed, -np.eye(count)]),
        b_ub=-np.ones(count),
        bounds=[(None, None)] * (width + 1) + [(0, None)] * count,
    )
    if solution.x is None or solution.fun is None:  # the problem always has a solution: large enough slacks
        raise ArithmeticError(f"the linear programme was not solved: {solution.message}")
    weights = solution.x[: width + 1]
    found = bool(solution.fun < 1e-7)
    wrong = int((signed @ weights <= 0).sum())
    terms = plus([*(f"{number(w)} x{i + 1}" for i, w in enumerate(weights[:-1])), number(weights[-1])])
    steps = (
        f"{count} points, {int((sign < 0).sum())} of class 0 and {int((sign > 0).sum())} of class 1",
        f"best hyperplane: {terms} = 0, total slack {number(solution.fun)}",
        f"smallest s (w^T x + b): {number((signed @ weights).min())}; points on the wrong side: {wrong}",
        f"linearly separable: {'yes' if found else 'no'}",
    )
    return Finding({"separable": found, "points on the wrong side": wrong}, steps, found == separable)

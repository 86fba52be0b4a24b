"""Models that scikit-learn fits by its own method, behind the same calls as a network's `Trainer`."""

import warnings
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from experiments.data.datasets import Dataset
from experiments.spec import ExperimentSpec
from experiments.spec.model import LogisticRegression, RandomForest, ScikitModel, Svm
from experiments.training import History, OnEpoch

LEAST_PROBABILITY = float(np.finfo(np.float32).eps)
"""A forest gives exact zeros; the mean loss is to stay a number."""


class ScikitTrainer:
    """The models of one variant: same data, one fit for each seed.

    Attributes:
        model: the estimator fitted last.
        engine_name: `scikit-learn`.
    """

    engine_name = "scikit-learn"

    def __init__(self, spec: ExperimentSpec, dataset: Dataset):
        self.spec, self.dataset = spec, dataset
        self.model: Any = None

    def train(self, seed: int, on_epoch: OnEpoch | None = None) -> History:
        """Fit anew; afterwards `model` is the fitted estimator. There are no epochs, so the history is empty."""
        assert isinstance(self.spec.model, ScikitModel)  # noqa: S101  (what the workshop chose this class for)
        self.model = make_estimator(self.spec.model, seed)
        # These products are small: several threads wait for one another, many times as long where another trial runs
        # beside. And on one thread the last bits are the same however many cores there are.
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")  # an optimum not reached is told by `facts`
            self.model.fit(self.dataset.train.x, self.dataset.train.y)
        return History({})

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Class probabilities, or a machine's decision values: float32 (N, K)."""
        if isinstance(self.spec.model, Svm):
            values = self.model.decision_function(x)
            # Of two classes scikit-learn gives the second one's value alone.
            return np.asarray(np.stack([-values, values], axis=1) if values.ndim == 1 else values, np.float32)
        return np.asarray(self.model.predict_proba(x), np.float32)

    def loss_of(self, y: np.ndarray, outputs: np.ndarray) -> float:
        """Mean cross-entropy; NaN for a support vector machine, whose decision values are no probabilities."""
        if isinstance(self.spec.model, Svm):
            return float("nan")
        chosen = outputs[np.arange(len(y)), y].astype(np.float64)
        return float(-np.log(np.maximum(chosen, LEAST_PROBABILITY)).mean())

    @property
    def parameters(self) -> int | None:
        """Numbers that a logistic regression has learnt; of the others they depend on the data, and none are told."""
        if isinstance(self.spec.model, LogisticRegression):
            return int(self.model.coef_.size + self.model.intercept_.size)
        return None

    snapshots = None
    """Nothing to see between start and end."""

    @property
    def facts(self) -> dict[str, Any]:
        """What a record keeps of the fit: iterations, and whether the optimum was reached."""
        if not isinstance(self.spec.model, LogisticRegression):
            return {"threads": 1}
        iterations = int(np.max(self.model.n_iter_))
        return {"threads": 1, "iterations": iterations, "converged": iterations < self.spec.model.max_iterations}


def make_estimator(spec: ScikitModel, seed: int) -> Any:
    """The estimator of a config, not yet fitted."""
    match spec:
        case LogisticRegression():
            from sklearn.linear_model import LogisticRegression as Logistic

            return Logistic(C=np.inf if spec.c is None else spec.c, max_iter=spec.max_iterations)
        case RandomForest():
            from sklearn.ensemble import RandomForestClassifier

            return RandomForestClassifier(spec.trees, max_depth=spec.max_depth, random_state=seed, n_jobs=1)
        case Svm():
            from sklearn.svm import SVC

            gamma = "scale" if spec.gamma is None else spec.gamma
            return SVC(C=spec.c, kernel=spec.kernel, gamma=gamma, random_state=seed)
    raise TypeError(f"no scikit-learn model is named {spec!r}")

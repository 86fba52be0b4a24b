"""How many training examples a network's step reads at once, and how many a traditional method's solution does.

Lecture: Hantehzadeh, "Implementation of Neural Networks".
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.worked.finding import Finding


def whole_set_at_once(
    examples: int = 100, batch_size: int | None = None, traditional: str = "logistic_regression"
) -> Finding:
    """Whether a network reads the whole training set at each step while a traditional method does not.

    The network is a Keras one of one unit, fitted for one epoch; the rows that reach it are counted. A method that uses
    every row at once satisfies the equation of all rows together: for logistic regression (C = 1) the gradient,
    sum of (yhat - y)(x, 1) + (w, 0), vanishes.

    Args:
        examples: training examples.
        batch_size: of Keras's fit; None is its default.
        traditional: logistic_regression, or stochastic, scikit-learn's SGDClassifier, which reads row after row, once.

    Source: Hantehzadeh, "Implementation of Neural Networks".
    """
    rng = np.random.default_rng(13)
    x = rng.normal(size=(examples, 2))
    y = (x @ [1.0, -1.0] + rng.normal(size=examples) > 0).astype(np.int64)
    rows = _rows_of_each_step(x, y, batch_size)
    gradient = _gradient_over_all_rows(x, y, traditional)
    together = gradient < 1e-3
    steps = (
        f"rows at each of the network's steps: {', '.join(map(str, rows))}, together {sum(rows)} in an epoch",
        f"{traditional.replace('_', ' ')}: the largest entry of the gradient over all {examples} rows: {gradient:.3g}",
    )
    values = {"rows at a step": rows, "traditional method reads all rows at once": together}
    return Finding(values, steps, rows[0] == examples and not together)


def _rows_of_each_step(x: NDArray[np.float64], y: NDArray[np.int64], batch_size: int | None) -> list[int]:
    from experiments.backend import keras

    rows: list[int] = []

    class Counting(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1, activation="sigmoid")

        def build(self, shape: Any) -> None:
            self.dense.build(shape)

        def call(self, inputs: Any) -> Any:
            rows.append(int(inputs.shape[0]))
            return self.dense(inputs)

    model = Counting()
    model.build((None, x.shape[1]))
    model.compile("sgd", "binary_crossentropy", run_eagerly=True)
    model.fit(x.astype(np.float32), y, batch_size=batch_size, epochs=1, shuffle=False, verbose=0)
    return rows


def _gradient_over_all_rows(x: NDArray[np.float64], y: NDArray[np.int64], method: str) -> float:
    from sklearn.linear_model import LogisticRegression, SGDClassifier

    methods = {
        "logistic_regression": LogisticRegression(C=1.0, tol=1e-8),
        "stochastic": SGDClassifier("log_loss", alpha=1 / len(y), max_iter=1, tol=None, random_state=0),
    }
    fitted = methods[method].fit(x, y)
    residual = fitted.predict_proba(x)[:, 1] - y
    gradient = np.append(residual @ x + fitted.coef_[0], residual.sum())
    return float(np.max(np.abs(gradient)))

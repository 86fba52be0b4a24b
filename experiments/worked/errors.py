"""How far a prediction is off: the local error, mean squared and mean absolute error, cross-entropy of classes.

Lecture: Piñar, "What's the error?" to "Cross-entropy", and the network for snakes, fish and bears.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from experiments.worked.finding import Finding

Array = NDArray[np.float64]

ERRORS: dict[str, Callable[[Array, Array], Array]] = {
    "difference": lambda target, prediction: target - prediction,
    "absolute": lambda target, prediction: np.abs(target - prediction),
    "squared": lambda target, prediction: (target - prediction) ** 2,
}
BASES = {"e": math.e, "2": 2.0, "10": 10.0}


def is_distance(errors: list[str]) -> Finding:
    """Whether errors behave like a distance between target y and prediction p.

    Formula: E(y, p) >= 0, E(y, p) = 0 only for y = p, E(y, p) = E(p, y); on 1,000 random pairs.

    Args:
        errors: names out of `ERRORS`.

    Source: Piñar, "What's the error?".
    """
    target, prediction = _random_pairs()
    values, steps, stands = {}, [], True
    for name in errors:
        error = ERRORS[name]
        there, back = error(target, prediction), error(prediction, target)
        at_target = float(np.max(np.abs(error(target, target))))
        smallest, asymmetry = float(there.min()), float(np.max(np.abs(there - back)))
        stands &= smallest > 0 and at_target == 0 and asymmetry == 0
        values[f"smallest {name} error"] = smallest
        steps.append(
            f"{name}: over 1,000 pairs y != p the smallest error is {smallest:.6g}; "
            f"at y = p it is {at_target:.6g}; exchanging y and p changes it by at most {asymmetry:.6g}"
        )
    return Finding(values, tuple(steps), stands)


def never_negative(errors: list[str]) -> Finding:
    """Whether no error of a list can be negative, on 1,000 random pairs.

    Args:
        errors: names out of `ERRORS`.

    Source: Piñar, "Error: could be negative?".
    """
    target, prediction = _random_pairs()
    values, steps = {}, []
    for name in errors:
        found = ERRORS[name](target, prediction)
        at = int(np.argmin(found))
        values[f"smallest {name} error"] = float(found[at])
        steps.append(f"{name}: smallest error {found[at]:.6g}, at y = {target[at]:.6g}, p = {prediction[at]:.6g}")
    return Finding(values, tuple(steps), all(value >= 0 for value in values.values()))


def local_error(targets: list[float], predictions: list[float], error: str = "difference") -> Finding:
    """The error of single predictions, held against the distance between target and prediction.

    Formula: E = y - p as printed ("difference"); the distance is |y - p|.

    Args:
        targets: y of each example.
        predictions: p of each example.
        error: name out of `ERRORS`.

    Source: Piñar, "Local error".
    """
    y, p = np.asarray(targets, np.float64), np.asarray(predictions, np.float64)
    found, distance = ERRORS[error](y, p), np.abs(y - p)
    steps = tuple(
        f"y = {a:.6g}, p = {b:.6g}: E = {e:.6g}, distance {d:.6g}"
        for a, b, e, d in zip(y, p, found, distance, strict=True)
    )
    return Finding({"local errors": found.tolist()}, steps, bool(np.array_equal(found, distance)))


def mean_squared_error(truth: list[float], predicted: list[float], exponent: int = 2) -> Finding:
    """Mean squared error by its printed formula, against Keras and scikit-learn.

    Formula: E = 1/N sum of (yhat_i - y_i) ** exponent; on the given vectors and on 20 random ones.

    Args:
        truth: y, N numbers.
        predicted: yhat, N numbers.
        exponent: what the slide prints.

    Source: Piñar, "MSE".
    """
    from sklearn.metrics import mean_squared_error as by_scikit_learn

    from experiments.backend import keras

    def printed(y: Array, yhat: Array) -> float:
        return float(np.sum((yhat - y) ** exponent) / len(y))

    def by_keras(y: Array, yhat: Array) -> float:
        return float(keras.losses.mean_squared_error(y, yhat))

    return _mean_error("E", printed, by_keras, by_scikit_learn, truth, predicted)


def mean_absolute_error(truth: list[float], predicted: list[float], absolute: bool = True) -> Finding:
    """Mean absolute error by its printed formula, against Keras and scikit-learn, also with y and yhat exchanged.

    Formula: MAE = 1/n sum of |y_i - yhat_i|; on the given vectors and on 20 random ones.

    Args:
        truth: y, n numbers.
        predicted: yhat, n numbers.
        absolute: whether the slide prints the bars.

    Source: Piñar, "MAE".
    """
    from sklearn.metrics import mean_absolute_error as by_scikit_learn

    from experiments.backend import keras

    def printed(y: Array, yhat: Array) -> float:
        return float(np.sum(np.abs(y - yhat) if absolute else y - yhat) / len(y))

    def by_keras(y: Array, yhat: Array) -> float:
        return float(keras.losses.mean_absolute_error(y, yhat))

    found = _mean_error("MAE", printed, by_keras, by_scikit_learn, truth, predicted)
    exchanged = printed(np.asarray(predicted, np.float64), np.asarray(truth, np.float64))
    steps = (*found.steps, f"y and yhat exchanged: {exchanged:.6g}")
    return Finding({**found.values, "exchanged": exchanged}, steps, found.holds)


def cross_entropy(target: list[float], probabilities: list[float], base: str = "e") -> Finding:
    """Cross-entropy by its printed formula, against Keras.

    Formula: E = -sum over i = 1..m of y_i log(p_i), m the number of outputs; on the given example and on 20 random
    ones with targets that are distributions.

    Args:
        target: y, m probabilities.
        probabilities: p, m probabilities.
        base: base of the logarithm: e, 2 or 10.

    Source: Piñar, "Cross-entropy".
    """
    from experiments.backend import keras

    def printed(y: Array, p: Array) -> float:
        return float(-np.sum(y * np.log(p)) / math.log(BASES[base]))

    y, p = np.asarray(target, np.float64), np.asarray(probabilities, np.float64)
    rng = np.random.default_rng(7)
    examples = [(y, p)] + [(rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5))) for _ in range(20)]
    ours = np.array([printed(*example) for example in examples])
    theirs = np.array([float(keras.losses.categorical_crossentropy(a[None], b[None])[0]) for a, b in examples])
    terms = " + ".join(f"{a:.6g} log {b:.6g}" for a, b in zip(y, p, strict=True) if a)
    steps = (
        f"E = -({terms}) = {ours[0]:.6g}, logarithm to base {base}",
        f"Keras: {theirs[0]:.6g}",
        f"largest difference over {len(examples)} examples: {np.max(np.abs(ours - theirs)):.3g}",
    )
    return Finding({"E": float(ours[0]), "Keras": float(theirs[0])}, steps, _agree(ours, theirs))


def loss_of_three_classes(probabilities: list[float], classes: list[str]) -> Finding:
    """Categorical cross-entropy of a picture for each class it may show, and for a network that knows nothing.

    Formula: with a one-hot target only the true class's term is left, E = -ln p_true; equal p gives ln m.

    Args:
        probabilities: the network's m outputs for the picture.
        classes: m names.

    Source: Piñar, the network for snakes, fish and bears.
    """
    from experiments.backend import keras

    p = np.asarray(probabilities, np.float64)
    losses = -np.log(p)
    ignorant = math.log(len(p))
    steps = [f"a picture of a {name}: E = -ln {a:.6g} = {e:.6g}" for name, a, e in zip(classes, p, losses, strict=True)]
    steps.append(f"all outputs equal: E = ln {len(p)} = {ignorant:.6g}")
    keras_losses = keras.losses.categorical_crossentropy(np.eye(len(p)), np.tile(p, (len(p), 1)))
    same = _agree(losses, np.asarray(keras.ops.convert_to_numpy(keras_losses), np.float64))
    values = {
        "loss": "categorical cross-entropy",
        "outputs": len(p),
        **{f"E of a {name}": float(e) for name, e in zip(classes, losses, strict=True)},
        "E of equal outputs": ignorant,
    }
    return Finding(values, tuple(steps), same)


def _random_pairs() -> tuple[Array, Array]:
    rng = np.random.default_rng(3)
    return rng.normal(size=1000), rng.normal(size=1000)


def _agree(ours: Array, theirs: Array) -> bool:
    # Keras computes in float32.
    return bool(np.allclose(ours, theirs, rtol=1e-6, atol=1e-6))


def _mean_error(
    name: str,
    printed: Callable[[Array, Array], float],
    by_keras: Callable[[Array, Array], float],
    by_scikit_learn: Callable[[Array, Array], float],
    truth: list[float],
    predicted: list[float],
) -> Finding:
    rng = np.random.default_rng(5)
    examples = [(np.asarray(truth, np.float64), np.asarray(predicted, np.float64))]
    examples += [(rng.normal(size=6), rng.normal(size=6)) for _ in range(20)]
    ours = np.array([printed(*example) for example in examples])
    keras_says = np.array([by_keras(*example) for example in examples])
    scikit_learn_says = np.array([by_scikit_learn(*example) for example in examples])
    y, yhat = examples[0]
    steps = (
        f"yhat - y = {', '.join(f'{d:.6g}' for d in yhat - y)}; N = {len(y)}",
        f"{name} = {ours[0]:.6g}; Keras {keras_says[0]:.6g}; scikit-learn {scikit_learn_says[0]:.6g}",
        f"largest difference over {len(examples)} examples: "
        f"{max(np.max(np.abs(ours - keras_says)), np.max(np.abs(ours - scikit_learn_says))):.3g}",
    )
    values = {name: float(ours[0]), "Keras": float(keras_says[0]), "scikit-learn": float(scikit_learn_says[0])}
    return Finding(values, steps, _agree(ours, keras_says) and _agree(ours, scikit_learn_says))

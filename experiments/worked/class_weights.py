"""Class weights and the balanced cross-entropy, against scikit-learn, Keras's class_weight and this project's loss.

Lecture: Mollineda, balanced cross entropy; minority classes.
"""

from collections.abc import Sequence

import numpy as np

from experiments.worked import _formulas
from experiments.worked._writing import number, numbers
from experiments.worked.finding import Finding


def formula(counts: Sequence[int], with_classes: bool = True) -> Finding:
    """Compare alpha_i = n / (k n_i) with scikit-learn's compute_class_weight("balanced").

    Args:
        counts: examples of each class.
        with_classes: whether the printed denominator has the number of classes k.
    """
    from sklearn.utils.class_weight import compute_class_weight

    n = np.asarray(counts)
    k = len(n) if with_classes else 1
    weights = n.sum() / (k * n)
    labels = np.repeat(np.arange(len(n)), n)
    truth = compute_class_weight("balanced", classes=np.arange(len(n)), y=labels)
    largest = float(np.max(np.abs(weights - truth)))
    steps = (
        f"n = {n.sum()}, k = {len(n)}, n_i = {numbers(n)}",
        *(f"{n.sum()} / ({k} x {count}) = {number(weight)}" for count, weight in zip(n, weights, strict=True)),
        f"scikit-learn: {numbers(truth)}; largest difference {number(largest)}",
    )
    return Finding({"weights": weights.tolist()}, steps, largest < 1e-12)


def inversely_proportional(counts: Sequence[int], power: float = 1.0) -> Finding:
    """Whether alpha_i n_i^power is the same for every class, for this project's balanced class weights.

    Args:
        counts: examples of each class.
        power: 1 for weights inversely proportional to the frequency.
    """
    from losses import balanced_class_weights

    n = np.asarray(counts, float)
    weights = balanced_class_weights(counts=counts)
    products = weights * n**power
    same = bool(np.ptp(products) < 1e-9 * products.max())
    steps = tuple(
        f"alpha = {number(weight)}, n = {number(count)}: product {number(product)}"
        for weight, count, product in zip(weights, n, products, strict=True)
    )
    return Finding({"products": products.tolist()}, steps, same)


def balanced_loss(alpha: Sequence[float], labels: Sequence[int], weighted: bool = True) -> Finding:
    """Compare the mean of -alpha_c log p_c with what Keras's class_weight makes of the cross-entropy.

    Keras trains one batch at learning rate 0; this project's BalancedCrossentropy is compared as well.

    Args:
        alpha: weight of each class.
        labels: classes of the examples in the batch.
        weighted: whether the printed formula has the factor alpha_c.
    """
    from experiments.backend import keras
    from losses import BalancedCrossentropy

    c, k = np.asarray(labels), len(alpha)
    x = np.random.default_rng(0).normal(size=(len(c), k))
    y = np.eye(k)[c]
    p = _formulas.softmax(x)
    factors = np.asarray(alpha, float)[c] if weighted else np.ones(len(c))
    terms = -factors * np.log(p[np.arange(len(c)), c])
    # Scores go through unchanged: Keras warns about a network without weights.
    network = keras.Sequential([keras.Input((k,)), keras.layers.Dense(k, "softmax", kernel_initializer="identity")])
    network.compile(keras.optimizers.SGD(0.0), "categorical_crossentropy", run_eagerly=True)
    truth = float(network.train_on_batch(x, y, class_weight=dict(enumerate(alpha))))
    ours = float(BalancedCrossentropy(alpha=list(alpha))(y, p))
    loss = float(terms.mean())
    steps = (
        *(
            f"class {label}, p_c = {number(row[label])}: {number(f)} x {number(-np.log(row[label]))} = {number(t)}"
            for label, row, f, t in zip(c, p, factors, terms, strict=True)
        ),
        f"mean: {number(loss)}; Keras with class_weight: {number(truth)}; BalancedCrossentropy: {number(ours)}",
    )
    return Finding({"loss": loss, "keras": truth}, steps, abs(loss - truth) < 1e-5 and abs(loss - ours) < 1e-6)


def loss_share(counts: Sequence[int]) -> Finding:
    """How much of loss and gradient the largest class has before training, with equal weights and with balanced ones.

    Every example of an untrained network has the loss log k and a gradient of the same length by its scores, so
    shares of the loss are shares of the gradient. The majority dominates if it has more than all other classes.

    Args:
        counts: examples of each class.
    """
    from losses import balanced_class_weights

    n = np.asarray(counts, float)
    plain = n / n.sum()
    balanced = balanced_class_weights(counts=counts) * n / n.sum()
    top = int(n.argmax())
    steps = (
        f"loss of every example: log {len(n)} = {number(np.log(len(n)))}",
        f"share of class {top} with equal weights: {number(n[top])} / {number(n.sum())} = {number(plain[top])}",
        f"share with balanced weights: {number(balanced[top])}",
    )
    values = {"share of the majority": float(plain[top]), "share when balanced": float(balanced[top])}
    return Finding(values, steps, bool(plain[top] > 0.5))

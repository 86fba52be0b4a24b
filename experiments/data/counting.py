"""How many examples each choice of a config keeps: whole numbers only, so that facts need not load arrays."""

import math
from collections.abc import Sequence

from experiments.data.errors import EmptyClass, UnfitDataError
from experiments.spec.preparation import Imbalance, Split


def proportional(total: int, counts: Sequence[int]) -> list[int]:
    """Share `total` among classes in proportion to `counts`, by the method of the largest remainder.

    Each class gets total * counts[k] / sum(counts) rounded down; what is then missing goes, one each, to the
    largest remainders (the first class where they tie). So the sum is exact, every share is less than one
    away from its quota, and none exceeds counts[k] while total <= sum(counts).

    >>> proportional(10, [50, 30, 20])
    [5, 3, 2]
    >>> proportional(10, [1, 1, 1])
    [4, 3, 3]
    """
    whole = sum(counts)
    shares = [total * count // whole for count in counts]
    remainders = [total * count % whole for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda k: -remainders[k])
    for k in by_remainder[: total - sum(shares)]:
        shares[k] += 1
    return shares


def drawn_by(split: Split, rows: int, key: str) -> int:
    """Count the rows that a split with a fraction takes.

    `last` follows Keras's `validation_split` to the digit: floor(rows * (1 - fraction)) rows stay, in floating
    point. `stratified` and `shuffled` take rows * fraction, rounded to the nearest (a half to the even).

    Raises:
        UnfitDataError: if either side would be empty; `key` is the config's key to name.
    """
    fraction = split.fraction or 0.0
    drawn = round(rows * fraction)
    if split.how == "last":
        drawn = rows - math.floor(rows * (1.0 - fraction))
    if not 0 < drawn < rows:
        raise UnfitDataError(
            f"dataset.{key}: {split.how} with fraction {fraction:g} takes {drawn} of {rows} examples; "
            "expected at least one on each side"
        )
    return drawn


def kept_by_imbalance(counts: Sequence[int], imbalance: Imbalance) -> list[int]:
    """Count the examples that each class keeps.

    `exponential`, with K classes: n_i = n_0 * ratio ** (-i / (K - 1)), rounded down, where n_0 is the largest
    first class for which every class has enough examples (all of them where the classes are equal, as in
    CIFAR-10-LT of Cui et al. 2019, "Class-Balanced Loss Based on Effective Number of Samples", section 5).
    `step`: the minority classes keep count / ratio, rounded down.

    Raises:
        UnfitDataError: if `minority` names a class that does not exist.
    """
    last = len(counts) - 1
    if imbalance.profile == "exponential":
        shrink = [imbalance.ratio ** (-i / last) for i in range(len(counts))]
        first = min(count / factor for count, factor in zip(counts, shrink, strict=True))
        return [_floor(first * factor) for factor in shrink]
    if max(imbalance.minority) > last:
        got = max(imbalance.minority)
        raise UnfitDataError(f"dataset.imbalance.minority: expected classes from 0 to {last}, got {got}")
    return [_floor(count / imbalance.ratio) if k in imbalance.minority else count for k, count in enumerate(counts)]


def kept_by_subset(counts: Sequence[int], subset: int) -> list[int]:
    """Count the examples that each class keeps in a subset of exactly `subset` examples.

    Raises:
        UnfitDataError: if there are fewer than `subset`.
    """
    if subset > sum(counts):
        raise UnfitDataError(
            f"dataset.subset: expected at most {sum(counts)}, the training examples there are, got {subset}"
        )
    return proportional(subset, counts)


def refuse_empty(counts: Sequence[int], class_names: Sequence[str], why: str) -> None:
    """Stop if a class has no training example left; `why` says what took them.

    Raises:
        EmptyClass: naming each such class.
    """
    empty = [f"{k} ({name})" for k, name in enumerate(class_names) if counts[k] == 0]
    if empty:
        word = "class" if len(empty) == 1 else "classes"
        raise EmptyClass(f"no training example is left of {word} {', '.join(empty)}: {why}")


def _floor(value: float) -> int:
    # Ten times a tenth must be one: a last-bit error may not cost an example.
    return math.floor(value * (1 + 1e-12))

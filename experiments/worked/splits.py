"""How examples are shared out, and what choosing the stopping point by the test set does to the error reported.

Lecture: Piñar, "Early stopping", "How can we distribute the data?".
"""

from fractions import Fraction

import numpy as np

from experiments.worked.finding import Finding

NAMES = ("training", "validation", "test")


def error_after_stopping(
    stop_on: list[str],
    true_error: float = 0.1,
    epochs: int = 20,
    examples: int = 1000,
    repetitions: int = 4000,
) -> Finding:
    """Whether the test error at the stopping point is an honest estimate, by what the stop is chosen on.

    Each of `epochs` candidates has the same true error rate; the errors counted on each of two samples are binomial.
    The candidate with the fewest errors on the sample `stop_on` is kept, and its error on the test sample reported.
    An honest report is right on average: within four standard errors of the truth.

    Args:
        stop_on: samples that the slide allows to stop by: validation, test.
        true_error: error rate of every candidate.
        epochs: how many candidates.
        examples: size of either sample.
        repetitions: how many times all of it is drawn.

    Source: Piñar, "Early stopping".
    """
    rng = np.random.default_rng(6)
    counted = {
        name: rng.binomial(examples, true_error, size=(repetitions, epochs)) / examples
        for name in ("validation", "test")
    }
    values, steps, honest = {}, [f"true error of each of {epochs} epochs: {true_error:.6g}"], True
    for name in stop_on:
        chosen = np.argmin(counted[name], axis=1)
        reported = counted["test"][np.arange(repetitions), chosen]
        mean, deviation = float(reported.mean()), float(reported.std(ddof=1) / np.sqrt(repetitions))
        honest &= abs(mean - true_error) < 4 * deviation
        values[f"reported, stopped on {name}"] = mean
        steps.append(
            f"stopped on {name} data: test error reported {mean:.6g} on average, "
            f"{(mean - true_error) / deviation:+.3g} standard errors off"
        )
    return Finding(values, tuple(steps), honest)


def three_parts(class_counts: list[int], percent: list[int]) -> Finding:
    """Share out the examples of each class into training, validation and test parts.

    Formula: part = percent / 100 of each class; the parts have no example in common and miss none.

    Args:
        class_counts: examples of each class.
        percent: shares of training, validation and test, adding up to 100.

    Source: Piñar, "How can we distribute the data?".
    """
    labels = np.repeat(np.arange(len(class_counts)), class_counts)
    rng = np.random.default_rng(8)
    parts: dict[str, list[int]] = {name: [] for name in NAMES}
    for k, count in enumerate(class_counts):
        rows = rng.permutation(np.flatnonzero(labels == k))
        # Rounding the running sums, not the shares, gives every example away exactly once.
        ends = [round(Fraction(sum(percent[: i + 1]) * count, 100)) for i in range(3)]
        for name, start, end in zip(NAMES, [0, *ends[:2]], ends, strict=True):
            parts[name] += rows[start:end].tolist()
    everything = sorted(row for rows in parts.values() for row in rows)
    complete = everything == list(range(len(labels)))
    by_class = {name: np.bincount(labels[rows], minlength=len(class_counts)) for name, rows in parts.items()}
    steps = [
        f"{name}: {share} % of {len(labels)} = {len(parts[name])} examples, "
        f"by class {', '.join(map(str, by_class[name]))}"
        for name, share in zip(NAMES, percent, strict=True)
    ]
    steps.append(f"every example in exactly one part: {'yes' if complete else 'no'}")
    return Finding({name: len(rows) for name, rows in parts.items()}, tuple(steps), complete)

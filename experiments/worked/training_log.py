"""What a printed training log says by itself: its seconds, its course (Cavallaro, lecture 3 revisited)."""

from itertools import pairwise
from math import nextafter

from experiments.worked.finding import Finding


def seconds_fit_rates(samples: list[int], microseconds: list[int], seconds: list[int]) -> Finding:
    """Test whether the printed seconds are samples times the printed microseconds, each rounded to whole numbers.

        (u - 0.5) * samples <= time < (u + 0.5) * samples, in microseconds, and round(time) = s

    Keras 2 printed "us/step" per sample; Keras 3 prints it per batch.

    Args:
        samples: what the progress bar of each line counts to.
        microseconds: u of each line.
        seconds: s of each line.

    Lecture: Cavallaro, multi output perceptron model (log).
    """
    steps, fitting = [], 0
    lines = list(zip(samples, microseconds, seconds, strict=True))
    for count, u, s in dict.fromkeys(lines):
        shortest, longest = (u - 0.5) * count / 1e6, (u + 0.5) * count / 1e6
        possible = range(round(shortest), round(nextafter(longest, 0)) + 1)
        fits = s in possible
        fitting += lines.count((count, u, s)) if fits else 0
        steps.append(
            f"{u} us x {count}: {shortest:.4g} to {longest:.4g} s, so {' or '.join(map(str, possible))} s; "
            f"printed {s} s{'' if fits else ' does not fit'}"
        )
    return Finding({"lines": len(lines), "lines that fit": fitting}, tuple(steps), fitting == len(lines))


def steady_course(losses: list[float], accuracies: list[float]) -> Finding:
    """Test whether every epoch has a smaller loss and a larger accuracy than the one before.

    Args:
        losses: of the epochs in their order.
        accuracies: of the same epochs.

    Lecture: Cavallaro, multi output perceptron model (log).
    """
    falls = [before - after for before, after in pairwise(losses)]
    rises = [after - before for before, after in pairwise(accuracies)]
    return Finding(
        values={
            "steps": len(falls),
            "falls of the loss": sum(fall > 0 for fall in falls),
            "rises of the accuracy": sum(rise > 0 for rise in rises),
        },
        steps=(
            f"loss: from {losses[0]:.6g} to {losses[-1]:.6g}, "
            f"down in {sum(fall > 0 for fall in falls)} of {len(falls)} steps, by {min(falls):.4f} or more",
            f"accuracy: from {accuracies[0]:.6g} to {accuracies[-1]:.6g}, "
            f"up in {sum(rise > 0 for rise in rises)} of {len(rises)} steps, by {min(rises):.4f} or more",
        ),
        holds=min(falls) > 0 and min(rises) > 0,
    )


def percentage(share: float, samples: int) -> Finding:
    """Write a printed share as a percentage, and test whether it can be a whole count of the samples.

    Args:
        share: the printed accuracy, between 0 and 1.
        samples: how many were counted.

    Lecture: Cavallaro, multi output perceptron model.
    """
    count = round(share * samples)
    return Finding(
        values={"percentage": 100 * share, "count": count},
        steps=(f"100 x {share:.6g} = {100 * share:.6g}", f"{count} / {samples} = {count / samples:.6g}"),
        holds=abs(count / samples - share) < 1e-9,
    )

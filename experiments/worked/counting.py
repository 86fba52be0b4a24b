"""Small arithmetic on printed counts.

Lecture: Mollineda, deep learning outperforms humans; case study, MNIST.
"""

from collections.abc import Sequence
from itertools import product
from math import prod

from experiments.worked._writing import number
from experiments.worked.finding import Finding

GRID_WORDS = {
    "command": ("bin", "lay", "place", "set"),
    "colour": ("blue", "green", "red", "white"),
    "preposition": ("at", "by", "in", "with"),
    "letter": tuple("abcdefghijklmnopqrstuvxyz"),
    "digit": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "adverb": ("again", "now", "please", "soon"),
}
"""The words of the GRID corpus (Cooke et al. 2006), on which LipNet was tested; the letter w is left out."""


def grammar(parts: Sequence[str]) -> Finding:
    """Count the words of each part of the GRID corpus's sentences, and the sentences, by writing all of them.

    Args:
        parts: parts of the sentence in order.
    """
    words = [GRID_WORDS[part] for part in parts]
    counts = [len(choice) for choice in words]
    sentences = sum(1 for _ in product(*words))
    steps = (
        *(
            f"{part}: {len(choice)} words, {choice[0]} to {choice[-1]}"
            for part, choice in zip(parts, words, strict=True)
        ),
        f"{' x '.join(map(str, counts))} = {prod(counts)} sentences; written one by one: {sentences}",
    )
    return Finding({**dict(zip(parts, counts, strict=True)), "sentences": sentences}, steps)


def error_rate(errors: int, hits: int) -> Finding:
    """Errors and hits add up to the examples; the error rate is errors / (errors + hits), in percent.

    Args:
        errors: wrong predictions.
        hits: right ones.
    """
    examples = errors + hits
    rate = 100.0 * errors / examples
    steps = (f"{errors} + {hits} = {examples}", f"{errors} / {examples} = {number(rate)} %")
    return Finding({"examples": examples, "error rate in percent": rate}, steps)


def agree(values: Sequence[float], where: Sequence[str]) -> Finding:
    """Whether one setting has the same value in every place of a lecture that prints it.

    Args:
        values: as printed.
        where: the places.
    """
    steps = tuple(f"{place}: {number(value)}" for place, value in zip(where, values, strict=True))
    return Finding({"different values": len(set(values))}, steps, len(set(values)) == 1)

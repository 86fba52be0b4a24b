"""What an activation function has to compute (Cavallaro, rectified linear unit)."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from experiments.worked.finding import Finding

FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
}

TRANSCENDENTAL = {np.exp, np.exp2, np.expm1, np.log, np.log1p, np.sinh, np.cosh, np.tanh, np.power}
"""Operations that a processor has no single instruction for: series or tables of many multiplications."""


class _Counted(np.ndarray):
    """An array that notes what NumPy does with it: its `operations`, in order, handed on to every result."""

    operations: list[np.ufunc]

    def __array_ufunc__(self, ufunc: np.ufunc, method: Any, *inputs: Any, **kwargs: Any) -> Any:
        self.operations.append(ufunc)
        plain = [value.view(np.ndarray) if isinstance(value, _Counted) else value for value in inputs]
        result = getattr(ufunc, method)(*plain, **kwargs).view(_Counted)
        result.operations = self.operations
        return result


def operations(name: str) -> list[np.ufunc]:
    """The array operations of an activation function, in the order in which NumPy carries them out.

    Args:
        name: relu, tanh or sigmoid.
    """
    z = np.linspace(-2.0, 2.0, 5).view(_Counted)
    z.operations = []
    FUNCTIONS[name](z)
    return z.operations


def without_exponentials(name: str, others: Sequence[str]) -> Finding:
    """Record what NumPy does for an activation function, and what it does for others.

    It holds if the function takes one comparison and no transcendental operation, and each of the others at least one.

    Args:
        name: relu, tanh or sigmoid: the one that is said to be cheap.
        others: those that it is compared with.

    Lecture: Cavallaro, rectified linear unit.
    """
    taken = {n: operations(n) for n in (name, *others)}
    costly = {n: sum(operation in TRANSCENDENTAL for operation in found) for n, found in taken.items()}
    return Finding(
        values={f"costly operations of {n}": number for n, number in costly.items()},
        steps=tuple(f"{n}: {', '.join(operation.__name__ for operation in found)}" for n, found in taken.items()),
        holds=taken[name] == [np.maximum] and all(costly[n] > 0 for n in others),
    )

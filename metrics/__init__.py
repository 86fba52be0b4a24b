"""Confusion matrices and the scores that derive from them.

`metrics.scores` (NumPy) is loaded here; the Keras metrics and the pandas table only when first asked for, so
that `import metrics` stays fast and needs neither.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from metrics.scores import *  # noqa: F403
from metrics.scores import __all__ as _score_names

if TYPE_CHECKING:
    from metrics.confusion import ConfusionMatrix, ConfusionScore
    from metrics.tables import score_table, to_latex, to_markdown

_LAZY = {
    "ConfusionMatrix": "metrics.confusion",
    "ConfusionScore": "metrics.confusion",
    "score_table": "metrics.tables",
    "to_latex": "metrics.tables",
    "to_markdown": "metrics.tables",
}

__all__ = ["ConfusionMatrix", "ConfusionScore", "score_table", "to_latex", "to_markdown"]
__all__ += _score_names


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

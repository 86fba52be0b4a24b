"""Field types shared by the specs: the base model, bounded numbers, and the short forms a config may use."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from experiments.problems import shown


class Spec(BaseModel):
    """Base of every part of a config: unknown keys, wrong types, NaN and infinity are errors."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


# The upper bounds are far beyond any lecture; they turn a slip of the keyboard into a message
# instead of an out-of-memory kill.
Units = Annotated[int, Field(ge=1, le=1_000_000)]
Count = Annotated[int, Field(ge=1, le=100_000_000)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]


def short_form(key: str) -> BeforeValidator:
    """Let a bare string stand for a mapping: `validation: test` is `validation: {how: test}`."""

    def expand(value: Any) -> Any:
        return {key: value} if isinstance(value, str) else value

    return BeforeValidator(expand, json_schema_input_type=str | dict[str, Any])


_MOST_SEEDS = 10_000


def _seed_list(value: Any) -> Any:
    if isinstance(value, str):
        return _seed_range(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    if not 1 <= value <= _MOST_SEEDS:
        raise ValueError(f"expected a number of seeds from 1 to {_MOST_SEEDS} or a list of seeds, got {value}")
    return list(range(value))


def _seed_range(text: str) -> list[int]:
    """`10-19`: both ends are meant."""
    ends = re.fullmatch(r"\s*(\d{1,10})\s*-\s*(\d{1,10})\s*", text, flags=re.ASCII)
    first, last = (int(end) for end in ends.groups()) if ends else (1, 0)
    if not 0 <= last - first < _MOST_SEEDS:
        raise ValueError(f"expected a range of at most {_MOST_SEEDS} seeds such as '10-19', got {text[:40]!r}")
    return list(range(first, last + 1))


def _distinct(value: list[int]) -> list[int]:
    if len(set(value)) != len(value):
        raise ValueError(f"expected distinct seeds, got {value}")
    return value


Seeds = Annotated[
    list[Seed],
    Field(min_length=1),
    BeforeValidator(_seed_list),
    AfterValidator(_distinct),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {"type": "array", "items": {"type": "integer", "minimum": 0}},
                {"type": "string", "pattern": "^\\d+-\\d+$"},
            ]
        }
    ),
]


def _is_positive_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")


def class_weights_or(*, scalar: bool, none: bool = True) -> Callable[[Any], Any]:
    """Check the forms a per-class weight may take: a rule's name, one positive number a class, or (`none`) nothing."""

    def check(value: Any) -> Any:
        if (none and value is None) or value in ("balanced", "effective_number"):
            return value
        if scalar and _is_positive_number(value):
            return value
        if isinstance(value, list) and len(value) >= 2 and all(map(_is_positive_number, value)):
            return value
        forms = "'balanced', 'effective_number' or a list of one positive number per class"
        raise ValueError(f"expected {forms}{', or one positive number' if scalar else ''}, got {shown(value)}")

    return check


_WEIGHTS_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": ["balanced", "effective_number"]},
        {"type": "array", "items": {"type": "number", "exclusiveMinimum": 0}, "minItems": 2},
        {"type": "null"},
    ]
}

ClassWeights = Annotated[Any, BeforeValidator(class_weights_or(scalar=False)), WithJsonSchema(_WEIGHTS_SCHEMA)]
"""`balanced`, `effective_number`, or a list of one positive number per class."""

BalancingWeights = Annotated[
    Any,
    BeforeValidator(class_weights_or(scalar=False, none=False)),
    WithJsonSchema({"anyOf": _WEIGHTS_SCHEMA["anyOf"][:-1]}),
]
"""As ClassWeights, but never none: a balanced loss without weights would be the plain one."""

Alpha = Annotated[
    Any,
    BeforeValidator(class_weights_or(scalar=True)),
    WithJsonSchema({"anyOf": [*_WEIGHTS_SCHEMA["anyOf"], {"type": "number", "exclusiveMinimum": 0}]}),
]
"""As ClassWeights, or one positive number for all."""

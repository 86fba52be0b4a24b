"""pydantic's errors -> problems in the words of a config: the key's path, what was expected, the nearest name."""

from typing import Any

from pydantic_core import ErrorDetails

from experiments.documents import KeyPath
from experiments.problems import nearest, shown

JsonSchema = dict[str, Any]


class SchemaGuide:
    """Walks the JSON Schema of the config beside an error's location."""

    def __init__(self, schema: JsonSchema):
        self._root = schema

    def follow(self, location: tuple[str | int, ...]) -> tuple[KeyPath, JsonSchema]:
        """The key path of pydantic's location, which also holds union tags, and the schema there."""
        path: list[str | int] = []
        here = self._deref(self._root)
        for step in location:
            if "discriminator" in here and step in here["discriminator"]["mapping"]:
                here = self._deref({"$ref": here["discriminator"]["mapping"][step]})
                continue
            if tagged := [s for s in here.get("oneOf", []) if s.get("$ref", "").endswith(f"/{step}")]:
                here = self._deref(tagged[0])  # a union told apart by its keys: the step is a model's name
                continue
            path.append(step)
            if isinstance(step, int):
                here = self._deref(here.get("items", {}))
            else:
                inner = here.get("properties", {}).get(step, here.get("additionalProperties", {}))
                here = self._deref(inner if isinstance(inner, dict) else {})
        return tuple(path), here

    def _deref(self, schema: JsonSchema) -> JsonSchema:
        while True:
            if "$ref" in schema:
                schema = self._root["$defs"][schema["$ref"].rpartition("/")[2]]
            elif "anyOf" in schema and any(s.get("type") == "null" for s in schema["anyOf"]):
                schema = next(s for s in schema["anyOf"] if s.get("type") != "null")
            elif "anyOf" in schema and any("$ref" in s for s in schema["anyOf"]):
                schema = next(s for s in schema["anyOf"] if "$ref" in s)
            else:
                return schema


def message_of(error: ErrorDetails, guide: SchemaGuide) -> tuple[KeyPath, str]:
    """The key path of an error, and the message for it."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    path, schema = guide.follow(error["loc"])
    if kind == "extra_forbidden":
        _, parent = guide.follow(error["loc"][:-1])
        keys = list(parent.get("properties", {}))
        return path, f"unknown key{nearest(str(path[-1]), keys)} (keys here: {', '.join(keys)})"
    if kind == "missing":
        return path, f"missing; expected {_expected(schema)}"
    if kind == "union_tag_not_found":
        tags = ", ".join(schema.get("discriminator", {}).get("mapping", {}))
        if isinstance(value, dict):
            return (*path, "name"), f"missing; expected one of {tags}"
        return path, f"expected a mapping with a name (one of {tags}), got {shown(value)}"
    if kind == "union_tag_invalid":
        tags = context["expected_tags"].replace("'", "")
        return (
            *path,
            "name",
        ), f"expected one of {tags}, got {context['tag']!r}{nearest(context['tag'], tags.split(', '))}"
    if kind in ("literal_error", "enum"):
        names = [str(name) for name in schema.get("enum", [schema.get("const", context.get("expected"))])]
        hint = nearest(value, names) if isinstance(value, str) else ""
        return path, f"expected one of {', '.join(names)}, got {shown(value)}{hint}"
    if kind == "value_error":
        return path, str(context["error"])
    if kind == "string_pattern_mismatch":
        return path, f"expected lower-case letters, digits, '_', '-' and '.', got {shown(value)}"
    return path, f"expected {_expected(schema, value)}, got {shown(value)}"


def _expected(schema: JsonSchema, value: Any = None) -> str:
    """What a schema asks for, in words."""
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = schema.get("type")
    if kind in ("integer", "number"):
        return _expected_number(schema, value)
    if kind == "array":
        low, high = schema.get("minItems", 0), schema.get("maxItems")
        if isinstance(value, list) and high is not None and len(value) > high:
            return f"a list of at most {high} items"
        return f"a list of at least {low} item{'s' * (low != 1)}" if low else "a list"
    if kind == "string" and "maxLength" in schema:
        return f"text of {schema.get('minLength', 0)} to {schema['maxLength']} characters"
    if "discriminator" in schema:
        return "a mapping with a name, one of " + ", ".join(schema["discriminator"]["mapping"])
    names = {
        "string": "text",
        "boolean": "true or false",
        "object": "a mapping of keys to values",
    }
    return names.get(str(kind), "another value")


def _expected_number(schema: JsonSchema, value: Any) -> str:
    noun = "integer" if schema["type"] == "integer" else "number"
    article = "an" if noun == "integer" else "a"
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and high is not None and value > high:
        return f"{article} {noun} of at most {high:g}"
    if below is not None:
        start = f"above {above:g}" if above is not None else f"from {low:g}"
        return f"{article} {noun} {start} and below {below:g}"
    if above == 0 or (noun == "integer" and low == 1):
        return f"a positive {noun}"
    if low == 0:
        return f"a non-negative {noun}"
    return f"{article} {noun}" + (f" of at least {low:g}" if low is not None else "")

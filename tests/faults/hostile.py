"""Hostile configs, ledgers, words of the command line and arrays, for hypothesis."""

import copy
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from experiments.documents import read_document

ROOT = Path(__file__).parents[2]

SCALARS = """
0 -0 1 -1 +.5 1.5 --1 1e5 1e999 -1e999 1e-400 1e308 .nan -.inf .inf 1_000 0x10 0o777 0b11 1000001 2147483648 1:30
true null ~ yes off "" '' "\\0" "\\ud800" "\\U00110000" "\\UFFFFFFFF" "\\x1b[31m" "\\u202e"
[] {} [[]] [1,2,3] [a,a] [null] [0.5,-1] {a:\\ {b:\\ 1}}
2001-01-01 % @x ` | > & * ! ? - : # << ... ---
&a\\ [*a] *a {<<:\\ {}} !!python/object/apply:os.system\\ [true] !!binary\\ aGVsbG8= !!set\\ {a} !!float\\ x !own\\ 1
../../etc/passwd /etc/passwd /dev/zero /dev/stdin /proc/self/mem ~root . .. / C:\\\\x a/../b base sweep None
<script>alert(1)</script> $(reboot) %s%n {0} ${HOME} ☃ 日本語 test all mean balanced val_loss 0.999999999999999999
{name:\\ mlp} {name:\\ svm} {how:\\ all} {how:\\ last,\\ fraction:\\ 0.999} {name:\\ npz,\\ path:\\ nowhere.npz}
""".replace("\\ ", "\0").split()  # fmt: skip
RAW = [word.replace("\0", " ") for word in SCALARS] + ["9" * 99, "9" * 101, "0x" + "f" * 90, '"' + "x" * 300 + '"', "{"]
"""Values as they are typed into YAML, some of them no YAML at all."""

Node = tuple[Any, Any]
"""A container, and the key or index of one of its values."""


def nodes(data: Any) -> Iterator[Node]:
    """Every place of nested data."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield data, key
        yield from nodes(value)


def load(*paths: str) -> list[dict[str, Any]]:
    """Data of YAML files of the checkout."""
    return [read_document(ROOT / path).data for path in paths]


LIKELY = ["1", "2", "3", "10", "0.5", "0.1", "0.9", "true", "false", "relu", "tanh", "sigmoid", "[1, 2]", "standard"]
"""Values that are right in many places: spoilt files must be accepted as well, to be followed further."""

values = st.one_of(
    st.sampled_from(LIKELY),
    st.sampled_from(LIKELY),
    st.sampled_from(RAW),
    st.integers().map(str),
    st.floats().map(str),
    st.text(max_size=12).map(json.dumps),
)
"""A value as typed."""


@st.composite
def documents(draw: st.DrawFn, bases: list[dict[str, Any]]) -> bytes:
    """A valid file with a few places spoilt, and sometimes its bytes."""
    data = copy.deepcopy(draw(st.sampled_from(bases)))
    typed: list[str] = []

    def marked() -> str:
        typed.append(draw(values))
        return f"@@{len(typed) - 1}@@"

    known = sorted({str(key) for base in bases for _, key in nodes(base) if isinstance(key, str)})
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 4)))):
        place, key = draw(st.sampled_from(list(nodes(data))))
        match draw(st.sampled_from(("value", "value", "value", "delete", "insert", "graft", "rename", "nest"))):
            case "delete":
                del place[key]
            case "graft":
                other, there = draw(st.sampled_from(list(nodes(draw(st.sampled_from(bases))))))
                place[key] = copy.deepcopy(other[there])
            case "insert" if isinstance(place, dict):
                place[draw(st.sampled_from(known))] = marked()
            case "rename" if isinstance(place, dict):
                place[marked()] = place.pop(key)
            case "nest":
                for _ in range(draw(st.sampled_from((1, 5, 60)))):
                    place[key] = [place[key]]
            case _:
                place[key] = marked()
        if not data:
            break
    text = re.sub('"@@([0-9]+)@@"', lambda match: typed[int(match[1])], json.dumps(data))
    if draw(st.booleans()):  # a key a line, as people write
        text = "\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in data.items())
        text = re.sub('"@@([0-9]+)@@"', lambda match: typed[int(match[1])], text)
    return draw(_spoilt(text))


@st.composite
def _spoilt(draw: st.DrawFn, text: str) -> bytes:
    """Text as bytes: mostly as it is, else as other programs and broken disks leave it."""
    match draw(st.sampled_from(("as it is",) * 16 + ("windows", "utf-16", "latin", "cut", "bytes", "twice", "tabs"))):
        case "windows":
            return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8", "replace")
        case "utf-16":
            return text.encode("utf-16", "replace")
        case "latin":
            return (text + " # é").encode("latin-1", "replace")
        case "tabs":
            return text.replace(" ", "\t").encode("utf-8", "replace")
        case "twice":
            return f"{text}\n---\n{text}".encode("utf-8", "replace")
        case "cut":
            whole = text.encode("utf-8", "replace")
            return whole[: draw(st.integers(0, len(whole)))]
        case "bytes":
            spoilt = bytearray(text.encode("utf-8", "replace"))
            for place in draw(st.lists(st.integers(0, max(0, len(spoilt) - 1)), max_size=4)):
                spoilt[place : place + 1] = draw(st.binary(max_size=3))
            return bytes(spoilt)
    return text.encode("utf-8", "replace")


def words(bases: list[dict[str, Any]]) -> st.SearchStrategy[list[str]]:
    """Changes as typed on the command line."""
    paths = sorted(set().union(*(dotted_paths(base) for base in bases)))
    odd = st.sampled_from(["", ".", "..", "[0]", "model[", "model]", "a.b.c", "variants.x.y", "title[0]", "x y", "日"])
    path = st.one_of(*[st.sampled_from(paths)] * 6, odd, st.text(max_size=8))
    likely = st.sampled_from(["training.epochs=3", "seeds=[1, 5]", "optimizer.learning_rate=0.5", "title=Another"])
    word = st.one_of(likely, *[st.tuples(path, values).map("=".join)] * 6, st.text(max_size=20))
    return st.lists(word, min_size=1, max_size=3)


def comma_lists(bases: list[dict[str, Any]]) -> st.SearchStrategy[list[str]]:
    """Changes and lists of values as typed for a sweep; often none."""
    paths = sorted(set().union(*(dotted_paths(base) for base in bases)))
    listed = st.lists(values, min_size=1, max_size=4).map(",".join)
    likely = st.sampled_from(["optimizer.learning_rate=0.1,0.2", "training.epochs=1,2,3", "model.hidden=[4],[8]"])
    odd = st.tuples(st.sampled_from(paths), listed).map("=".join)
    word = st.one_of(likely, likely, odd, odd, st.text(max_size=9))
    return st.lists(word, max_size=3)


def dotted_paths(data: Any, above: str = "") -> set[str]:
    """Every key as the command line names it."""
    found = set()
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        path = f"{above}[{key}]" if isinstance(key, int) else f"{above}.{key}".lstrip(".")
        found |= {path} | dotted_paths(value, path)
    return found


TYPES = ["u1", "i8", "i4", "<f4", ">f4", "f8", "f2", "?", "c8", "S3", "U2", "M8[s]", "f16", "u8"]


@st.composite
def arrays(draw: st.DrawFn) -> bytes:
    """An .npz that may be what it should, or nearly."""
    examples, features = draw(st.sampled_from((2, 2, 2, 3, 6, 1))), draw(st.sampled_from((2, 3, 1, 0)))
    x_shape = draw(st.sampled_from([(features,)] * 5 + [(features, features), (2, 2, 3), (), (1, 2, 3, 4)]))
    own: dict[str, Any] = {}
    for part in ("train", "test"):
        dtype = draw(st.sampled_from(["f4", "f8", "u1"] * 10 + TYPES))
        numbers = draw(st.sampled_from([0, 1, 0.5, 200, 255] * 3 + [1e38, 1e300, -1, np.nan, np.inf]))
        with np.errstate(all="ignore"):
            own[f"x_{part}"] = np.full((examples, *x_shape), 1, "f8").astype(dtype)
            if own[f"x_{part}"].size and own[f"x_{part}"].dtype.kind in "f":
                own[f"x_{part}"].flat[0] = numbers
        own[f"y_{part}"] = np.arange(examples).astype(draw(st.sampled_from(["i8", "u1"] * 12 + TYPES)))
        if draw(st.integers(0, 9)) == 9:
            own[f"y_{part}"] = np.eye(examples)
    if draw(st.integers(0, 9)) == 9:
        own.pop(draw(st.sampled_from(sorted(own))))
    stream = io.BytesIO()
    (np.savez if draw(st.booleans()) else np.savez_compressed)(stream, allow_pickle=False, **own)
    data = bytearray(stream.getvalue())
    if draw(st.integers(0, 2)) == 2:
        # Shares of the file: NumPy leaves the unused bytes of a float128 as they were, so that a compressed file has
        # another length the next time, and what is drawn must not depend on it.
        for share in draw(st.lists(st.integers(0, 2**16 - 1), min_size=1, max_size=3)):
            data[share * len(data) >> 16] = draw(st.integers(0, 255))
    return bytes(data)

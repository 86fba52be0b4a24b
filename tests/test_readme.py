"""What the README says can be done."""

import re
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_python_example_trains(any_op_order: None) -> None:
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert code
    names: dict[str, object] = {}
    exec(code[1], names)  # noqa: S102
    model = names["model"]
    x, y = np.zeros((6, 784), np.float32), np.arange(6)
    history = model.fit(x, y, verbose=0).history  # type: ignore[attr-defined]
    assert np.sum(history["confusion_matrix"]) == 6


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    configs = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "configs").glob("*.yaml")}
    experiments = {*configs, *(f"sweep-{name}" for name, text in configs.items() if "\nsweep:" in text)}
    for target in re.findall(r"^make ([a-z0-9_-]+)", TEXT, re.MULTILINE) + re.findall(r"`make ([a-z0-9_-]+)`", TEXT):
        assert target in experiments or re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_file_it_links_exists() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert link.startswith("http") or (ROOT / link).exists(), link

"""Ledgers and configs of another version of the program: they state no number, so each unknown key must be told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from experiments.ledger.loading import load_ledgers
from experiments.loading import load_experiment
from experiments.problems import ConfigError
from tests.experiments.conftest import IRIS
from tests.ledger.conftest import EXPERIMENT, LEDGER

Property = Callable[[str, object], None]

LEDGERS = {
    "of the ledger, renamed": (("claims:\n", "claim:\n"), "{file}:4: claim: unknown key; did you mean 'claims'?"),
    "of the ledger, new": (("author: Me\n", "author: Me\nformat: 2\n"), "{file}:4: format: unknown key"),
    "of the ledger, missing": (("author: Me\n", ""), "author: missing; expected text"),
    "of a claim, renamed": (("  heading: Hinge", "  headings: Hinge"), "{file}:6: claims[0].headings: unknown key;"),
    "of a claim, new": (("  kind: number", "  slide: 3\n    kind: number"), "{file}:7: claims[0].slide: unknown key"),
    "of a claim, missing": (("    claim: The frog's loss is 10.9.\n", ""), "claims[0].claim: missing; expected text"),
    "of a check, renamed": (("with: {scores", "inputs: {scores"), "{file}:13: claims[0].check.inputs: unknown key"),
    "of a check, new": (("quantity: accuracy}", "quantity: accuracy, of: best}"), "claims[1].check.of: unknown key"),
    "kind of claim, gone": (("kind: statement", "kind: sentence"), "kind: expected one of number, table"),
}  # fmt: skip


@pytest.mark.parametrize("key", LEDGERS)
def test_a_ledger_of_another_form_is_told_by_its_keys(key: str, tmp_path: Path, record_property: Property) -> None:
    (old, new), message = LEDGERS[key]
    assert old in LEDGER
    (tmp_path / "flowers.yaml").write_text(EXPERIMENT, encoding="utf-8")
    path = tmp_path / "mine.yml"
    path.write_text(LEDGER.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_ledgers([path], tmp_path)
    told = str(caught.value)
    record_property("fault", ["ledger or config of another version", 1, int(message.format(file=path) in told), None])
    assert message.format(file=path) in told


CONFIGS = {
    "renamed": (("optimizer:", "optimiser:"), "{file}:11: optimiser: unknown key; did you mean 'optimizer'?"),
    "moved": (("seeds: 2", "seeds: 2\nepochs: 3"), "{file}:14: epochs: unknown key"),
    "new": (("title: A perceptron\n", "title: A perceptron\nformat: 2\n"), "{file}:2: format: unknown key"),
}


@pytest.mark.parametrize("key", CONFIGS)
def test_a_config_of_another_form_is_told_by_its_keys(key: str, tmp_path: Path, record_property: Property) -> None:
    (old, new), message = CONFIGS[key]
    path = tmp_path / "example.yaml"
    path.write_text(IRIS.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_experiment(path)
    told = str(caught.value)
    record_property("fault", ["ledger or config of another version", 1, int(message.format(file=path) in told), None])
    assert message.format(file=path) in told

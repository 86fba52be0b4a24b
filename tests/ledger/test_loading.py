"""Ledgers: what is accepted, and how a slip is told: file, line, all of them at once."""

from pathlib import Path

import pytest

from experiments.ledger.loading import find_claim, load_ledgers
from experiments.problems import ConfigError
from tests.ledger.conftest import Write


def problems(path: Path, configs: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_ledgers([path], configs)
    return [str(problem) for problem in caught.value.problems]


def test_a_ledger_from_anywhere_is_read(write_ledger: Write, configs: Path) -> None:
    (loaded,) = load_ledgers([write_ledger()], configs)
    assert [claim.id for claim in loaded.ledger.claims] == ["L-1", "L-2", "L-4", "L-5", "L-6"]
    assert find_claim([loaded], "l-4")[1].heading == "Learning rate"
    assert list(loaded.experiments) == ["flowers"]


MISTAKES = {
    "unknown worked example": (("svm_loss.hinge_terms", "svm_loss.hinge_term"), 12, "did you mean 'svm_loss.hinge"),
    "unknown input": (("margin: 1.0", "marign: 1.0"), 13, "takes no marign"),
    "missing input": (("scores: [2.2, 2.5, -3.1], ", ""), 13, "needs scores"),
    "bare float": (("{loss: '10.9'}", "{loss: 10.9}"), 5, "printed precision is missing"),
    "wrong kind": (("kind: number", "kind: nmber"), 7, "did you mean 'number'"),
    "duplicate id": (("id: L-2", "id: L-1"), 16, "duplicate id L-1; first on line 5"),
    "out of order": (("id: L-4", "id: L-1"), 24, "duplicate id L-1"),
    "going down": (("id: L-5", "id: L-3"), 29, "expected an id after L-4, got L-3"),
    "another letter": (("id: L-5", "id: K-5"), 29, "expected an id after L-4, got K-5"),
    "unknown experiment": (("experiment: flowers, quantity", "experiment: flower, quantity"), 21, "did you mean 'flow"),
    "unknown variant": (("compare: [faster, base]", "compare: [fast, base]"), 28, "has no variant 'fast'"),
    "unknown quantity": (("quantity: accuracy}", "quantity: acuracy}"), 21, "did you mean 'accuracy'"),
    "unknown history column": (("{history: loss, at: 3}", "{history: los, at: 3}"), 28, "expected one of loss"),
    "no reading": (("{history: loss, at: 3}", "{history: loss}"), 28, "expected one of at, reaches, epoch_of"),
    "unknown key": (("expect: less", "expects: less"), 28, "did you mean 'expect'"),
    "unknown check": (("{external: a fact of history}", "{externl: a fact of history}"), 33, "expected a check"),
    "figure that is not drawn": (("drawn: learning_curves", "drawn: confusion_matrix"), 38, "its figures are learning"),
    "no tolerance": (("    tolerance: '0.02'\n    tolerance_reason: two flowers of a hundred\n", ""), 16, "tolerance"),
    "trained list": (("{accuracy: '0.95'}", "{accuracy: ['0.94', '0.95']}"), 20, "got the list ['0.94', '0.95']"),
    "trained text": (("{accuracy: '0.95'}", "{accuracy: high}"), 20, "printed.accuracy: expected a numeral to hold a"),
    "trained truth": (("{accuracy: '0.95'}", "{accuracy: true}"), 20, "expected a numeral"),
    "tolerance without reason": (("    tolerance_reason: two flowers of a hundred\n", ""), 16, "tolerance_reason"),
    "explanation without error": (("    error: value\n", ""), 5, "error and explanation go together"),
    "not a mapping": (("check: {external: a fact of history}", "check: external"), 33, "expected a check"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_slip_is_told_with_file_and_line(name: str, write_ledger: Write, configs: Path) -> None:
    change, line, words = MISTAKES[name]
    path = write_ledger(change)
    found = problems(path, configs)
    assert any(f"mine.yaml:{line}:" in problem and words in problem for problem in found), found


def test_all_slips_are_told_at_once(write_ledger: Write, configs: Path) -> None:
    path = write_ledger(
        ("svm_loss.hinge_terms", "svm_loss.no"), ("quantity: accuracy}", "quantity: no}"), ("L-6", "L-2")
    )
    assert len(problems(path, configs)) == 3


def test_beside_a_worked_check_each_trained_value_needs_a_numeral(write_ledger: Write, configs: Path) -> None:
    check = "{experiment: flowers, quantity: accuracy}"
    worked = "{worked: svm_loss.hinge_terms, with: {scores: [2.2, 2.5, -3.1], label: 2, margin: 1.0}}"
    both = (f"check: {check}", f"check: [{worked}, {check}]")
    printed = ("{accuracy: '0.95'}", "{loss: yes, accuracy: high}")
    (told,) = problems(write_ledger(both, printed), configs)
    assert "mine.yaml:20:" in told
    assert told.endswith("expected a numeral for each of 1 trained values, got 0")
    load_ledgers([write_ledger(both, ("{accuracy: '0.95'}", "{loss: yes, accuracy: '0.95'}"))], configs)


def test_a_slip_of_form_hides_no_slip_of_reference(write_ledger: Write, configs: Path) -> None:
    path = write_ledger(("kind: statement", "kind: statment"), ("quantity: accuracy}", "quantity: no}"), ("L-6", "L-2"))
    told = "\n".join(problems(path, configs))
    assert "did you mean 'statement'" in told
    assert "no trial has the quantity 'no'" in told
    assert "duplicate id L-2; first on line 16" in told


def test_a_claim_of_two_ledgers_is_refused(write_ledger: Write, configs: Path, tmp_path: Path) -> None:
    first = write_ledger()
    second = tmp_path / "other.yaml"
    second.write_text(first.read_text(), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"L-1: also a claim of mine\.yaml"):
        load_ledgers([first, second], configs)


def test_worked_names_cannot_reach_outside_the_package(write_ledger: Write, configs: Path) -> None:
    for name in ("os.system", "finding.Finding", "svm_loss.np", "svm_loss._terms"):
        assert problems(write_ledger(("svm_loss.hinge_terms", name)), configs), name

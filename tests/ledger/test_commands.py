"""The commands check, explain and errata, with a ledger outside the project's folder."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.problems import ConfigError
from tests.ledger.conftest import Write


@pytest.fixture
def run(configs: Path, results: Path):  # type: ignore[no-untyped-def]
    """Call the command line on the test's folders."""

    def call(*words: str):  # type: ignore[no-untyped-def]
        return CliRunner().invoke(app, [*words, "--configs", str(configs), "--results", str(results)])

    return call


def test_check_prints_json_of_every_claim(run, write_ledger: Write) -> None:  # type: ignore[no-untyped-def]
    done = run("check", str(write_ledger()), "--json")
    assert done.exit_code == 0
    rows = json.loads(done.stdout)
    assert [row["verdict"] for row in rows] == ["erratum", "reproduced", "reproduced", "external", "figure"]
    assert {"id", "verdict", "kind", "printed", "computed", "explanation"} <= set(rows[0])


def test_a_verdict_that_departs_from_the_accepted_one_fails_the_check(
    run,
    write_ledger: Write,
    results: Path,  # type: ignore[no-untyped-def]
) -> None:
    path = str(write_ledger())
    assert run("check", path, "--accept").exit_code == 0
    accepted = (results / "ledger" / "mine.csv").read_text()
    assert "L-1,number,erratum,value" in accepted
    assert run("check", path).exit_code == 0
    write_ledger(("{loss: '10.9'}", "{loss: '12.9'}"))
    done = run("check", path)
    assert done.exit_code == 1
    assert "L-1: the accepted verdict is erratum, now it is confirmed" in done.stderr
    assert (results / "ledger" / "mine.csv").read_text() == accepted


def test_what_cannot_be_checked_fails_the_check(run, write_ledger: Write, results: Path) -> None:  # type: ignore[no-untyped-def]
    path = str(write_ledger())
    (results / "flowers" / "trials.csv").unlink()
    done = run("check", path)
    assert done.exit_code == 1
    assert "L-2: no results of flowers; relecture run flowers" in done.stderr


def test_nothing_is_accepted_while_a_claim_is_unchecked(run, write_ledger: Write, results: Path) -> None:  # type: ignore[no-untyped-def]
    path = str(write_ledger())
    trials = results / "flowers" / "trials.csv"
    text = trials.read_text()
    trials.unlink()
    done = run("check", path, "--accept")
    assert isinstance(done.exception, ConfigError)
    assert str(done.exception) == (
        "command line: --accept: nothing is accepted while 3 claims are unchecked, "
        "first L-2: no results of flowers; relecture run flowers"
    )
    assert not (results / "ledger").exists()
    trials.write_text(text)
    assert run("check", path, "--accept").exit_code == 0


def test_a_lecture_of_the_folder_is_found_by_name_and_a_claim_by_id(
    run,
    write_ledger: Write,
    configs: Path,  # type: ignore[no-untyped-def]
) -> None:
    (configs / "lectures").mkdir()
    shutil.move(write_ledger(), configs / "lectures" / "mine.yaml")
    assert [row["id"] for row in json.loads(run("check", "mine", "--json").stdout)] == [
        "L-1",
        "L-2",
        "L-4",
        "L-5",
        "L-6",
    ]
    assert [row["id"] for row in json.loads(run("check", "L-4", "L-1", "--json").stdout)] == ["L-1", "L-4"]
    assert "verdict  erratum (value)" in run("explain", "l-1").stdout


def test_a_file_beside_a_claim_only_says_where_to_look(run, write_ledger: Write) -> None:  # type: ignore[no-untyped-def]
    path = str(write_ledger())
    assert [row["id"] for row in json.loads(run("explain", "L-2", path, "--json").stdout)] == ["L-2"]
    assert len(json.loads(run("explain", path, "--json").stdout)) == 5


def test_only_takes_verdicts(run, write_ledger: Write) -> None:  # type: ignore[no-untyped-def]
    done = run("check", str(write_ledger()), "--only", "erratm")
    assert done.exit_code != 0
    assert "did you mean 'erratum'" in str(done.exception)


@pytest.mark.parametrize(("word", "hint"), [("mien", "did you mean 'mine'"), ("L-7", "no such claim")])
def test_an_unknown_word_is_refused_with_the_nearest(
    word: str, hint: str, run, write_ledger: Write, configs: Path
) -> None:  # type: ignore[no-untyped-def]
    (configs / "lectures").mkdir()
    shutil.move(write_ledger(), configs / "lectures" / "mine.yaml")
    done = run("check", word)
    assert done.exit_code != 0
    assert hint in str(done.exception)


def test_errata_go_to_a_file(run, write_ledger: Write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    page = tmp_path / "errata.md"
    assert run("errata", str(write_ledger()), "--out", str(page)).exit_code == 0
    assert "**L-1**" in page.read_text()


def test_errata_print_json(run, write_ledger: Write, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """The claims of the list alone, as `check --json` prints them."""
    path = str(write_ledger())
    rows = json.loads(run("errata", path, "--json").stdout)
    assert [(row["id"], row["verdict"]) for row in rows] == [("L-1", "erratum")]
    assert rows[0] in json.loads(run("check", path, "--json").stdout)
    refused = run("errata", path, "--json", "--out", str(tmp_path / "errata.md"))
    assert isinstance(refused.exception, ConfigError)
    assert not (tmp_path / "errata.md").exists()


@pytest.mark.parametrize("name", [".", ".."])
def test_errata_refuse_a_folder(run, name: str, tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.parent.rglob("*"))
    done = run("errata", "--out", name)
    assert isinstance(done.exception, ConfigError)
    assert str(done.exception) == f"command line: --out: {name} is a folder; expected the name of a file"
    assert sorted(tmp_path.parent.rglob("*")) == before

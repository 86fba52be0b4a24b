"""A report replaces an older one as a whole or not at all, and nothing that is no report."""

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.problems import ConfigError
from experiments.report import building, printing
from tests.report.conftest import Project


def test_a_new_report_replaces_the_old_one_as_a_whole(project: Project) -> None:
    project.build()
    (project.report / "experiment-gone.html").write_text("stale")
    project.build()
    assert not (project.report / "experiment-gone.html").exists()
    assert [path.name for path in project.results.iterdir() if path.name.startswith(".")] == []


def test_a_wrong_ledger_leaves_the_old_report_alone(project: Project) -> None:
    project.build()
    before = project.page("index.html")
    project.change("kind: number", "kind: numbr", "lectures/pinar.yaml")
    with pytest.raises(ConfigError, match="numbr"):
        project.build()
    assert project.page("index.html") == before
    assert [path.name for path in project.results.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_is_no_report_is_left_alone(project: Project) -> None:
    project.report.mkdir()
    (project.report / "thesis.tex").write_text("years of work")
    call = ["report", "--configs", str(project.configs), "--results", str(project.results), "--out"]
    done = CliRunner().invoke(app, [*call, str(project.report)])
    assert isinstance(done.exception, ConfigError)
    assert "holds other things than a report" in str(done.exception)
    assert [path.name for path in project.report.iterdir()] == ["thesis.tex"]


def test_a_file_is_no_folder_for_a_report(project: Project) -> None:
    project.report.write_text("years of work")
    with pytest.raises(ConfigError, match="is a file; expected a folder"):
        project.build()
    assert project.report.read_text() == "years of work"


@pytest.mark.parametrize("name", [".", "", "../report"])
def test_the_folder_one_is_in_is_not_replaced(project: Project, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    project.build()
    before = project.page("index.html")
    monkeypatch.chdir(project.report)
    call = ["report", "--configs", str(project.configs), "--results", str(project.results), "--out", name]
    done = CliRunner().invoke(app, call)
    assert isinstance(done.exception, ConfigError)
    assert "is the folder you are in, which a report would replace" in str(done.exception)
    assert project.page("index.html") == before


def test_a_report_that_is_interrupted_leaves_the_old_one(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    project.build()
    before = project.page("index.html")
    monkeypatch.setattr(building, "markdown", interrupt)
    with pytest.raises(KeyboardInterrupt):
        project.build()
    assert project.page("index.html") == before
    assert [path.name for path in project.results.iterdir() if path.name.startswith(".")] == []


def test_without_a_browser_the_command_says_why_there_is_no_pdf(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "BROWSERS", ("no-such-browser",))
    call = ["report", "--configs", str(project.configs), "--results", str(project.results)]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0
    assert "6 pages, 4 claims" in done.stdout
    assert "no report.pdf: no browser to print with; any of no-such-browser would do" in " ".join(done.stdout.split())
    assert not (project.report / "report.pdf").exists()


def test_a_browser_that_prints_nothing_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "BROWSERS", ("true",))
    assert project.build(pdf=True).no_pdf == "true wrote no PDF"
    assert not (project.report / "print.html").exists()

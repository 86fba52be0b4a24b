"""Run folders that time, other versions, broken disks and other processes have been at."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from experiments import runner
from experiments.loading import load_experiment
from experiments.planning import Places, plan_trials
from experiments.problems import RecordError
from experiments.progress import BarProgress
from experiments.records import Record, find_record, remove_unfinished, require_writable, write_record
from experiments.runner import run_experiment
from tests.experiments.conftest import WriteConfig
from tests.faults.at_every_call import NOBODY
from tests.faults.writers import DONE, tree

Property = Callable[[str, object], None]
DECADES = 20 * 365 * 86_400
ROOT = Path(__file__).parents[2]


@pytest.fixture
def records(write_config: WriteConfig, tmp_path: Path) -> list[Record]:
    """Two finished trials of a small config."""
    trials = plan_trials(load_experiment(write_config()))
    return [write_record(tmp_path / "results", trial, DONE) for trial in trials]


def read_everything(record: Record, results: Path) -> None:
    again = find_record(results, record.trial)
    assert again is not None
    assert len(again.history) == 2
    assert again.confusion.sum() == 100
    assert len(again.predictions.y_true) == 100
    assert len(again.decision_grid["x1"]) == 9
    assert len(again.snapshots["at"]) == 2


@pytest.mark.parametrize("how", ["cut", "emptied", "altered", "gone"])
@pytest.mark.parametrize(
    "name",
    ["environment.json", "scores.json", "history.csv", "confusion_matrix.csv", "predictions.npz", "decision_grid.npz",
     "snapshots.npz"],
)  # fmt: skip
def test_a_file_that_a_broken_disk_spoilt_is_named(
    name: str, how: str, records: list[Record], tmp_path: Path, record_property: Property
) -> None:
    path, other = records[0].path / name, tree(records[1].path)
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": content[:5], "emptied": b"", "altered": b"\xff\xfe" + content[::-1]}[how])
    with pytest.raises(RecordError, match="delete the folder to train it again") as caught:
        read_everything(records[0], tmp_path / "results")
    named = str(records[0].path) in str(caught.value)
    read_everything(records[1], tmp_path / "results")
    lost = int(tree(records[1].path) != other)
    record_property("fault", ["finished record damaged by other hands", 1, int(named), lost])
    assert named
    assert lost == 0


@pytest.mark.parametrize("stated", [0, 2, 99, None, "1", "absent"])
def test_a_record_of_another_format_is_refused_by_its_number(
    stated: object, records: list[Record], tmp_path: Path, record_property: Property
) -> None:
    path = records[0].path / "environment.json"
    about = json.loads(path.read_text())
    assert about["format"] == 1
    about["format"] = stated
    if stated == "absent":
        del about["format"]
    path.write_text(json.dumps(about))
    before = [tree(record.path) for record in records]
    with pytest.raises(RecordError, match=r"expected a record of format 1, got .*another version of relecture"):
        find_record(tmp_path / "results", records[0].trial)
    assert find_record(tmp_path / "results", records[1].trial) is not None
    lost = sum(tree(record.path) != files for record, files in zip(records, before, strict=True))
    record_property("fault", ["record of another version of the program", 1, 1, lost])
    assert lost == 0


class TestClock:
    @pytest.mark.parametrize("moved", [-DECADES, DECADES])
    def test_finished_is_finished_whatever_the_time(
        self, moved: int, records: list[Record], tmp_path: Path, record_property: Property
    ) -> None:
        then = time.time() + moved
        results = tmp_path / "results"
        for path in results.rglob("*"):
            os.utime(path, (then, then))
        before = tree(results)
        remove_unfinished(results, "example")
        lost = sum(tree(results).get(name) != content for name, content in before.items())
        for record in records:
            read_everything(record, results)
        record_property("fault", ["clock moved by twenty years between runs", 2, 2, lost])
        assert lost == 0

    @pytest.mark.parametrize("now", [0.0, -1e6, 4e9, 1e11])
    def test_a_record_is_written_whatever_the_time(
        self,
        now: float,
        write_config: WriteConfig,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        record_property: Property,
    ) -> None:
        trial = plan_trials(load_experiment(write_config()))[0]
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda: now)  # a board without a clock battery starts in 1970
            record = write_record(tmp_path / "results", trial, DONE)
        read_everything(record, tmp_path / "results")
        record_property("fault", ["clock far off while a record is written", 1, 1, None])

    def test_what_another_machine_is_writing_stays_for_a_day(self, records: list[Record], tmp_path: Path) -> None:
        folder = records[0].path.with_name(".writing-elsewhere-1-ab")
        folder.mkdir()
        assert remove_unfinished(tmp_path / "results", "example") == 0
        for moved, removed in ((DECADES, 0), (-2 * 86_400, 1)):  # a future date is a clock's error, not great age
            os.utime(folder, (time.time() + moved, time.time() + moved))
            assert remove_unfinished(tmp_path / "results", "example") == removed


def test_whoever_finishes_a_trial_second_leaves_the_first_ones_record(records: list[Record], tmp_path: Path) -> None:
    before = tree(records[0].path)
    again = write_record(tmp_path / "results", records[0].trial, DONE)
    assert again.path == records[0].path
    assert tree(again.path) == before
    assert not list((tmp_path / "results").rglob(".writing-*"))


class TestUnwritable:
    """Found before the first training, not after it."""

    def test_a_file_in_place_of_the_folder(
        self, write_config: WriteConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Property
    ) -> None:
        monkeypatch.setattr(runner, "_open_workshop", lambda *args: pytest.fail("it began to train"))
        (tmp_path / "results").write_text("I am a file")
        experiment = load_experiment(write_config())
        with pytest.raises(RecordError, match=r"cannot write to .*results"):
            run_experiment(
                experiment, Places(tmp_path / "results", tmp_path / "cache"), BarProgress(Console(quiet=True))
            )
        record_property("fault", ["results folder that cannot be written, before training", 1, 1, None])

    def test_a_folder_without_permission(self) -> None:
        code = (
            "import os, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
            "from experiments.loading import load_experiment\n"
            "from experiments.problems import RecordError\n"
            "from experiments.records import require_writable\n"
            "from experiments.planning import plan_trials\n"
            "trial = plan_trials(load_experiment(Path(sys.argv[1]) / 'configs' / 'moons.yaml'))[0]\n"
            f"os.geteuid() or os.setuid({NOBODY})\n"
            "try:\n    require_writable(Path(sys.argv[2]), trial)\n"
            "except RecordError as error:\n    print(error)\n"
        )
        with tempfile.TemporaryDirectory() as name:  # not under tmp_path, whose parents are closed to other users
            Path(name).chmod(0o755)
            closed = Path(name) / "results"
            closed.mkdir(mode=0o555)
            done = subprocess.run(
                [sys.executable, "-c", code, str(ROOT), str(closed)], capture_output=True, text=True, timeout=60
            )
            assert done.stdout == f"cannot write to {closed}/moons/runs/base: Permission denied\n", done.stderr
            assert not list(closed.iterdir())

    def test_trying_leaves_no_folder_where_there_was_none(self, write_config: WriteConfig, tmp_path: Path) -> None:
        trial = plan_trials(load_experiment(write_config()))[0]
        require_writable(tmp_path / "results", trial)
        assert [path.name for path in tmp_path.iterdir()] == ["example.yaml"]
        trial.folder(tmp_path / "results").mkdir(parents=True)
        before = sorted(tmp_path.rglob("*"))
        require_writable(tmp_path / "results", trial)
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_link_that_leads_nowhere_in_place_of_the_folder(
        self, write_config: WriteConfig, tmp_path: Path, record_property: Property
    ) -> None:
        trial = plan_trials(load_experiment(write_config()))[0]
        (tmp_path / "results").symlink_to("gone")
        with pytest.raises(RecordError, match=r"cannot write to .*results"):
            require_writable(tmp_path / "results", trial)
        record_property("fault", ["results folder that cannot be written, before training", 1, 1, None])


def test_a_failed_attempt_is_never_removed_in_place(
    records: list[Record], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = records[0].path / "scores.json"
    scores.write_text(scores.read_text().replace("completed", "failed"))
    removed: list[str] = []
    real = shutil.rmtree
    monkeypatch.setattr(shutil, "rmtree", lambda path, **how: (removed.append(Path(path).name), real(path, **how)))
    write_record(tmp_path / "results", records[0].trial, DONE)
    assert len(removed) == 1
    assert removed[0].startswith(".writing-")

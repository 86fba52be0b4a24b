"""The command line as a user meets it: its output, its exit codes, and what it leaves behind when refused."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.loading import load_experiment
from experiments.planning import plan_trials
from experiments.problems import ConfigError
from tests.experiments.conftest import IRIS, WriteConfig
from tests.experiments.test_loading import MISTAKES

ROOT = Path(__file__).parents[2]


def relecture(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, from any folder."""
    command = [sys.executable, "-c", "from experiments.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120)


def test_list_names_every_experiment_and_has_json() -> None:
    shown = relecture("list").stdout
    listed = json.loads(relecture("list", "--json").stdout)
    assert {row["name"] for row in listed} == {path.stem for path in (ROOT / "configs").glob("*.yaml")}
    for row in listed:
        assert row["name"] in shown


def test_validate_accepts_the_committed_configs() -> None:
    done = relecture("validate")
    assert done.returncode == 0
    assert done.stdout.endswith("configs are valid\n")


def test_commands_that_only_read_import_no_backend() -> None:
    code = (
        "import atexit, sys; from experiments.cli import main;"
        "heavy = {'tensorflow', 'keras', 'jax', 'matplotlib', 'pandas', 'sklearn', 'scipy', 'numpy'};"
        "atexit.register(lambda: print('loaded:', sorted(heavy & set(sys.modules))));"
        "main()"
    )
    for command in ("list", "validate"):
        done = subprocess.run([sys.executable, "-c", code, command], capture_output=True, text=True, cwd=ROOT)
        assert done.stdout.endswith("loaded: []\n"), done.stdout + done.stderr


BROKEN = ["unknown key", "wrong type", "duplicate key", "unknown dataset", "negative units", "wrong class count",
          "sweep over a key that does not exist"]  # fmt: skip


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_config_is_refused_and_nothing_is_written(
    mistake: str, write_config: WriteConfig, tmp_path: Path
) -> None:
    change, line, place, _ = MISTAKES[mistake]
    path = write_config(change)
    results = tmp_path / "results"
    done = relecture("run", str(path), "--results", str(results))
    assert done.returncode == 2
    assert f"example.yaml:{line}: {place}: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["example.yaml"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "no such file"), (b"", "an empty file"), (b"\xff\xfe\x00", "expected UTF-8")],
    ids=["missing", "empty", "binary"],
)
def test_a_file_that_is_no_config_is_refused(content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    if content is not None:
        path.write_bytes(content)
    done = relecture("run", str(path), "--results", str(tmp_path / "results"))
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (2, True, False)
    assert not (tmp_path / "results").exists()


def test_an_unknown_name_offers_the_nearest() -> None:
    done = relecture("run", "mnist_mpl")
    assert done.returncode == 2
    assert "did you mean 'mnist_mlp'?" in done.stderr


def test_run_needs_names_or_all() -> None:
    for words in (["run"], ["run", "--all", "mnist_mlp"]):
        done = relecture(*words)
        assert done.returncode == 2
        assert "expected either names of experiments or --all" in done.stderr


def test_a_config_from_elsewhere_may_not_overwrite_a_namesake(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config(name="iris_perceptron.yaml")
    done = relecture("run", str(path), "--results", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "whose results it would overwrite" in done.stderr
    assert relecture("run", "mnist_mlp", "mnist_mlp").returncode == 2


def test_data_that_cannot_be_had_stop_the_run(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from experiments.cli import main; main()", "run", "mnist_mlp_as_printed"]
    places = ["--results", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")]
    sources = {**os.environ, "RELECTURE_DATA_SOURCES": "keras", "KERAS_HOME": str(tmp_path)}
    done = subprocess.run([*command, *places], capture_output=True, text=True, cwd=ROOT, env=sources)
    assert done.returncode == 1
    assert "mnist" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-c", "from experiments.cli import main; main()", "run", "iris_perceptron"]
    words = ["training.epochs=100000", "--results", str(tmp_path / "out")]
    running = subprocess.Popen(
        [*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    assert running.stdout is not None
    assert "20 trials" in running.stdout.readline()
    time.sleep(8)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "the same command goes on from there" in errors
    assert "Traceback" not in errors
    assert not list((tmp_path / "out").rglob("scores.json"))


def test_an_unknown_backend_is_refused() -> None:
    command = [sys.executable, "-c", "from experiments.cli import main; main()", "run", "iris_perceptron"]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflo"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 2
    assert "did you mean 'tensorflow'?" in done.stderr


@pytest.mark.parametrize("number", ["0", "two", "-1", "1.5", ""])
@pytest.mark.parametrize("words", ["run iris_perceptron", "sweep learning_rates", "sweep learning_rates --dry-run"])
def test_a_number_of_threads_that_is_none_is_refused(words: str, number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELECTURE_THREADS", number)
    with pytest.raises(ConfigError, match=f"RELECTURE_THREADS: expected a positive integer, got '{number}'"):
        CliRunner().invoke(app, words.split(), catch_exceptions=False)


def test_threads_beyond_one_make_another_trial(write_config: WriteConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums are rounded otherwise: such a record is not to pass for the usual one."""
    path = write_config()
    ids = []
    for number in (None, "1", "2", "4"):
        if number is not None:
            monkeypatch.setenv("RELECTURE_THREADS", number)
        ids.append(plan_trials(load_experiment(path))[0].id)
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_run_from_another_folder_and_again(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config()
    words = ["run", str(path), "training.epochs=1", "--seeds", "1", "--results", str(tmp_path / "out")]
    first = relecture(*words, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "1 experiment, 1 trial trained now, 0 failed" in first.stdout
    start = time.perf_counter()
    again = relecture(*words, cwd=tmp_path)
    assert "1 experiment, 0 trials trained now, 0 failed" in again.stdout
    assert time.perf_counter() - start < 30


def test_two_fresh_processes_give_the_same_bits(write_config: WriteConfig, tmp_path: Path) -> None:
    path = write_config()
    for folder in ("one", "other"):
        assert relecture("run", str(path), "--results", str(tmp_path / folder)).returncode == 0
    records = sorted(p.parent.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("predictions.npz"))
    assert len(records) == 2
    for record in records:
        one, other = (np.load(tmp_path / folder / record / "predictions.npz")["outputs"] for folder in ("one", "other"))
        assert np.array_equal(one, other)
        histories = [pd.read_csv(tmp_path / folder / record / "history.csv") for folder in ("one", "other")]
        assert histories[0]["loss"].tolist() == histories[1]["loss"].tolist()


def test_a_failed_trial_gives_exit_code_1(write_config: WriteConfig, tmp_path: Path) -> None:
    changes = [("binary_crossentropy", "mean_squared_error"), ("activation: sigmoid", "activation: linear")]
    path = write_config(*changes, ("learning_rate: 0.1", "learning_rate: 1e30"))
    done = relecture("run", str(path), "--results", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "diverged: the loss left the finite numbers" in done.stderr


def test_show_prints_a_config_that_loads_again(tmp_path: Path) -> None:
    from experiments.loading import load_experiment

    done = relecture("show", "iris_perceptron", "--variant", "slide")
    path = tmp_path / "shown.yaml"
    path.write_text(done.stdout)
    assert load_experiment(path).spec.model.output.activation == "hard_sigmoid_slide"
    assert relecture("show", "iris_perceptron", "--variant", "sildes").returncode == 2


def test_compare_pairs_by_seed(write_config: WriteConfig, tmp_path: Path) -> None:
    text = IRIS.replace("seeds: 2", "seeds: 8") + "variants: {longer: {training.epochs: 40}}\n"
    path, out = write_config(text=text), str(tmp_path / "out")
    assert relecture("compare", str(path), "--results", out).returncode == 2
    assert relecture("run", str(path), "--results", out).returncode == 0
    rows = json.loads(relecture("compare", str(path), "--results", out, "--score", "loss", "--json").stdout)
    assert [row["variant"] for row in rows] == ["base", "longer"]
    assert rows[0]["difference"] is None
    assert rows[1]["pairs"] == 8
    assert rows[1]["difference"] == pytest.approx(rows[1]["mean"] - rows[0]["mean"])
    assert rows[1]["high"] < 0
    refused = relecture("compare", str(path), "--results", out, "--score", "acuracy")
    assert (refused.returncode, "did you mean 'accuracy'?" in refused.stderr) == (2, True)

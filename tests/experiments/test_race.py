"""A race of the benchmark: who breaks is reported and left out, and nobody else's results are lost."""

from pathlib import Path

import pytest

from benchmarks.contest import race
from benchmarks.contest.networks import Network

NETWORK = Network("small", "mnist", {}, 32, 0.1, 0.9, epochs=1)

WORKER = """\
import json, os, signal, sys
name = sys.argv[sys.argv.index("--contender") + 1]
if name == "absent":
    sys.exit("no module named absent")
print(json.dumps({"ready": name}), flush=True)
for line in sys.stdin:
    seed = int(line)
    if name == "killed" and seed == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    print(json.dumps({"seed": seed, "name": name}), flush=True)
    if name == "gone" and seed == 1:
        sys.stderr.write("no room left")
        sys.stderr.flush()
        os._exit(1)
"""


@pytest.fixture
def _fake_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m benchmarks.contest.worker` finds this one, being started where it lies."""
    folder = tmp_path / "benchmarks" / "contest"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent):
        (package / "__init__.py").touch()
    (folder / "worker.py").write_text(WORKER)
    monkeypatch.setattr(race, "ROOT", tmp_path)


@pytest.mark.usefixtures("_fake_workers")
def test_a_contender_that_breaks_amid_the_race_costs_nobody_else_anything(tmp_path: Path) -> None:
    said: list[str] = []
    names = ["killed", "steady", "absent", "gone"]
    entries, peaks = race.race(NETWORK, names, cache=tmp_path, repeats=4, epochs=1, examples=None, say=said.append)
    assert [(entry.contender, [reply["seed"] for reply in entry.replies]) for entry in entries] == [
        ("steady", [0, 1, 2, 3])
    ]
    assert [peak["seed"] for peak in peaks] == [0, 1, 2, 3]
    told = "\n".join(said)
    assert "small: absent cannot be timed:\nno module named absent" in told
    assert "small: killed breaks in repeat 2 and is left out:\nits process was killed" in told
    assert "small: gone breaks in repeat 3 and is left out:\nno room left" in told

"""The built wheel, in an environment of its own, outside the checkout; and what it may install."""

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("experiments", "losses", "metrics")
USE = """
import numpy as np, keras, experiments, losses, metrics, sys
assert experiments.__file__.startswith(sys.prefix), experiments.__file__
loss = losses.FocalCrossentropy(gamma=0.0)(np.array([0]), np.array([[0.5, 0.5]], "float32"))
assert abs(float(loss) - 0.6931472) < 1e-6, loss
matrix = metrics.ConfusionMatrix(2)
matrix.update_state(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]], "float32"))
assert np.array_equal(matrix.result(), [[1, 0], [1, 1]]), matrix.result()
print("works")
"""


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)$", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    pinned = {distribution(name) for name in pins}
    groups = (project["dependencies"], *project["optional-dependencies"].values())
    wanted = [word for group in groups for word in group]
    names = {distribution(word) for word in wanted} - {"relecture"}
    assert names <= pinned
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        assert line.startswith("#") or "==" in line, f"not pinned: {line}"


WITH_ITS_BACKEND = "experiments/engines/scan.py"
"""Imported only where JAX is the backend."""


def third_party(path: Path) -> Iterator[tuple[str, bool]]:
    """Packages that a module imports, neither Python's nor ours, and whether they are imported with it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom():
                names = [str(node.module)]
            case _:
                continue
        for name in {name.split(".")[0] for name in names} - {*PACKAGES, *sys.stdlib_module_names}:
            yield name, node in tree.body and path != ROOT / WITH_ITS_BACKEND


def test_every_import_is_of_a_declared_dependency() -> None:
    """What another dependency happens to bring along may be gone with its next version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = {distribution(word) for word in project["dependencies"]}
    extras = {name: words for name, words in project["optional-dependencies"].items() if name != "dev"}
    allowed = required | {distribution(word) for words in extras.values() for word in words}
    known, found = packages_distributions(), 0
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for name, at_once in third_party(path):
            found += 1
            of = {distribution(one) for one in known.get(name, [name])}
            assert of & (required if at_once else allowed), f"{path}: {name} is no declared dependency"
    assert found > 300


def distribution(word: str) -> str:
    """The name of a distribution, as indexes compare them, out of a requirement such as `jax>=0.7`."""
    return re.split(r"[\[<>=!~ ]", word)[0].lower().replace("_", "-")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing is left in the checkout, and nothing old in `build` gets in."""
    pytest.importorskip("setuptools", minversion="77")
    source = tmp_path_factory.mktemp("source")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    built = tmp_path_factory.mktemp("built")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-q"]
    subprocess.run([*pip, "--wheel-dir", str(built), str(source)], check=True, capture_output=True, timeout=300)
    (path,) = built.glob("relecture-*.whl")
    return path


@pytest.mark.slow
def test_the_wheel_holds_every_module_and_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.split("/")[0] in PACKAGES}
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file())
    here = {str(path.relative_to(ROOT)) for path in files if path.suffix != ".pyc"}
    assert packed == here


@pytest.mark.slow
def test_the_wheel_works_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    where = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    # The packages that it needs are the tested ones, without the editable install of this checkout.
    (where / "tested.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "-q", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, timeout=300)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run([python, "-I", "-c", USE], capture_output=True, text=True, cwd=elsewhere, timeout=120)
    assert done.stdout == "works\n", done.stderr
    helped = subprocess.run([home / "bin" / "relecture", "--help"], capture_output=True, text=True, cwd=elsewhere)
    assert helped.returncode == 0
    assert "Re-run machine-learning lectures" in helped.stdout
    listed = subprocess.run([home / "bin" / "relecture", "list"], capture_output=True, text=True, cwd=elsewhere)
    assert (listed.returncode, "holds no configs" in listed.stderr) == (2, True)
    assert list(elsewhere.iterdir()) == []

"""Imports run one way, and what is slow to import stays where it is needed."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("experiments", "losses", "metrics")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
BACKENDS = {"tensorflow", "keras", "jax", "torch"}
MAY_IMPORT_KERAS = (
    "losses",
    "metrics",
    "experiments.backend",
    "experiments.callbacks",
    "experiments.activations",
    "experiments.models",
    "experiments.objectives",
    "experiments.engines",
    "experiments.training",
    "experiments.trial",
)


def imports_of(module: str, *, top_level_only: bool = False) -> set[str]:
    """The modules that a module imports, `from a import b` counted as `a` and `a.b`."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    if top_level_only:
        # What stands inside functions or `if TYPE_CHECKING` is not imported with the module.
        nodes = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    else:
        nodes = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"{module}: relative import"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def roots_of(module: str) -> set[str]:
    return {name.split(".")[0] for name in imports_of(module)}


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(place + ".") for place in places)


@pytest.mark.parametrize("module", MODULES)
def test_only_what_trains_imports_a_backend(module: str) -> None:
    if within(module, MAY_IMPORT_KERAS):
        return
    # A worked example about the library calls it, and imports it only then.
    only_on_import = within(module, ("experiments.worked",))
    roots = {name.split(".")[0] for name in imports_of(module, top_level_only=only_on_import)}
    assert not roots & BACKENDS


@pytest.mark.parametrize("module", [m for m in MODULES if within(m, ("losses", "metrics"))])
def test_losses_and_metrics_stand_alone(module: str) -> None:
    own = module.split(".")[0]
    known = {own, "keras", "numpy", "pandas"} if own == "metrics" else {own, "keras", "numpy"}
    import sys

    assert roots_of(module) <= known | set(sys.stdlib_module_names)


@pytest.mark.parametrize("module", MODULES)
def test_only_figures_import_matplotlib(module: str) -> None:
    if not within(module, ("experiments.figures",)):
        assert "matplotlib" not in roots_of(module)


def test_no_import_cycles() -> None:
    graph = {m: {i for i in imports_of(m, top_level_only=True) if i in MODULES and i != m} for m in MODULES}
    # A package's __init__ may re-export its own modules.
    graph = {m: {i for i in used if not m.startswith(i + ".")} for m, used in graph.items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module not in done:
            for used in sorted(graph[module]):
                visit(used, (*path, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def test_every_package_is_shipped() -> None:
    import tomllib

    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {".".join(p.parent.relative_to(ROOT).parts) for q in PACKAGES for p in (ROOT / q).rglob("__init__.py")}
    assert set(shipped) == found


def test_files_stay_readable() -> None:
    long = {m: n for m, path in MODULES.items() if (n := len(path.read_text().splitlines())) > 320}
    assert not long

"""Where configs, results and data lie: in the checkout, unless the command line says otherwise."""

from pathlib import Path

from experiments.problems import ConfigError, Problem, nearest


def project_root() -> Path:
    """The checkout this package runs from; the current folder where it was installed elsewhere."""
    checkout = Path(__file__).resolve().parents[1]
    return checkout if (checkout / "configs").is_dir() else Path.cwd()


def config_paths(folder: Path) -> list[Path]:
    """Every experiment's config, by name."""
    return sorted(folder.glob("*.yaml"))


def find_config(name: str, folder: Path) -> Path:
    """The config of an experiment, by name or by path.

    Raises:
        ConfigError: no experiment has that name; the nearest one is offered.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name:
        return Path(name)
    known = {path.stem: path for path in config_paths(folder)}
    if name in known:
        return known[name]
    hint = nearest(name, known) or f"; known are {', '.join(known)}" if known else f"; {folder} holds no configs"
    raise ConfigError([Problem("command line", None, name, f"no such experiment{hint}")])

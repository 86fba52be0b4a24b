"""Where configs, results and data lie: in the checkout, unless the command line says otherwise."""

import os
from collections.abc import Sequence
from pathlib import Path

from experiments.placing import place_file
from experiments.problems import ConfigError, Problem, nearest


def project_root() -> Path:
    """The checkout this package runs from; the current folder where it was installed elsewhere."""
    checkout = Path(__file__).resolve().parents[1]
    return checkout if (checkout / "configs").is_dir() else Path.cwd()


def config_paths(folder: Path) -> list[Path]:
    """Every experiment's config, by name."""
    return sorted(folder.glob("*.yaml"))


def some_configs(folder: Path) -> list[Path]:
    """Every experiment's config.

    Raises:
        ConfigError: the folder has none.
    """
    paths = config_paths(folder)
    if not paths:
        raise ConfigError([Problem(str(folder), None, "", "holds no configs")])
    return paths


def refuse_confusion(paths: Sequence[Path], folder: Path) -> None:
    """Results go by name: two configs of one name would overwrite each other's.

    Raises:
        ConfigError: a name given twice, or a config from elsewhere with the name of one in `folder`.
    """
    problems = []
    known = {path.stem: os.path.realpath(path) for path in config_paths(folder)}
    seen: set[str] = set()
    for path in paths:
        if path.stem in seen:
            problems.append(Problem("command line", None, path.stem, "named twice"))
        seen.add(path.stem)
        if known.get(path.stem, os.path.realpath(path)) != os.path.realpath(path):
            message = f"has the name of a config in {folder}, whose results it would overwrite; rename it"
            problems.append(Problem(str(path), None, "", message))
    if problems:
        raise ConfigError(problems)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        RecordError: the file cannot be written.
    """
    place_file(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def is_override(word: str) -> bool:
    """Whether a word of the command line is a change such as `training.epochs=3`; a config's path may hold a `=`."""
    before, equals, _ = word.partition("=")
    is_path = word.endswith((".yaml", ".yml")) and ("/" in before or Path(word).is_file())
    return bool(equals) and not is_path


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

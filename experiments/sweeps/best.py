"""The best point of a sweep as a config of its own, ready to run: `<experiment>_best.yaml`."""

import copy
import hashlib
import io
import os
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from experiments.changes import set_value, split_path
from experiments.documents import read_document
from experiments.paths import project_root
from experiments.sweeps.points import HOLD_OUT, Point, Sweep, describe

LEFT_OUT = ("lecture", "sweep", "variants", "labels", "extended", "may_diverge", "beside", "quick")
"""Keys that belong to the experiment that was searched, not to what was found."""


MOST_LETTERS = 64
"""Of an experiment's name."""


def best_name(sweep: Sweep) -> str:
    """The file's name. Its stem is the name of an experiment, which has results of its own, so it tells sweeps apart.

    Returns:
        `<experiment>_best.yaml`; of a sweep changed on the command line, with a hash of what was typed after it.
    """
    typed = hashlib.sha256("\n".join(sweep.words).encode()).hexdigest()[:8]
    ending = f"_best_{typed}" if sweep.words else "_best"
    return f"{sweep.experiment.name[: MOST_LETTERS - len(ending)]}{ending}.yaml"


def best_config(sweep: Sweep, point: Point, folder: Path, command: str) -> str:
    """The text of that file: the searched config with the point's settings in it.

    Args:
        sweep: what was swept.
        point: the best point.
        folder: where the file will lie; a data file's path is taken from there.
        command: what ran the sweep.
    """
    data: dict[str, Any] = copy.deepcopy(read_document(sweep.experiment.path).data)
    for change in sweep.changes:
        set_value(data, split_path(change.path), change.value)
    for path, value in point.settings.items():
        set_value(data, split_path(path), copy.deepcopy(value))
    for key in LEFT_OUT:
        data.pop(key, None)
    data["title"] = f"{data['title']}: best of a sweep"[:200]
    dataset = data["dataset"]
    if "path" in dataset and not Path(dataset["path"]).is_absolute():
        file = (sweep.experiment.path.parent / dataset["path"]).resolve()
        dataset["path"] = os.path.relpath(file, folder.resolve())
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 110
    text = io.StringIO()
    yaml.dump(data, text)
    root = project_root()
    schema = os.path.relpath(root / "configs" / "schema.json", folder.resolve())
    held_out = [f"# The searched config has no validation data of its own; {HOLD_OUT} was laid over it."]
    lines = [
        *([f"# yaml-language-server: $schema={schema}"] if folder.resolve().is_relative_to(root) else ()),
        f"# Point {point.number} of the sweep over {sweep.experiment.name}: {describe(point.settings)}.",
        f"# Chosen by the mean {sweep.metric} over {len(sweep.seeds)} seeds on validation data.",
        *(held_out if sweep.held_out else ()),
        f"# {command}",
    ]
    return "\n".join(lines) + "\n" + text.getvalue()

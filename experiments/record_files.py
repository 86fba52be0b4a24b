"""The files of a run folder, written for `records`, which says what they hold and has them appear all at once."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ruamel.yaml import YAML

from experiments.placing import sum_of

if TYPE_CHECKING:
    from experiments.records import Result, Trial

FORMAT = 1
PARTS = (
    "history.csv", "confusion_matrix.csv", "predictions.npz", "decision_grid.npz", "snapshots.npz", "model.keras",
)  # fmt: skip
"""Files whose sums environment.json holds: read late, and a shortened table could pass for a whole one."""


def write_files(folder: Path, trial: "Trial", result: "Result") -> None:
    """Write a trial's record into an empty folder; environment.json, with the sums of the others, comes last."""
    with (folder / "config.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(trial.spec.model_dump(mode="json", exclude_none=True), file)
    finite = {name: value if np.isfinite(value) else None for name, value in result.scores.items()}
    scores = {"outcome": result.outcome, "error": result.error, "class_names": result.class_names, "values": finite}
    _write_json(folder / "scores.json", scores)
    if result.traceback:
        (folder / "traceback.txt").write_text(result.traceback, encoding="utf-8")
    if result.history:
        history = pd.DataFrame(result.history)
        history.insert(0, "epoch", range(1, len(history) + 1))
        history.to_csv(folder / "history.csv", index=False)
    if result.confusion is not None:
        names = list(result.class_names)
        table = pd.DataFrame(result.confusion, index=pd.Index(names, name="true"), columns=names)
        table.to_csv(folder / "confusion_matrix.csv")
    if result.predictions is not None:
        guess = result.predictions
        np.savez_compressed(folder / "predictions.npz", y_true=guess.y_true, outputs=guess.outputs)
    if result.decision_grid is not None:
        grid = result.decision_grid
        np.savez_compressed(folder / "decision_grid.npz", allow_pickle=False, **grid)
    if result.snapshots is not None:
        np.savez_compressed(folder / "snapshots.npz", allow_pickle=False, **result.snapshots)
    if result.save_model is not None:
        result.save_model(folder / "model.keras")
    environment = {"format": FORMAT, "seed": trial.seed, "id": trial.id, **result.environment}
    sums = {name: sum_of(folder / name) for name in PARTS if (folder / name).exists()}
    _write_json(folder / "environment.json", {**environment, "files": sums})


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def contents(folder: Path) -> tuple[str, set[str]]:
    """A record's outcome, and the names of its scores and large files."""
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    return scores["outcome"], {*scores["values"], *(name for name in PARTS if (folder / name).exists())}

"""Networks published epoch by epoch: what the file says is what Keras computed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris

from experiments import epoch_models
from experiments.data.datasets import load_dataset
from experiments.evaluation import predicted_classes
from experiments.loading import load_experiment
from experiments.records import Record
from tests.experiments.conftest import IRIS
from tests.experiments.test_runner import run

SNAPSHOTS = ("epochs: 2, batch_size: 10", "epochs: 4, batch_size: 10, snapshots: [0, 1, 2, 4]")
VARIANTS = """\
variants:
  network: {model: {name: mlp, hidden: [6, 3], activation: relu, output: {units: 2, activation: softmax}},
            loss: {name: categorical_crossentropy}}
  tanh: {model: {name: mlp, hidden: [4], activation: tanh, output: {units: 1, activation: tanh}},
         loss: {name: quadratic_cost}, dataset.labels: signed}
  leaky: {model: {name: mlp, hidden: [4], activation: leaky_relu, output: {units: 1, activation: sigmoid}}}
  no_bias: {model.bias: false}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Record]]:
    """An experiment of five variants; its folder of results, and its records."""
    folder = tmp_path_factory.mktemp("epochs")
    (folder / "example.yaml").write_text(IRIS.replace(*SNAPSHOTS) + VARIANTS)
    return folder, list(run(folder / "example.yaml").records)


def published(folder: Path) -> dict[str, Any]:
    text = (folder / "results" / "example" / "epochs.json").read_text()
    assert len(text) < epoch_models.MOST_BYTES
    return json.loads(text)  # type: ignore[no-any-return]


def outputs_of(variant: dict[str, Any], number: int, x: np.ndarray) -> np.ndarray:
    weights = np.array(variant["weights"][number])
    return epoch_models.forward(weights, variant["units"], variant["activations"], x, bias=variant["bias"])


def test_variants_that_the_page_can_draw_are_published(trained: tuple[Path, list[Record]]) -> None:
    whole = published(trained[0])
    assert [v["name"] for v in whole["variants"]] == ["base", "network", "no_bias"]
    assert whole["left_out"] == ["tanh"]  # taught with -1 and +1, unlike the first
    assert (whole["seed"], whole["classes"], whole["signed"]) == (0, ["setosa", "versicolor"], False)
    assert [v["at"] for v in whole["variants"]] == [[0, 1, 2, 4]] * 3
    assert json.loads((trained[0] / "results" / "example" / "summary.json").read_text())["files"].count("epochs.json")


def test_outputs_and_classes_are_those_of_keras(trained: tuple[Path, list[Record]]) -> None:
    for variant in published(trained[0])["variants"]:
        record = next(r for r in trained[1] if r.trial.variant == variant["name"] and r.trial.seed == 0)
        kept = record.snapshots
        x1, x2 = np.meshgrid(kept["x1"].astype(float), kept["x2"].astype(float))
        plane = np.stack([x1.ravel(), x2.ravel()], axis=1)
        for number in range(4):
            ours, keras = outputs_of(variant, number, plane), kept["outputs"][number].astype(float)
            np.testing.assert_allclose(ours, keras, atol=2e-3)  # float16 there, five digits here
            sure = np.abs(keras[:, 0] - 0.5) > 2e-3
            assert sure.mean() > 0.3  # a softmax over dead units is at one half exactly
            np.testing.assert_array_equal(predicted_classes(ours)[sure], predicted_classes(keras)[sure])


def test_scores_are_the_records(trained: tuple[Path, list[Record]]) -> None:
    for variant in published(trained[0])["variants"]:
        record = next(r for r in trained[1] if r.trial.variant == variant["name"] and r.trial.seed == 0)
        assert variant["accuracy"][-1] == pytest.approx(record.scores["train_accuracy"], abs=1e-4)
        assert variant["test_accuracy"][-1] == pytest.approx(record.scores["accuracy"], abs=1e-4)
        assert variant["loss"][0] is None
        np.testing.assert_allclose(variant["loss"][1:], record.history["loss"][[0, 1, 3]], rtol=1e-4)


def test_points_lead_back_to_centimetres(trained: tuple[Path, list[Record]]) -> None:
    whole = published(trained[0])
    assert whole["features"] == ["sepal length (cm)", "sepal width (cm)"]
    variant = whole["variants"][0]
    points = np.array(variant["points"])
    own = points[:, :2] * variant["deviation"] + variant["mean"]
    flowers = load_iris()
    expected = flowers.data[flowers.target < 2][:, :2]
    np.testing.assert_allclose(own[:, :2], expected, atol=2e-3)
    np.testing.assert_array_equal(points[:, 2], flowers.target[flowers.target < 2])
    assert points[:, 0].min() > variant["range"][0][0]
    assert points[:, 0].max() < variant["range"][0][1]


def test_what_does_not_fit_is_named(trained: tuple[Path, list[Record]], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, records = trained
    experiment = load_experiment(folder / "example.yaml", ())
    one = len(json.dumps(published(folder)["variants"][0], separators=(",", ":")))
    monkeypatch.setattr(epoch_models, "MOST_BYTES", one + 600)

    def load(spec: Any) -> Any:
        return load_dataset(spec, folder, cache=folder / "cache")

    text = epoch_models.document(experiment.variants, records, load)
    assert text is not None
    assert len(text) <= one + 600
    whole = json.loads(text)
    assert [v["name"] for v in whole["variants"]] == ["base"]
    assert whole["left_out"] == ["network", "tanh", "no_bias"]


@pytest.mark.slow
def test_nothing_without_snapshots_and_the_file_goes_with_them(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    file = tmp_path / "results" / "example" / "epochs.json"
    path.write_text(IRIS.replace(*SNAPSHOTS).replace("seeds: 2", "seeds: 1"))
    run(path)
    assert file.exists()
    path.write_text(IRIS.replace("seeds: 2", "seeds: 1"))
    run(path)
    assert not file.exists()


@pytest.mark.slow
def test_snapshots_change_no_number(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(IRIS)
    plain = run(path).records[0]
    path.write_text(IRIS.replace("batch_size: 10", "batch_size: 10, snapshots: {every: 1}"))
    kept = run(path).records[0]
    assert plain.trial.id != kept.trial.id
    np.testing.assert_array_equal(plain.predictions.outputs, kept.predictions.outputs)


def test_a_wrong_number_of_weights_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 3 weights"):
        epoch_models.forward(np.zeros(4), [2, 1], ["relu"], np.zeros((1, 2)))

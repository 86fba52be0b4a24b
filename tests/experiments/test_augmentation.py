"""Flips and shifts of images."""

import numpy as np

from experiments.engines.feed import Feed
from experiments.engines.plain import Minibatches, augment
from experiments.spec.training import Augmentation


class TestAugmentation:
    images = np.arange(4 * 6 * 6 * 2, dtype=np.float32).reshape(4, 6, 6, 2)

    def test_flips_about_half_of_many(self) -> None:
        many = np.tile(np.arange(3, dtype=np.float32)[None, None, :, None], (400, 2, 1, 1))
        flipped = augment(many, Augmentation(horizontal_flip=True), np.random.default_rng(0))
        share = np.mean(flipped[:, 0, 0, 0] == 2)
        assert 0.4 < share < 0.6
        assert set(flipped[:, 0, 1, 0]) == {1.0}

    def test_shift_moves_each_image_whole(self) -> None:
        moved = augment(self.images, Augmentation(translate=2), np.random.default_rng(1))
        assert moved.shape == self.images.shape
        padded = np.pad(self.images, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="reflect")
        for image, source in zip(moved, padded, strict=True):
            places = [(i, j) for i in range(5) for j in range(5) if np.array_equal(source[i : i + 6, j : j + 6], image)]
            assert places

    def test_same_seed_same_images_each_epoch_others(self) -> None:
        x = np.random.default_rng(0).normal(size=(8, 6, 6, 1)).astype(np.float32)
        feed = Feed(x, np.zeros(8), None, None, 4, 2, shuffle=False, seed=3)
        how = Augmentation(horizontal_flip=True, translate=1)
        one, other = Minibatches(feed, how), Minibatches(feed, how)
        assert np.array_equal(one[0][0], other[0][0])
        one.start(1)
        assert not np.array_equal(one[0][0], other[0][0])

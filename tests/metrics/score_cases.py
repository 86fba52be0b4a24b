"""The lecture's tables, and random matrices, for the tests of scores."""

import math

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

BALANCED_1 = np.array([[10, 0, 0, 0], [0, 5, 3, 2], [0, 1, 8, 1], [0, 1, 0, 9]])
BALANCED_2 = np.array([[8, 2, 0, 0], [1, 7, 0, 2], [0, 0, 9, 1], [2, 3, 0, 5]])
EIGHTY = np.array([[9, 1, 0, 0], [1, 15, 3, 1], [5, 0, 24, 1], [0, 4, 1, 15]])
MODEL_1 = np.array([[100, 80, 10, 10], [0, 9, 0, 1], [0, 1, 8, 1], [0, 1, 0, 9]])
MODEL_2 = np.array([[198, 2, 0, 0], [7, 1, 0, 2], [0, 8, 1, 1], [2, 3, 4, 1]])
ABSENT = np.array([[3, 1, 0], [2, 4, 0], [0, 0, 0]])  # class 2 has no sample and is never predicted

counts = st.integers(2, 6).flatmap(
    # Few and small cells, so that absent classes are the rule.
    lambda k: arrays(np.int64, (k, k), elements=st.one_of(st.just(0), st.integers(0, 9)))
)
matrices = counts.filter(lambda C: C.any())
zero_divisions = st.sampled_from([0.0, 1.0, math.nan])

"""Which of many snapshots a figure shows."""

import pytest

from experiments.figures.decision_snapshots import _spread


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ([0, 200], [0, 200]),
        ([1, 20, 100, 600], [1, 20, 100, 600]),
        ([0, 1, 2, 3, 4, 10, 100], [0, 2, 4, 100]),
    ],
)
def test_first_and_last_are_shown_and_no_more_than_four(kept: list[int], shown: list[int]) -> None:
    assert _spread(kept) == shown

"""Tests here compile by `jit_compile=True`, whatever ran before them."""

import pytest


@pytest.fixture(autouse=True)
def _as_in_a_process_of_its_own(any_op_order: None) -> None:
    """Every test here."""

from itertools import product

import numpy as np
import pytest

from experiments.worked import boolean_functions
from experiments.worked.boolean_functions import CORNERS

OR_SLIDE = [-1, 1.1, 1.1]


def test_truth_tables_and_the_line_between():
    found = boolean_functions.truth_table("or", CORNERS, separable=True)
    assert found.values["output"] == [0, 1, 1, 1]
    assert found.holds is True
    found = boolean_functions.truth_table("xor", [[0, 0], [0, 1], [1, 1], [1, 0]], separable=False)
    assert found.values["output"] == [0, 1, 0, 1]
    assert found.holds is True
    assert boolean_functions.truth_table("xor", CORNERS, separable=True).holds is False
    assert boolean_functions.truth_table("or", CORNERS, separable=False).holds is False
    assert boolean_functions.truth_table("xor", [[0, 0], [0, 1], [1, 1]], separable=True).holds is True  # no fourth


def test_printed_rule_is_nor():
    found = boolean_functions.perceptron_rule(OR_SLIDE, at_or_above=0, below=1, function="or")
    assert found.values["outputs"] == [1, 0, 0, 0]
    assert found.holds is False
    right = boolean_functions.perceptron_rule(OR_SLIDE, at_or_above=1, below=0, function="or")
    assert right.values["sums"] == pytest.approx([-1, 0.1, 0.1, 1.2])
    assert right.values["outputs"] == [0, 1, 1, 1]
    assert right.holds is True
    assert boolean_functions.perceptron_rule(OR_SLIDE, 1, 0, "xor").holds is False


def test_strict_inequalities_lose_solutions():
    strict = boolean_functions.or_inequalities(">")
    assert strict.holds is False
    assert any("(-1, 1, 1)" in step for step in strict.steps)
    assert strict.values["solutions excluded"] > 0
    loose = boolean_functions.or_inequalities(">=")
    assert loose.holds is True
    assert loose.values["solutions excluded"] == 0


def test_or_line():
    found = boolean_functions.line_crossings(OR_SLIDE, "or")
    assert found.values["x1"] == found.values["x2"] == pytest.approx(10 / 11)
    assert found.holds is True
    assert boolean_functions.line_crossings([-2.5, 1.1, 1.1], "or").holds is False
    assert boolean_functions.line_crossings(OR_SLIDE, "xor").holds is False


def test_lines_shatter_three_points_and_no_four():
    lines = boolean_functions.shattering(degree=1, dimension=3)
    assert lines.values["three points"] == 8
    assert lines.values["four corners"] == 14  # all but XOR and its negation
    assert lines.values["triangle and inner point"] == 14  # all but the inner point alone, and all but it
    assert lines.holds is True
    assert boolean_functions.shattering(degree=2, dimension=3).holds is False  # conics shatter four
    assert boolean_functions.shattering(degree=1, dimension=4).holds is False


def test_perceptron_learns_what_is_separable():
    found = boolean_functions.perceptron_convergence()
    assert found.values["weights for OR"] == [-1, 1, 1]
    assert found.values["epochs for OR"] == 4
    assert found.values["errors for XOR"] == 4
    assert found.values["learned functions"] == found.values["separable functions"] == 14
    assert found.holds is True
    assert boolean_functions.perceptron_convergence(epochs=2).holds is False  # too early for OR


def test_hidden_layer_solves_xor():
    or_unit, nand_unit = [-0.5, 1, 1], [1.5, -1, -1]
    found = boolean_functions.xor_by_layers([or_unit, nand_unit], [-1.5, 1, 1])
    assert found.values["outputs"] == [0, 1, 1, 0]
    assert found.holds is True
    assert boolean_functions.xor_by_layers([or_unit, nand_unit], [-0.5, 1, 1]).holds is False  # output OR
    assert boolean_functions.xor_by_layers([or_unit], [-0.5, 1]).values["outputs"] == [0, 1, 1, 1]


def test_rising_activations_never_solve_xor_in_one_neuron():
    assert boolean_functions.single_neuron(["step", "sigmoid", "tanh", "relu"]).holds is True
    found = boolean_functions.single_neuron(["relu", "bump"])
    assert found.holds is False
    assert found.values["activations that solve XOR"] == ["bump"]
    shown = found.steps[-1]
    assert "w = (1, 1), b = -1" in shown
    assert "0.368, 1, 1, 0.368" in shown  # e^-1 at both ends


def test_dividing_line_really_divides():
    points = np.array(CORNERS, float)
    for labels in product((0, 1), repeat=4):
        line = boolean_functions._dividing_line(points, np.array(labels))
        if line is not None:
            assert ((line[0] + points @ line[1:] > 0) == np.array(labels, bool)).all()

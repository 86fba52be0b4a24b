"""Constructor arguments: which forms are read, and what is said of the others."""

import inspect

import keras
import numpy as np
import pytest
from keras import ops

import losses
from tests.losses.loss_menu import ALL, CLASS_LOSSES, COUNTS, batch_for, menu
from tests.losses.loss_testing import compiled


@menu({name: case for name, case in CLASS_LOSSES.items() if any(isinstance(v, list) for v in case[1].values())})
def test_vectors_of_another_length(cls, arguments):
    name = "class_counts" if "class_counts" in arguments else "alpha"
    with pytest.raises(ValueError, match=f"{name}: expected 3 .*, one a class, got 5"):
        cls(**arguments)([0], np.zeros((1, 3), "float32"))
    for bad in (
        [1, -1],
        [1, np.nan],
        [[1, 2]],
        [[1], [2, 3]],
        "abc",
        [1],
        ["1", "2"],
        [True, False],
        [1, None],
        {1: 2},
    ):
        with pytest.raises(ValueError, match=f"{name}: expected"):
            cls(**(arguments | {name: bad}))


@pytest.mark.parametrize(
    ("cls", "arguments", "message"),
    [
        (losses.FocalCrossentropy, {"gamma": -1}, r"gamma: expected a finite number >= 0, got -1"),
        (losses.FocalCrossentropy, {"gamma": np.nan}, r"gamma: expected a finite number >= 0, got nan"),
        (losses.FocalCrossentropy, {"gamma": True}, r"gamma: .*got True"),
        (losses.FocalCrossentropy, {"gamma": "2"}, r"gamma: .*got '2'"),
        (losses.FocalCrossentropy, {"label_smoothing": 1.5}, r"label_smoothing: .*>= 0 and <= 1, got 1.5"),
        (losses.FocalCrossentropy, {"alpha": -0.5}, r"alpha: expected a finite number >= 0, got -0.5"),
        (losses.FocalCrossentropy, {"axis": True}, r"axis: expected an integer, got True"),
        (losses.FocalCrossentropy, {"axis": 1.0}, r"axis: expected an integer, got 1.0"),
        (losses.FocalBinaryCrossentropy, {"gamma": -1}, r"gamma: expected a finite number >= 0, got -1"),
        (losses.FocalCrossentropy, {"gamma": None}, r"gamma: .*got None"),
        (losses.FocalCrossentropy, {"gamma": 10**400}, r"gamma: expected a finite number >= 0, got 1000"),
        (losses.FocalCrossentropy, {"gamma": np.array([2.0])}, r"gamma: .*got array\(\[2\.\]\)"),
        (losses.FocalCrossentropy, {"gamma": np.array(True)}, r"gamma: .*got array\(True\)"),
        (losses.FocalCrossentropy, {"alpha": True}, r"alpha: expected a finite number >= 0, got True"),
        (losses.FocalCrossentropy, {"alpha": np.array(-1.0)}, r"alpha: expected a finite number >= 0"),
        (losses.FocalBinaryCrossentropy, {"alpha": [1, 2, 3]}, r"alpha: expected the weight of class 1, or"),
        (losses.FocalBinaryCrossentropy, {"alpha": "a"}, r"alpha: expected"),
        (losses.BalancedBinaryCrossentropy, {"alpha": 1.5}, r"alpha: .*>= 0 and <= 1, got 1.5"),
        (losses.BalancedBinaryCrossentropy, {"label_smoothing": -0.1}, r"label_smoothing: .*got -0.1"),
        (losses.MulticlassHinge, {"margin": -1}, r"margin: expected a finite number >= 0, got -1"),
        (losses.LogitAdjustedCrossentropy, {"class_counts": COUNTS, "tau": -1}, r"tau: .*got -1"),
        (losses.LogitAdjustedCrossentropy, {"class_counts": [1, 0, 2]}, r"class_counts: .*got 0 for classes \[1\]"),
        (losses.LogitAdjustedCrossentropy, {"class_counts": [3]}, r"class_counts: expected a vector of two or more"),
        (losses.LDAM, {"class_counts": COUNTS, "scale": -1}, r"scale: .*got -1"),
        (losses.LDAM, {"class_counts": COUNTS, "max_margin": np.inf}, r"max_margin: .*got inf"),
    ],
)
def test_bad_constructor_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**arguments)


FLAGS = [
    (cls, arguments, name)
    for cls, arguments in {case[0]: case[1] for case in ALL.values()}.items()
    for name, parameter in inspect.signature(cls.__init__).parameters.items()
    if isinstance(parameter.default, bool)
]


@pytest.mark.parametrize(("cls", "arguments", "name"), FLAGS, ids=lambda x: getattr(x, "__name__", None))
def test_flags_are_true_or_false(cls, arguments, name):
    for bad in ("no", "False", 0, 1, None, 1.0, [], np.array(True), np.array([True])):
        with pytest.raises(ValueError, match=f"{name}: expected True or False, got"):
            cls(**(arguments | {name: bad}))
    for good in (True, False, np.True_, np.False_):
        assert cls(**(arguments | {name: good})).get_config()[name] is bool(good)


def test_every_flag_is_tested():
    assert {name for _, _, name in FLAGS} == {
        "apply_class_balancing", "average", "from_logits", "include_true_class", "squared",
    }  # fmt: skip


def test_flags_of_the_functions():
    rows = np.ones((1, 2), "float32")
    for function in (losses.focal_crossentropy, losses.balanced_crossentropy):
        with pytest.raises(ValueError, match="from_logits: expected True or False, got 'no'"):
            function([0], rows, from_logits="no")
    for function in (losses.focal_binary_crossentropy, losses.balanced_binary_crossentropy):
        with pytest.raises(ValueError, match="from_logits: expected True or False, got 'no'"):
            function(rows, rows, from_logits="no")
    with pytest.raises(ValueError, match="from_logits: expected True or False, got 1"):
        losses.logit_adjusted_crossentropy([0], rows, [1, 2], from_logits=1)
    with pytest.raises(ValueError, match="apply_class_balancing: expected True or False, got 'no'"):
        losses.focal_binary_crossentropy(rows, rows, "no")
    for name in ("squared", "average", "include_true_class"):
        with pytest.raises(ValueError, match=f"{name}: expected True or False, got 'no'"):
            losses.multiclass_hinge([0], rows, **{name: "no"})


SCALARS = {
    "int": 2,
    "float32": np.float32(2),
    "float16": np.float16(2),
    "int64": np.int64(2),
    "array": np.array(2.0),
    "int array": np.array(2, "uint8"),
    "tensor": ops.convert_to_tensor(2.0),
    "bfloat16 tensor": ops.cast(2.0, "bfloat16"),
    "variable": keras.Variable(2.0),
}


@pytest.mark.parametrize("two", SCALARS.values(), ids=SCALARS)
def test_a_number_in_any_form(two):
    for cls, name, more in [
        (losses.FocalCrossentropy, "gamma", {}),
        (losses.FocalCrossentropy, "alpha", {}),
        (losses.BalancedCrossentropy, "alpha", {}),
        (losses.FocalBinaryCrossentropy, "gamma", {}),
        (losses.MulticlassHinge, "margin", {}),
        (losses.LogitAdjustedCrossentropy, "tau", {"class_counts": COUNTS}),
        (losses.LDAM, "scale", {"class_counts": COUNTS}),
    ]:
        value = cls(**more, **{name: two}).get_config()[name]
        assert type(value) is float
        assert value == 2
    half = two / 4
    assert losses.BalancedBinaryCrossentropy(alpha=half).alpha == 0.5
    assert float(losses.focal_crossentropy([0], [[0.5, 0.5]], half, two)[0]) == pytest.approx(np.log(2) / 8, rel=1e-6)


@pytest.mark.parametrize(
    "alpha",
    [(1, 2, 3), np.array([1, 2, 3]), ops.convert_to_tensor([1.0, 2.0, 3.0]), ops.cast([1.0, 2.0, 3.0], "bfloat16")],
    ids=["tuple", "array", "tensor", "bfloat16"],
)
def test_a_vector_in_any_form(alpha):
    assert losses.FocalCrossentropy(alpha=alpha).get_config()["alpha"] == [1.0, 2.0, 3.0]


def test_a_number_that_is_not_known_yet():
    def loss(gamma):
        return losses.focal_crossentropy([0], [[0.5, 0.5]], gamma=gamma)

    with pytest.raises(ValueError, match="gamma: expected a finite number >= 0, got"):
        compiled(loss)(ops.convert_to_tensor(2.0))


def test_binary_alpha_matters_only_where_it_balances():
    """As in Keras, which reads alpha only with apply_class_balancing."""
    y_true, y_pred = batch_for(losses.FocalBinaryCrossentropy)
    plain = losses.FocalBinaryCrossentropy(from_logits=True)
    for alpha in (5, -1.0, [-1.0, 2.0], None):
        loss = losses.FocalBinaryCrossentropy(alpha=alpha, from_logits=True)
        assert float(loss(y_true, y_pred)) == float(plain(y_true, y_pred))
        assert losses.FocalBinaryCrossentropy.from_config(loss.get_config()).alpha == alpha
    for alpha in (5, -1.0, [-1.0, 2.0], [0.5]):
        with pytest.raises(ValueError, match="alpha: expected"):
            losses.FocalBinaryCrossentropy(True, alpha)
    with pytest.raises(ValueError, match="alpha: expected a weight for apply_class_balancing=True, got None"):
        losses.FocalBinaryCrossentropy(True, None)


def test_alpha_of_the_balanced_losses_goes_by_name():
    for cls in (losses.BalancedCrossentropy, losses.BalancedBinaryCrossentropy):
        with pytest.raises(ValueError, match=r"from_logits: expected True or False, got \[1, 2\]"):
            cls([1, 2])
        with pytest.raises(TypeError, match="positional argument"):
            cls(False, 0.0, -1, "sum", "name", "float32", [1, 2])

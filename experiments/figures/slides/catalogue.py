"""What figures there are. Imports no matplotlib: a figure's module is imported when it is drawn."""

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.paths import project_root
from experiments.problems import ConfigError, Problem, nearest

if TYPE_CHECKING:
    from experiments.figures.frame import Drawing

CATALOGUE: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    # Mollineda
    "iris_measurements": ("data_pictures", "iris_measurements", "Iris: the average flower of each class", ("M-6",)),
    "iris_pairs": ("data_pictures", "iris_pairs", "Iris: four measurements, two at a time", ("M-8",)),
    "iris_sepal_plane": ("planes", "iris_sepal_plane", "Iris setosa and versicolor in the sepal plane", ("M-11",)),
    "half_planes": ("planes", "half_planes", "A linear function divides the plane in two", ("M-14",)),
    "step_surface": ("surfaces", "step_surface", "Perceptron: a step along a straight line", ("M-20",)),
    "sigmoid_surface": ("surfaces", "sigmoid_surface", "Logistic regression: a straight boundary", ("M-24",)),
    "hard_sigmoids": ("surfaces", "hard_sigmoids", "Rigid logistic regression", ("M-27",)),
    "layer_diagram": ("networks", "layer_diagram", "A fully connected network, layer by layer", ("M-40", "H-3")),
    "descent_steps": ("descent", "descent_steps", "Gradient descent: downhill, step by step", ("M-49",)),
    "learning_rate_paths": ("descent", "learning_rate_paths", "What the learning rate decides", ("M-51",)),
    "backpropagation_scheme": (
        "flows", "backpropagation_scheme", "Backpropagation: forward, loss, backward", ("M-52",),
    ),
    "network_2321": ("networks", "network_2321", "A network with 20 parameters", ("M-56",)),
    "mnist_digits": ("data_pictures", "mnist_digits", "MNIST: handwritten digits", ("M-63",)),
    "activation_curves": ("curves", "activation_curves", "Activation functions: ReLU, sigmoid, tanh", ("M-84",)),
    "softmax_bars": ("bars", "softmax_bars", "Softmax: from scores to probabilities", ("M-86",)),
    "cross_entropy_curve": ("curves", "cross_entropy_curve", "Cross-entropy of one example", ("M-98",)),
    "balanced_curves": ("curves", "balanced_curves", "Balanced cross-entropy: weighted classes", ("M-104",)),
    "focal_curves": ("curves", "focal_curves", "Focal cross-entropy: hard examples first", ("M-110",)),
    "hyperparameters_overview": (
        "flows", "hyperparameters_overview", "Hyperparameters: chosen before training", ("M-123",),
    ),
    # Piñar
    "residuals": ("planes", "residuals", "The error: prediction and right answer", ("P-4",)),
    "three_animals": ("flows", "three_animals", "One picture in, three probabilities out", ("P-11",)),
    "training_procedure": ("flows", "training_procedure", "How a network is trained", ("P-12",)),
    "error_surface": ("landscapes", "error_surface", "Down from Mount Errorest", ("P-20",)),
    "data_split": ("bars", "data_split", "Three parts of the data, three purposes", ("P-41",)),
    "dropout_masks": ("networks", "dropout_masks", "Dropout: each step without some units", ("P-43",)),
    # Cavallaro
    "feature_space": ("planes", "feature_space", "Supervised classification in a feature space", ("C-2",)),
    "perceptron_diagram": ("networks", "perceptron_diagram", "Perceptron with ten outputs", ("C-24",)),
    "artificial_neuron": ("neurons", "artificial_neuron", "The artificial neuron and its model", ("C-31", "H-1")),
    "feedforward_recurrent": ("neurons", "feedforward_recurrent", "Two architectures of networks", ("C-35",)),
    "or_line": ("planes", "or_line", "A perceptron computes OR", ("C-43",)),
    "xor_points": ("planes", "xor_points", "No line separates XOR", ("C-45",)),
    "xor_network_regions": ("planes", "xor_network_regions", "Two hidden units are enough for XOR", ("C-47",)),
    "sigmoid_surfaces": ("surfaces", "sigmoid_surfaces", "Weights turn, stretch and shift the sigmoid", ("C-56",)),
    "six_activations": ("curves", "six_activations", "Six activation functions", ("C-61",)),
    "three_phases": ("flows", "three_phases", "Three phases of backpropagation", ("C-68",)),
    "loss_landscape": ("landscapes", "loss_landscape", "Down a loss landscape", ("C-70",)),
    "one_weight_parabola": ("descent", "one_weight_parabola", "One weight: how the loss depends on it", ("C-73",)),
    "one_weight_steps": ("descent", "one_weight_steps", "One weight: steps follow the slope", ("C-85",)),
    "weight_chain": ("flows", "weight_chain", "The chain rule through several layers", ("C-87",)),
    "stacked_units": ("neurons", "stacked_units", "Deep learning: simple units, stacked", ("C-100",)),
    "relu_and_tanh": ("curves", "relu_and_tanh", "ReLU and tanh", ("C-105",)),
    "two_models_accuracy": ("bars", "two_models_accuracy", "Two models on balanced data", ("C-120",)),
    "harmonic_mean": ("bars", "harmonic_mean", "The harmonic mean and the F1 score", ("C-129",)),
    # Hantehzadeh
    "channel_tables": ("data_pictures", "channel_tables", "A colour picture as one long vector", ("H-12",)),
    "sigmoid_and_network": ("neurons", "sigmoid_and_network", "Logistic regression as a network", ("H-17",)),
    "softmax_columns": ("bars", "softmax_columns", "Softmax in three columns", ("H-50",)),
    "softmax_against_svm": ("bars", "softmax_against_svm", "Softmax loss and SVM loss", ("H-54",)),
    "cost_bowl": ("landscapes", "cost_bowl", "The cost of logistic regression is a bowl", ("H-57",)),
}  # fmt: skip
"""Name of a figure -> module, function, title, the claims that it shows."""

SHOWING_FETCHED_DATA = ("mnist_digits",)
"""Their functions take the folder of the fetched data."""


def resolve(name_or_claim: str, *, others: Iterable[str] = ()) -> str:
    """The name of a figure, given that name or the identifier of a claim.

    Args:
        name_or_claim: as typed.
        others: further names that may be meant where this one is wrong.

    Raises:
        ConfigError: neither a figure nor a claim that one shows; the nearest names are offered.
    """
    by_claim = {claim: name for name, (_, _, _, claims) in CATALOGUE.items() for claim in claims}
    wanted = name_or_claim.strip()
    if wanted in CATALOGUE:
        return wanted
    if wanted.upper() in by_claim:
        return by_claim[wanted.upper()]
    hint = nearest(wanted, [*CATALOGUE, *by_claim, *others]) or "; `relecture figure` lists them"
    raise ConfigError([Problem("command line", None, wanted, f"no figure of that name or claim{hint}")])


def draw_slide_figure(name: str, *, cache: Path | None = None) -> "Drawing":
    """Draw a figure; to be called inside `page.applied`, which says how wide and whether dark.

    Args:
        name: a key of CATALOGUE.
        cache: the folder of fetched data, for figures that show some; the checkout's where none is given.

    Raises:
        DataError: the figure shows data that cannot be had.
    """
    module, function, _, _ = CATALOGUE[name]
    draw: Callable[..., Drawing] = getattr(import_module(f"experiments.figures.slides.{module}"), function)
    if name in SHOWING_FETCHED_DATA:
        return draw(cache or project_root() / ".data")
    return draw()

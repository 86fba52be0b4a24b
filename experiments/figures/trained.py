"""Figures of claims that need training: whose records they are drawn from. Imports no matplotlib."""

from typing import NamedTuple

from experiments.problems import ConfigError, Problem, nearest


class Trained(NamedTuple):
    """A figure of an experiment.

    Attributes:
        experiment: its name.
        figure: a key of `experiments.figures.catalogue.FIGURES`.
        variants: those that the claim speaks of, in the order in which they are drawn; the config's labels name them.
    """

    experiment: str
    figure: str
    variants: tuple[str, ...] = ("base",)


TRAINED: dict[str, Trained] = {
    # Mollineda
    "M-35": Trained("iris_perceptron", "learning_curves"),
    "M-36": Trained("iris_perceptron", "decision_regions"),
    "M-38": Trained("moons", "decision_regions"),
    "M-42": Trained("moons", "decision_regions", ("base", "network")),
    "M-66": Trained("mnist_cnn", "misclassified"),
    "M-71": Trained("mnist_mlp", "learning_curves"),  # the script whose picture M-72 has lost
    "M-72": Trained("mnist_mlp", "learning_curves"),
    "M-96": Trained("mnist_mlp", "predicted_distributions"),
    # Piñar
    "P-14": Trained("training_to_threshold", "stopping"),
    "P-30": Trained("model_complexity", "decision_regions", ("too_simple", "too_complex")),
    "P-32": Trained("model_complexity", "decision_regions", ("too_simple", "base", "too_complex")),
    "P-34": Trained("early_stopping", "decision_snapshots"),
    "P-38": Trained("early_stopping", "stopping"),
    "P-46": Trained("learning_rates", "learning_curves", ("decreasing", "rate_0.0001", "rate_1")),
    # Cavallaro
    "C-26": Trained("hypothesis_sets", "decision_regions", ("svm", "base", "network")),
    "C-28": Trained("model_complexity", "decision_regions", ("too_simple", "too_complex")),
    "C-50": Trained("any_boundary", "decision_regions", ("islands_linear", "islands")),
    "C-54": Trained("linear_activations", "decision_regions", ("linear", "base")),
    "C-64": Trained("relu_vs_tanh", "learning_curves", ("base", "tanh")),
    "C-90": Trained("learning_rates", "learning_curves", ("base", "rate_0.0001", "rate_1")),
    "C-96": Trained("batch_sizes", "descent_paths", ("full", "stochastic", "base")),
    "C-108": Trained("mnist_mlp_128", "learning_curves"),
    # Hantehzadeh
    "H-8": Trained("playground_circle", "unit_maps"),
    "H-46": Trained(
        "regularizers", "weight_histograms", ("base", "l1", "l2", "elastic_net", "max_norm", "dropout")
    ),
}  # fmt: skip
"""Claim -> the figure that shows it. The slides' own figures without training are in `slides.catalogue`."""


def resolve_trained(claim: str) -> Trained:
    """The trained figure of a claim.

    Raises:
        ConfigError: no figure of a trained experiment shows this claim.
    """
    try:
        return TRAINED[claim.strip().upper()]
    except KeyError:
        hint = nearest(claim, TRAINED)
        message = f"no trained figure shows this claim{hint}"
        raise ConfigError([Problem("command line", None, claim, message)]) from None

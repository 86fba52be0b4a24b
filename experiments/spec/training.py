"""The `training:` part of a config: how a model is fitted."""

from typing import Annotated, Literal

from pydantic import Field

from experiments.spec.fields import ClassWeights, Count, NonNegative, Spec


class EarlyStopping(Spec):
    """Stop when the monitored value has not improved for `patience` epochs."""

    monitor: Literal["val_loss", "val_accuracy", "loss", "accuracy"] = "val_loss"
    patience: Annotated[int, Field(ge=0, le=100_000)]
    min_delta: NonNegative = 0.0
    restore_best_weights: bool = True


class Augmentation(Spec):
    """Random changes of the training images, drawn anew each epoch."""

    horizontal_flip: bool = False
    translate: Annotated[int, Field(ge=0, le=64)] = 0
    """Largest shift in pixels, each axis on its own; the edge is filled by reflection."""


class Training(Spec):
    """How the model is fitted."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000)]
    batch_size: Count
    shuffle: bool = True
    engine: Literal["auto", "compiled", "fit"] = "auto"
    early_stopping: EarlyStopping | None = None
    class_weight: ClassWeights = None
    augmentation: Augmentation | None = None

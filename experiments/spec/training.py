"""The `training:` part of a config: how a model is fitted."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from experiments.spec.fields import ClassWeights, Count, NonNegative, Positive, Spec


class EarlyStopping(Spec):
    """Stop when the monitored value has not improved for `patience` epochs."""

    monitor: Literal["val_loss", "val_accuracy", "loss", "accuracy"] = "val_loss"
    patience: Annotated[int, Field(ge=0, le=100_000)]
    min_delta: NonNegative = 0.0
    restore_best_weights: bool = True


class StopBelow(Spec):
    """Stop after the first epoch whose monitored value is below `value`; `loss` is the mean over the epoch."""

    monitor: Literal["loss", "val_loss"] = "loss"
    value: Positive


class Snapshots(Spec):
    """When to keep what the network is: at `epochs` (0: before training), or `every` so many from 0 on.

    Kept are the outputs over the plane where the data have one or two features, and the weights of up to 1,000
    parameters. With `of: updates` the numbers count updates instead of epochs, and only weights are kept.
    """

    epochs: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)] | None = None
    every: Count | None = None
    of: Literal["epochs", "updates"] = "epochs"

    @model_validator(mode="after")
    def _one_way(self) -> "Snapshots":
        if (self.epochs is None) == (self.every is None):
            raise ValueError("expected either a list of epochs, or every")
        if self.of == "updates" and self.every is None:
            raise ValueError("of: updates needs every")
        return self

    def includes(self, number: int) -> bool:
        """Whether a snapshot is taken at this epoch or update."""
        return number % self.every == 0 if self.every else number in (self.epochs or ())


def _listed(value: Any) -> Any:
    return {"epochs": value} if isinstance(value, list) else value


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
    stop_below: StopBelow | None = None
    snapshots: Annotated[
        Snapshots | None, BeforeValidator(_listed, json_schema_input_type=Snapshots | list[int] | None)
    ] = None
    """When to keep what the network is: a list of epochs, or `{every: n}`."""
    class_weight: ClassWeights = None
    augmentation: Augmentation | None = None

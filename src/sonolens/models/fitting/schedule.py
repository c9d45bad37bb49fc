"""The schedule of a fit: how fast, in what portions and how long a network learns."""

from pydantic import Field

from sonolens.parameters import Parameters

SMALLEST_BATCH = 2
"""Batch normalisation cannot learn from a single scan."""


class Pace(Parameters):
    """In what portions and how long a network learns."""

    batch_size: int = Field(ge=SMALLEST_BATCH, description="Scans per step, over all devices.")
    epochs: int = Field(ge=1, description="Most passes over the training scans.")
    patience: int = Field(ge=1, description="Epochs without a better loss before stopping.")


class Schedule(Pace):
    """How a network learns."""

    learning_rate: float = Field(gt=0, allow_inf_nan=False, description="Adam's step size.")

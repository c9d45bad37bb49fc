"""The schedule of a fit: how fast, in what portions and how long a network learns."""

from dataclasses import dataclass

SMALLEST_BATCH = 2
"""Batch normalisation cannot learn from a single scan."""


@dataclass(frozen=True)
class Schedule:
    """How a network learns.

    Attributes:
        learning_rate: Adam's step size.
        batch_size: Scans per step, over all devices.
        epochs: Most passes over the training scans.
        patience: Epochs without a lower loss after which a watched partition is closed.

    Raises:
        ValueError: A number is out of range.
    """

    learning_rate: float
    batch_size: int
    epochs: int
    patience: int

    def __post_init__(self) -> None:
        if not 0 < self.learning_rate < float("inf"):
            raise ValueError(
                f"learning_rate is {self.learning_rate}; it must be above 0 and finite"
            )
        if self.batch_size < SMALLEST_BATCH:
            raise ValueError(
                f"batch_size is {self.batch_size}; batch normalisation needs at least "
                f"{SMALLEST_BATCH} scans to learn from"
            )
        for name in ("epochs", "patience"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")

"""Parameters of ``conf/base/parameters_training.yml``."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sonolens.models import NETWORKS, choose_device
from sonolens.pipelines.parameters import Parameters, one_of


def _known_start(weights: str) -> str:
    """Refuse a missing file before hours of work, not after."""
    if weights not in {"imagenet", "none"} and not Path(weights).is_file():
        raise ValueError(f"{weights!r} is no file; give imagenet, none or the path of a state dict")
    return weights


def _present_device(device: str) -> str:
    """Refuse a device that this machine does not have."""
    try:
        choose_device(device)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return device


class AugmentationParameters(Parameters):
    """How training scans are varied. Never upside down: depth carries the shadow."""

    horizontal_flip: bool = Field(description="Mirror left and right in half of the cases.")
    max_shift: float = Field(ge=0, lt=0.5, description="Largest shift, as a share of the side.")
    max_contrast: float = Field(ge=0, lt=1, description="Largest relative change of contrast.")
    max_gain_levels: float = Field(ge=0, description="Largest change of gain in grey levels.")


class TrainingParameters(Parameters):
    """Which network is fitted, and how."""

    network: Annotated[str, AfterValidator(one_of(NETWORKS))] = Field(
        description="A name from sonolens.models.NETWORKS."
    )
    weights: Annotated[str, AfterValidator(_known_start)] = Field(
        description="Where the network starts: imagenet, a file, or none (random)."
    )
    adaptation: Literal["full", "drs"] = Field(description="Which weights are fitted.")
    drs_bias: bool = Field(description="Let DRS also shift each channel, not only scale it.")
    learning_rate: float = Field(gt=0, description="Adam's step size.")
    batch_size: int = Field(ge=2, description="Scans per step.")
    epochs: int = Field(ge=1, description="Most passes over the training scans.")
    patience: int = Field(
        ge=1, description="Epochs without a better validation loss before stopping."
    )
    seed: int = Field(ge=0, description="Seed of head, batch order and augmentation.")
    augmentation: AugmentationParameters = Field(description="How training scans are varied.")


class InferenceParameters(Parameters):
    """Where and in what portions networks run."""

    device: Annotated[Literal["auto", "cpu", "cuda", "mps"], AfterValidator(_present_device)] = (
        Field(description="Where networks run.")
    )
    batch_size: int = Field(ge=1, description="Scans per forward pass.")


class EvaluationParameters(Parameters):
    """How sure a score is."""

    confidence: float = Field(gt=0, lt=1, description="Level of every interval.")
    resamples: int = Field(ge=100, description="Bootstrap resamples of the patients.")
    seed: int = Field(ge=0, description="Seed of the bootstrap.")

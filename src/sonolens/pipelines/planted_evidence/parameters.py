"""Parameters of ``conf/base/parameters_planted_evidence.yml``."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, model_validator

from sonolens.models import NETWORKS
from sonolens.parameters import Parameters, each_once, listed, some_of
from sonolens.pipelines.planted_evidence.studies import PLANTS
from sonolens.saliency import EXPLAINERS

Names = Annotated[tuple[str, ...], BeforeValidator(listed), AfterValidator(each_once)]


class RecipeParameters(Parameters):
    """How one network is fitted from random weights, and by which methods it is explained."""

    learning_rate: PositiveFloat = Field(description="Adam's step size.")
    epochs: int = Field(ge=1, description="Most passes over the training scans.")
    patience: int = Field(ge=1, description="Epochs without a better loss before stopping.")
    methods: Annotated[Names, AfterValidator(some_of(EXPLAINERS))] = Field(
        description="Names from sonolens.saliency.EXPLAINERS."
    )


class PlantedEvidenceParameters(Parameters):
    """Which phantoms are made, and what is fitted to them; one study per cue."""

    cues: Annotated[Names, AfterValidator(some_of(PLANTS))] = Field(
        description="What carries the label, one study each."
    )
    masses: int = Field(ge=2, description="Masses per study, of two scans each.")
    malignant_share: float = Field(gt=0, lt=1, description="Share of malignant masses.")
    validation_share: float = Field(
        gt=0, lt=1, description="Share of patients who choose epoch and threshold."
    )
    test_share: float = Field(gt=0, lt=1, description="Share of patients who are scored.")
    study_seed: int = Field(ge=0, description="Seed of the phantoms and of their split.")
    seeds: Annotated[
        tuple[Annotated[int, Field(ge=0)], ...], BeforeValidator(listed), AfterValidator(each_once)
    ] = Field(description="Seeds of the fits.")
    networks: Annotated[Names, AfterValidator(some_of(NETWORKS))] = Field(
        description="Names from sonolens.models.NETWORKS."
    )
    recipes: dict[str, RecipeParameters] = Field(description="How each of them is fitted.")

    @model_validator(mode="after")
    def _every_network_has_a_recipe(self) -> "PlantedEvidenceParameters":
        absent = [name for name in self.networks if name not in self.recipes]
        if absent:
            raise ValueError(
                f"planted_evidence.recipes has none for {absent[0]}; add one, or leave it out of "
                "planted_evidence.networks"
            )
        return self

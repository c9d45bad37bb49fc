"""Parameters of ``conf/base/parameters_planted_evidence.yml``."""

from typing import Annotated

import pandas as pd
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from sonolens import cohort
from sonolens.models import NETWORKS
from sonolens.parameters import Names, Parameters, each_once, listed, some_of
from sonolens.pipelines.planted_evidence.studies import PLANTS, plan_study
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.saliency import EXPLAINERS
from sonolens.studies import Study
from sonolens.tables.cohort import ScansTable

Look = Annotated[float, Field(ge=0, le=1)]


class RecipeParameters(Parameters):
    """How one network is fitted from random weights, and by which methods it is explained."""

    learning_rate: PositiveFloat = Field(description="Adam's step size.")
    epochs: int = Field(ge=1, description="Most passes over the training scans.")
    epochs_of: dict[str, PositiveInt] = Field(description="The same of single cues, by name.")
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
    masses_of: dict[str, Annotated[int, Field(ge=2)]] = Field(
        description="The same of single cues, by name."
    )
    malignant_share: float = Field(gt=0, lt=1, description="Share of malignant masses.")
    least_look: Look = Field(
        description="How malignant, or benign, the cue looks at least where it carries the label."
    )
    least_look_of: dict[str, Look] = Field(description="The same of single cues, by name.")
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

    @model_validator(mode="after")
    def _exceptions_are_of_known_cues(self) -> "PlantedEvidenceParameters":
        of_recipes = [name for recipe in self.recipes.values() for name in recipe.epochs_of]
        for name in (*self.masses_of, *self.least_look_of, *of_recipes):
            if name not in PLANTS:
                raise ValueError(
                    f"planted_evidence makes an exception for {name!r}, which is no cue; choose from {', '.join(PLANTS)}"
                )
        return self

    def plan_study(self, cue: str) -> Study:
        """Plan the phantoms of one cue."""
        return plan_study(
            cue,
            masses=self.masses_of.get(cue, self.masses),
            malignant_share=self.malignant_share,
            least_look=self.least_look_of.get(cue, self.least_look),
            seed=self.study_seed,
        )

    def split(self, scans: ScansTable) -> pd.DataFrame:
        """Deal whole patients, and so whole masses, to train, validation and test."""
        return cohort.split_holdout(
            scans,
            validation_share=self.validation_share,
            test_share=self.test_share,
            seed=self.study_seed,
        )

    def recipe_of(
        self, network: str, *, cue: str, training: TrainingParameters
    ) -> TrainingParameters:
        """How one network is fitted to one cue: from random weights, all weights learn, the rest as in training."""
        own = self.recipes[network]
        random = training.learning_rates.random.model_copy(update={"full": own.learning_rate})
        rates = training.learning_rates.model_copy(update={"random": random})
        return training.model_copy(
            update={
                "protocol": "rigorous",
                "networks": (network,),
                "adaptations": ("full",),
                "seeds": self.seeds,
                "folds": "all",
                "weights": "none",
                "output_strides": ("own",),
                "labels": ("given",),
                "learning_rates": rates,
                "epochs": own.epochs_of.get(cue, own.epochs),
                "patience": max(own.patience, own.epochs_of.get(cue, 1)),
            }
        )

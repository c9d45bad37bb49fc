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
from sonolens.evaluation.experiments.doses import Dose, list_doses
from sonolens.models import NETWORKS
from sonolens.parameters import (
    Names,
    Parameters,
    each_once,
    listed,
    listed_numbers,
    one_of,
    some_of,
)
from sonolens.pipelines.planted_evidence.studies import PLANTS, plan_study
from sonolens.pipelines.planted_evidence.tissue_plants import TISSUE_PLANTS
from sonolens.pipelines.training.parameters import (
    OutputStrides,
    TrainingParameters,
    refuse_strides,
)
from sonolens.saliency import EXPLAINERS
from sonolens.studies import Study
from sonolens.tables.cohort import ScansTable

CANVASES = ("phantoms", "study")

Look = Annotated[float, Field(ge=0, le=1)]


def _whole_percents(values: tuple[float, ...]) -> tuple[float, ...]:
    """Refuse what the name of a dose cannot tell."""
    for value in values:
        if value != round(value, 2):
            raise ValueError(f"{value:g} is no whole percent; give two decimals at most")
    return values


Shares = Annotated[
    tuple[Annotated[float, Field(ge=0, le=1)], ...],
    BeforeValidator(listed_numbers),
    AfterValidator(each_once),
    AfterValidator(_whole_percents),
]
Strengths = Annotated[
    tuple[Annotated[float, Field(gt=0, le=9)], ...],
    BeforeValidator(listed_numbers),
    AfterValidator(each_once),
    AfterValidator(_whole_percents),
]


class RecipeParameters(Parameters):
    """How one network is fitted, and by which methods it is explained."""

    start: Annotated[str, AfterValidator(one_of(("random", "training")))] = Field(
        description="Random weights, or those that training starts from (training.weights)."
    )
    learning_rate: PositiveFloat = Field(description="Adam's step size.")
    epochs: int = Field(ge=1, description="Most passes over the training scans.")
    epochs_of: dict[str, PositiveInt] = Field(description="The same of single cues, by name.")
    patience: int = Field(ge=1, description="Epochs without a better loss before stopping.")
    methods: Annotated[Names, AfterValidator(some_of(EXPLAINERS))] = Field(
        description="Names from sonolens.saliency.EXPLAINERS."
    )


class StudyCanvasParameters(Parameters):
    """Which of the study's own scans bear what, if they are the canvas."""

    plants: Annotated[Names, AfterValidator(some_of(TISSUE_PLANTS))] = Field(
        description="What is planted, one after the other."
    )
    masses: int = Field(ge=12, description="Masses of the study that take part, at most.")
    shares: Shares = Field(
        description="Shares of the masses of the positive class that bear the plant, at full strength; 0 is the null."
    )
    strengths: Strengths = Field(
        description="Strengths of the plant, borne by all of the positive class; 1 is plain to see."
    )
    networks: Annotated[Names, AfterValidator(some_of(NETWORKS))] = Field(
        description="Names from sonolens.models.NETWORKS."
    )
    dynamic_range_db: PositiveFloat = Field(
        description="How far black is taken to lie below white, in dB."
    )
    assumed_depth_mm: PositiveFloat = Field(
        description="How deep a scan is taken to reach whose spacing is unknown; only plants go by it."
    )

    @property
    def doses(self) -> list[Dose]:
        """Every plant at every share and strength."""
        return list_doses(self.plants, shares=self.shares, strengths=self.strengths)


class PlantedEvidenceParameters(Parameters):
    """What is planted in what, and which networks are fitted to it; one study per cue."""

    canvas: Annotated[str, AfterValidator(one_of(CANVASES))] = Field(
        description="What is planted in: phantoms, or the scans of the study."
    )
    study_canvas: StudyCanvasParameters = Field(
        description="What is planted if the study is the canvas; cues, masses and looks are of phantoms."
    )
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
    output_strides: OutputStrides = Field(
        description="Pixels from one map cell to the next; own is the network's. One fit each."
    )
    recipes: dict[str, RecipeParameters] = Field(description="How each of them is fitted.")

    @model_validator(mode="after")
    def _every_network_has_a_recipe(self) -> "PlantedEvidenceParameters":
        asked = {"networks": self.networks, "study_canvas.networks": self.study_canvas.networks}
        for group, names in asked.items():
            absent = [name for name in names if name not in self.recipes]
            if absent:
                raise ValueError(
                    f"planted_evidence.recipes has none for {absent[0]}; add one, or leave it out of "
                    f"planted_evidence.{group}"
                )
        return self

    @model_validator(mode="after")
    def _every_network_has_the_strides(self) -> "PlantedEvidenceParameters":
        for network in self.fitted_networks:
            refuse_strides(network, self.output_strides, asked_by="planted_evidence")
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

    @property
    def fitted_networks(self) -> tuple[str, ...]:
        """The networks that are fitted on this canvas."""
        return self.networks if self.canvas == "phantoms" else self.study_canvas.networks

    def plan_phantoms(self, cue: str) -> Study:
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
        """How one network is fitted to one cue: all weights learn, the rest as in training."""
        own = self.recipes[network]
        starts = ("random", "trained")
        rates = training.learning_rates.model_copy(
            update={
                start: getattr(training.learning_rates, start).model_copy(
                    update={"full": own.learning_rate}
                )
                for start in starts
            }
        )
        return training.model_copy(
            update={
                "protocol": "rigorous",
                "networks": (network,),
                "adaptations": ("full",),
                "seeds": self.seeds,
                "folds": "all",
                "weights": "none" if own.start == "random" else training.start_of(network),
                "output_strides": self.output_strides,
                "labels": ("given",),
                "learning_rates": rates,
                "epochs": own.epochs_of.get(cue, own.epochs),
                "patience": max(own.patience, own.epochs_of.get(cue, 1)),
            }
        )

"""Parameters of ``conf/base/parameters_data_processing.yml``."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sonolens.cohort.screening import ON_ERROR
from sonolens.evaluation.shortcuts import Folding
from sonolens.parameters import Parameters, one_of


class ScreeningParameters(Parameters):
    """What counts as a fault of a scan, and what happens then."""

    on_error: Annotated[str, AfterValidator(one_of(ON_ERROR))] = Field(
        description="Refuse the study, or leave scans out."
    )
    min_side_px: int = Field(ge=1, description="A scan with a shorter side is tiny.")
    max_mask_components: int = Field(ge=1, description="A mask in more pieces is reported.")
    min_depth_mm: float = Field(gt=0, description="A shallower field of view is implausible.")
    max_depth_mm: float = Field(gt=0, description="A deeper field of view is implausible.")
    min_correlation: float = Field(
        gt=0, le=1, description="From this correlation on two scans are one scan."
    )
    min_kinship: float = Field(
        gt=0, le=1, description="From this correlation on two scans are kept together."
    )
    sheet_scans: int = Field(ge=1, description="So many scans at most stand on the sheet.")


class SplitParameters(Parameters):
    """How patients are dealt to the partitions."""

    scheme: Literal["holdout", "kfold", "official"] = Field(
        description="One split, folds drawn by seed, or the folds of the study's authors."
    )
    validation_share: float = Field(
        gt=0, lt=1, description="Patients that choose epoch and threshold."
    )
    test_share: float = Field(gt=0, lt=1, description="Holdout: patients that are only scored.")
    folds: int = Field(ge=2, description="K-fold: how many folds.")
    repeats: int = Field(ge=1, description="K-fold: how many times all folds are drawn.")
    seed: int = Field(ge=0, description="Seed of the shuffle.")


class ShortcutsParameters(Parameters):
    """How it is asked what tells the label beside the appearance of the mass."""

    folds: int = Field(ge=2, description="Folds of patients, each asked of a fit to the others.")
    repeats: int = Field(ge=1, description="How many times all patients are dealt to folds.")
    exchanges: int = Field(ge=100, description="Exchanges of labels behind a p value.")
    seed: int = Field(ge=0, description="Seed of folds and exchanges.")

    @property
    def folding(self) -> Folding:
        """How patients are dealt and labels exchanged."""
        return Folding(**self.model_dump())

"""Parameters of ``conf/base/parameters_explainability.yml``."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sonolens.evaluation.evidence import FILLS
from sonolens.evaluation.statistics import Bootstrap
from sonolens.parameters import Parameters, each_once, listed, one_of, some_of
from sonolens.pipelines.training.parameters import EvaluationParameters
from sonolens.saliency import (
    EXPLAINERS,
    CamerasSettings,
    CentrePriorSettings,
    EdgesSettings,
    IntegratedGradientsSettings,
    MethodSettings,
    OcclusionSettings,
    ScoreCamSettings,
    SmoothGradSettings,
)
from sonolens.tables.vocabulary import REGION_NAMES

Grey = Annotated[float, Field(ge=0, le=255)]
Width = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class ScoreCamParameters(Parameters):
    """Score-CAM: which channels vote, and what hides the rest."""

    channels: int | None = Field(ge=1, description="Channels that vote; none: all, as published.")
    baseline_grey: Grey = Field(description="Grey level of what a channel hides.")


class CamerasParameters(Parameters):
    """CAMERAS: the sizes at which it looks."""

    largest_px: int = Field(ge=1, description="No size is larger.")
    step_px: int = Field(ge=1, description="From one size to the next.")


class IntegratedGradientsParameters(Parameters):
    """Integrated gradients: the path from an empty scan."""

    steps: int = Field(ge=1, description="Points of the path.")
    baseline_grey: Grey = Field(description="Grey level of the empty scan.")


class SmoothGradParameters(Parameters):
    """SmoothGrad: the noisy copies of a scan."""

    samples: int = Field(ge=1, description="Noisy copies per scan.")
    noise_share: float = Field(ge=0, description="Standard deviation, share of the grey range.")


class OcclusionParameters(Parameters):
    """Occlusion: the square that hides part of a scan."""

    window_px: int = Field(ge=1, description="Side of the square; a multiple of the stride.")
    stride_px: int = Field(ge=1, description="How far it moves, and the side of a map's cells.")
    fill_grey: Grey = Field(description="Its grey level.")


class CentrePriorParameters(Parameters):
    """Centre prior: how wide its Gaussian is."""

    sigma_share: float = Field(gt=0, description="Standard deviation, share of the scan's sides.")


class EdgesParameters(Parameters):
    """Edges: how fine they are."""

    sigma_px: float = Field(gt=0, description="Smoothing that keeps speckle from being an edge.")


class ExplanationParameters(Parameters):
    """Which maps are drawn, and which of their points are scored."""

    methods: Annotated[
        tuple[str, ...],
        BeforeValidator(listed),
        AfterValidator(each_once),
        AfterValidator(some_of(EXPLAINERS)),
    ] = Field(description="Names from sonolens.saliency.EXPLAINERS.")
    point_rule: Literal["cell", "first_maximum"] = Field(
        description="Centre of the extreme cell, or first extreme of the up-sampled map as published."
    )
    identity_tolerance: float = Field(
        gt=0, description="Largest |mean(CAM) + bias - logit| that passes."
    )
    tolerance_mm: float = Field(ge=0, description="A point this near to a region counts as inside.")
    partition: Literal["train", "validation", "test"] = Field(
        description="Whose scans play the pointing game."
    )
    seed: int = Field(ge=0, description="Seed of methods that draw at random.")
    score_cam: ScoreCamParameters = Field(description="Of Score-CAM.")
    cameras: CamerasParameters = Field(description="Of CAMERAS.")
    integrated_gradients: IntegratedGradientsParameters = Field(
        description="Of integrated gradients."
    )
    smooth_grad: SmoothGradParameters = Field(description="Of SmoothGrad.")
    occlusion: OcclusionParameters = Field(description="Of occlusion.")
    centre_prior: CentrePriorParameters = Field(description="Of the know-nothing centre prior.")
    edges: EdgesParameters = Field(description="Of the know-nothing edges.")

    def method_settings(self) -> MethodSettings:
        """What the methods are told."""
        return MethodSettings(
            score_cam=ScoreCamSettings(**self.score_cam.model_dump()),
            cameras=CamerasSettings(**self.cameras.model_dump()),
            integrated_gradients=IntegratedGradientsSettings(
                **self.integrated_gradients.model_dump()
            ),
            smooth_grad=SmoothGradSettings(**self.smooth_grad.model_dump()),
            occlusion=OcclusionSettings(**self.occlusion.model_dump()),
            centre_prior=CentrePriorSettings(**self.centre_prior.model_dump()),
            edges=EdgesSettings(**self.edges.model_dump()),
            seed=self.seed,
        )


class RingParameters(Parameters):
    """How wide the peritumoral region is."""

    mode: Literal["millimetres", "relative"] = Field(
        description="Millimetres need pixel spacing; relative is for scans without it."
    )
    inner_mm: float = Field(ge=0, description="Where the ring begins outside the mass.")
    outer_mm: float = Field(gt=0, description="Where the ring ends.")
    outer_radii: float = Field(gt=0, description="Relative mode: ring width in mass radii.")


class BelowParameters(Parameters):
    """Which tissue counts as below the mass."""

    lateral_trim: float = Field(
        ge=0, lt=0.5, description="Share of the mass's width cut off per side."
    )
    max_depth_mm: float | None = Field(
        description="How far it reaches; none: to the end of the field."
    )
    exclude_ring: bool = Field(description="Whether the ring keeps its part below the mass.")


def _listed_widths(value: Any) -> Any:
    return [value] if isinstance(value, float) else listed(value)


def _none_twice(widths: tuple[float, ...]) -> tuple[float, ...]:
    return each_once(widths) if widths else widths


class RegionParameters(Parameters):
    """The three regions of a scan."""

    ring: RingParameters = Field(description="The peritumoral ring.")
    sweep_outer_mm: Annotated[
        tuple[Width, ...], BeforeValidator(_listed_widths), AfterValidator(_none_twice)
    ] = Field(description="Where the ring ends when the game is played again; empty: it is not.")
    below: BelowParameters = Field(description="The tissue below the mass.")

    @model_validator(mode="after")
    def _sweep_rings_that_have_room(self) -> "RegionParameters":
        narrow = [mm for mm in self.sweep_outer_mm if mm <= self.ring.inner_mm]
        if narrow:
            raise ValueError(
                f"sweep_outer_mm names {narrow[0]:g} mm, but ring.inner_mm is {self.ring.inner_mm:g}, so "
                "that ring has no room; name wider rings, or none for no sweep"
            )
        return self


class AbstentionParameters(Parameters):
    """Which decisions would be suspended because of their map."""

    relevant: Annotated[
        tuple[str, ...],
        BeforeValidator(listed),
        AfterValidator(each_once),
        AfterValidator(some_of(REGION_NAMES)),
    ] = Field(description="Regions that a map should point at.")
    steps: int = Field(ge=1, description="Points of a risk-coverage curve.")


class FaithfulnessParameters(Parameters):
    """How scans are deleted and inserted cell by cell."""

    scans: int | None = Field(ge=1, description="Scored scans per run, at most; none: all.")
    steps: int = Field(ge=1, description="Shares of the cells between two readings.")
    fill: Annotated[str, AfterValidator(one_of(FILLS))] = Field(
        description="What a deleted cell shows."
    )
    seed: int = Field(ge=0, description="Seed of the scans drawn and of the random order.")


class SanityParameters(Parameters):
    """How networks are made to forget."""

    scans: int | None = Field(ge=1, description="Scored scans per run, at most; none: all.")
    seed: int = Field(ge=0, description="Seed of the scans drawn and of the weights.")


def bootstrap_of(scoring: EvaluationParameters) -> Bootstrap:
    """How patients are resampled for the intervals of evidence."""
    return Bootstrap(resamples=scoring.resamples, confidence=scoring.confidence, seed=scoring.seed)

"""What is told of one scan: the JSON document, part by part. Its fields and their meaning are its schema.

Positions are of the scan as it was read: row 0 is the skin side, and of a DICOM file only the tissue is read.
Nothing here is taken from a header but the pixel spacing.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from sonolens.parameters import one_of
from sonolens.tables.vocabulary import EXTREMES, LABELS
from sonolens.travel.card import Level
from sonolens.travel.training_range import Standing

FORMAT = 1
"""Of the document; it rises whenever an older reader could misread one."""


Label: TypeAlias = Annotated[str, AfterValidator(one_of(LABELS))]


class Part(BaseModel):
    """A part of the document: frozen, without extras; what is not known is null."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Score(Part):
    """A number of the network's own study, with its interval."""

    value: FiniteFloat
    ci_low: FiniteFloat | None
    ci_high: FiniteFloat | None
    n: int = Field(description="Test scans behind it.")


class NetworkFacts(Part):
    """Which network was asked, and what it was fitted to."""

    run: str
    study: str
    description: str
    training_scans: int
    validation_scans: int
    test_scans: int
    units: str = Field(description="What counted as a patient.")
    auc: Score | None = Field(description="On test scans of its own study.")
    calibration: dict[str, Score] = Field(
        description="Brier score, slope, intercept, expected calibration error there, of scans; empty where not told."
    )
    intended_use: str
    licence: str
    data_licence: str


class Picture(Part):
    """The scan that was given."""

    rows_px: int
    cols_px: int
    spacing_row_mm: FiniteFloat | None
    spacing_col_mm: FiniteFloat | None
    spacing_from: Literal["given", "header", "unknown"]
    annotation_shares: dict[str, FiniteFloat] = Field(
        description="Share of the scan that is text, calliper, margin, or outside the field."
    )
    annotations: Literal["keep", "blank"] = Field(
        description="Whether the network saw annotations, or tissue in their place."
    )


class Call(Part):
    """What one frozen operating point makes of the probability."""

    level: Level = Field(
        description="Whose threshold it is; this scan stands for its lesion alone."
    )
    rule: str
    chosen_on: str = Field(description="The scans that chose it.")
    threshold: FiniteFloat | None = Field(description="None where nothing may be called.")
    call: Label


class CaseSet(Part):
    """The labels that the scan may have, if such sets are to miss either label in a share `alpha` of patients at most."""

    alpha: FiniteFloat
    labels: tuple[Label, ...] = Field(description="One, both where it is left open, or none.")
    patients: tuple[int, ...] = Field(description="Validation patients behind each label's limit.")


class Answer(Part):
    """What the network says of the scan."""

    logit: FiniteFloat = Field(description="Positive speaks for malignant.")
    temperature: FiniteFloat
    probability: FiniteFloat = Field(description="Of malignancy, at that temperature.")
    calls: tuple[Call, ...]
    sets: tuple[CaseSet, ...] = Field(description="By alpha; none where the card has none.")
    call: Label | None = Field(
        description="That of the point by which the study judged its scans; none where it has none."
    )


class Law(Part):
    """Whether a class activation map leaves nothing of the logit out: its mean and the bias are the logit."""

    map_mean: FiniteFloat
    bias: FiniteFloat
    total: FiniteFloat
    logit: FiniteFloat
    tolerance: FiniteFloat = Field(description="By which they may differ, else nothing is told.")


class Extreme(Part):
    """Where a map is largest, or smallest."""

    extreme: Annotated[str, AfterValidator(one_of(EXTREMES))] = Field(
        description="max speaks most for malignant."
    )
    value: FiniteFloat
    tied: int = Field(description="Cells that tie; the first in reading order is told.")
    row_px: FiniteFloat
    col_px: FiniteFloat
    depth_mm: FiniteFloat | None = Field(description="From the top edge.")
    lateral_mm: FiniteFloat | None = Field(description="From the left edge.")
    logit_part: FiniteFloat | None = Field(
        description="What the cell adds to the logit; null for methods whose cells are no parts of it."
    )
    logit_share: FiniteFloat | None = Field(
        description="That over the logit; below 0 it speaks against it, beyond 1 others speak against it."
    )
    annotation: str | None = Field(description="The kind of annotation that it lies on.")
    region: str | None = Field(description="The region it lies in; null without a mask.")
    distance_to_mass_mm: FiniteFloat | None


class Map(Part):
    """What the network looked at."""

    method: str
    reference: str
    signed: bool
    cell_rows: int
    cell_cols: int
    law: Law | None = Field(description="Null for other methods than class activation mapping.")
    extremes: tuple[Extreme, ...] = Field(description="None where the map is even.")
    cells: list[list[FiniteFloat]] | None = Field(
        description="The map row by row; null where it has a cell per pixel."
    )


class Region(Part):
    """A region of the scan, and whether the map points at it."""

    region: str
    area_share: FiniteFloat
    chance: FiniteFloat = Field(description="That one blind point lies in it: its share of cells.")
    max_inside: bool | None
    min_inside: bool | None


class FillAnswer(Part):
    """What the logit hangs on when what is left out is filled in one way."""

    fill: str
    empty_logit: FiniteFloat = Field(description="Of the fill alone.")
    values: dict[str, FiniteFloat] = Field(
        description="Shapley value of every region; they add up to the logit less that of the fill."
    )
    hangs_most_on: str = Field(description="The region that speaks most for the call, or none.")


class Reliance(Part):
    """What the call hangs on, asked by leaving regions out."""

    fills: tuple[FillAnswer, ...]
    hangs_most_on: str | None = Field(description="What all fills say; null where they differ.")


class Regions(Part):
    """What is known because a mask was given."""

    ring: str = Field(description="How the peritumoral ring was measured.")
    mass_height_mm: FiniteFloat | None
    mass_width_mm: FiniteFloat | None
    regions: tuple[Region, ...]
    reliance: Reliance


class RangeCheck(Part):
    """Where a property of the scan lies among those of the training scans."""

    name: str
    value: FiniteFloat | None
    minimum: FiniteFloat | None
    low: FiniteFloat | None
    high: FiniteFloat | None
    maximum: FiniteFloat | None
    known: int = Field(description="Training scans that tell it.")
    standing: Standing


class FamiliarityCheck(Part):
    """How far the scan's features lie from those of the training scans."""

    distance: FiniteFloat | None = Field(description="Mahalanobis; null where infinite.")
    threshold: FiniteFloat
    unfamiliar: bool
    false_alarm_rate: FiniteFloat = Field(description="Of scans of its own study.")
    validation_scans: int


class Doubt(Part):
    """A reason to distrust what is told."""

    check: str
    text: str


class Explanation(Part):
    """All that is told of one scan."""

    format: Literal[1]
    sonolens: str
    number: int = Field(description="Place among the scans given, from 1.")
    name: str
    network: NetworkFacts
    picture: Picture
    answer: Answer
    map: Map
    regions: Regions | None = Field(description="Null without a mask.")
    ranges: tuple[RangeCheck, ...]
    device: Literal["known", "unseen", "unknown", "nothing to compare"]
    familiarity: FamiliarityCheck | None
    training_scan: bool = Field(description="The network was fitted or chosen on this very scan.")
    doubts: tuple[Doubt, ...]
    not_checked: tuple[str, ...] = Field(description="What nobody could check, and why.")

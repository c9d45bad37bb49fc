"""The network card: all that using a network elsewhere needs beside its weights, as one JSON document."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, NonNegativeInt

from sonolens.evaluation.classification import LesionProbability
from sonolens.parameters import one_of
from sonolens.tables.vocabulary import (
    COUNTED_LABELS,
    GUIDANCES,
    LABELS,
    LEARNT_LABELS,
    LEVELS,
    METRICS,
    OPERATING_RULES,
    PARTITIONS,
    PROTOCOLS,
    REGION_QUESTIONS,
    SEEN_ANNOTATIONS,
    SET_TAXONOMIES,
    SUBSETS,
)

FORMAT = 1
"""Of the card that this version writes; it rises whenever an older version could misread one."""

INTENDED_USE = "Research use only, not for diagnosis."
NOT_STATED = "not stated"

Level: TypeAlias = Annotated[str, AfterValidator(one_of(LEVELS))]
Partition: TypeAlias = Annotated[str, AfterValidator(one_of(PARTITIONS))]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Place: TypeAlias = NonNegativeInt


class CardPart(BaseModel):
    """A part of a card: frozen, without extras; what is not known is None, and infinity survives JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class CardFraming(CardPart):
    """How a native scan becomes the network's input; see `sonolens.ultrasound.Framing`."""

    size_px: int = Field(ge=32, le=4096, description="Side of the square input.")
    annotations: Literal["keep", "blank"] = Field(
        description="Whether the network sees what is burnt into a scan, or the tissue around in its place."
    )


class OperatingPoint(CardPart):
    """A frozen threshold and what chose it."""

    level: Level
    rule: Annotated[str, AfterValidator(one_of(OPERATING_RULES))]
    chosen_on: Partition = Field(description="The scans that chose it; test flatters.")
    threshold: float = Field(
        ge=0,
        description="Probability from which on malignant is called; infinite where nothing may be.",
    )

    def calls(self, probability: float) -> bool:
        """Whether a case of this probability is called malignant."""
        return probability >= self.threshold


class SetRule(CardPart):
    """How improbable a label may be and still stand in a case's set; a row of `ConformalThresholds` without its run."""

    level: Level
    taxonomy: Annotated[str, AfterValidator(one_of(SET_TAXONOMIES))]
    group: str
    alpha: float = Field(gt=0, lt=1, description="Share of sets that may miss.")
    calibrated_on: Partition
    threshold: float = Field(ge=0, description="Infinite where patients were too few.")
    n: NonNegativeInt
    n_patients: NonNegativeInt
    fell_back: bool


class Performance(CardPart):
    """One number of how the network did on scans of its own study that it was not fitted to."""

    partition: Partition
    level: Level
    rule: Annotated[str, AfterValidator(one_of((*OPERATING_RULES, "none")))]
    metric: Annotated[str, AfterValidator(one_of(METRICS))]
    value: FiniteFloat | None
    ci_low: FiniteFloat | None
    ci_high: FiniteFloat | None
    confidence: Share
    n: NonNegativeInt = Field(description="Cases behind it.")


class FrozenDecisions(CardPart):
    """How a logit becomes a probability and a call, all fixed before the network left, and how well that went."""

    temperature: FiniteFloat = Field(gt=0, description="1 where nothing was scaled.")
    lesion_probability: LesionProbability = Field(
        description="How a lesion's comes from its scans."
    )
    operating_points: tuple[OperatingPoint, ...]
    sets: tuple[SetRule, ...] = Field(description="By what a case is left open.")
    performance: tuple[Performance, ...]


class Count(CardPart):
    """Scans of one partition and label, and whose they are."""

    partition: Partition
    label: Annotated[str, AfterValidator(one_of(LABELS))]
    scans: NonNegativeInt
    lesions: NonNegativeInt
    patients: NonNegativeInt = Field(description="See `TrainingStudy.units`.")


class DeviceCount(CardPart):
    """Training scans of one device."""

    device: str | None = Field(description="None where the study does not tell.")
    scans: NonNegativeInt


class PropertyRange(CardPart):
    """Where a property of training scans lay; None where no scan tells it."""

    name: str = Field(description="With its unit.")
    known: NonNegativeInt = Field(description="Training scans that tell it.")
    unknown: NonNegativeInt = Field(description="Those that do not.")
    minimum: FiniteFloat | None
    low: FiniteFloat | None = Field(description="0.5 % of them lie below.")
    median: FiniteFloat | None
    high: FiniteFloat | None = Field(description="0.5 % of them lie above.")
    maximum: FiniteFloat | None


class ScanHashes(CardPart):
    """Salted hashes of the scans that fitted or chose the network; see `hash_scans` for what they hide."""

    salt: str = Field(pattern="^[0-9a-f]{64}$")
    hashes: tuple[Annotated[str, Field(pattern="^[0-9a-f]{32}$")], ...] = Field(
        description="Sorted, so that their order tells nothing."
    )


class FitFacts(CardPart):
    """How the network was fitted, as a row of the `TrainingRuns` table without the names of its study."""

    network: str
    adaptation: str
    protocol: Annotated[str, AfterValidator(one_of(PROTOCOLS))]
    seed: NonNegativeInt
    start: str = Field(description="Where the weights began: imagenet, none, own, or a file.")
    labels: Annotated[str, AfterValidator(one_of(LEARNT_LABELS))] = Field(
        description="What was learnt: a network of shuffled labels is a null, wherever it goes."
    )
    annotations: Annotated[str, AfterValidator(one_of(SEEN_ANNOTATIONS))]
    guidance: Annotated[str, AfterValidator(one_of(GUIDANCES))] = Field(
        default=GUIDANCES[0],
        description="What was told beside labels; nothing in files from before there was any.",
    )
    output_stride: int = Field(ge=1)
    learning_rate: FiniteFloat = Field(gt=0)
    n_weights: int = Field(ge=1)
    n_learning: int = Field(ge=1)
    chosen_on: Partition
    best_epoch: int = Field(ge=1)
    epochs: int = Field(ge=1)


class TrainingStudy(CardPart):
    """The study that trained the network: in numbers, never by an id, a path or a picture."""

    name: str
    description: str
    made_in: str = Field(description="Id of the run that fitted the network.")
    units: str = Field(description="What counts as a patient, and whether patients were read.")
    counts: tuple[Count, ...]
    devices: tuple[DeviceCount, ...]
    ranges: tuple[PropertyRange, ...]
    scans: ScanHashes


class FixedPlaces(CardPart):
    """The place, and the pair, that hit a region of most training scans; counted row by row on `grid`."""

    region: str
    grid: tuple[int, int] = Field(description="Rows and columns over the whole scan.")
    tolerance_mm: FiniteFloat = Field(ge=0)
    one: Place
    two: tuple[Place, Place]


class FamiliarityFacts(CardPart):
    """What is known of the distance from which on a scan counts as unlike the training scans."""

    training_scans: NonNegativeInt = Field(description="Whose features were modelled.")
    shrinkage: Share = Field(description="Ledoit and Wolf's, of their covariance.")
    validation_scans: int = Field(ge=1, description="Who set the threshold.")
    quantile: Share
    threshold: FiniteFloat = Field(ge=0, description="A scan is unfamiliar beyond it.")
    alarms: NonNegativeInt = Field(description="Validation scans beyond it.")

    @property
    def false_alarm_rate(self) -> float:
        """Share of validation scans, which are like the training scans, that are called unfamiliar."""
        return self.alarms / self.validation_scans


class RegionScore(CardPart):
    """How far above chance the network's maps pointed at a region, or its calls hung on it, on scans of its own study."""

    question: Annotated[str, AfterValidator(one_of(REGION_QUESTIONS))]
    asked_by: str = Field(description="The method that drew the maps, or the fill.")
    measure: str = Field(description="The rule of the game, or the measure of reliance.")
    region: str
    subset: Annotated[str, AfterValidator(one_of(SUBSETS))]
    label: Annotated[str, AfterValidator(one_of(COUNTED_LABELS))]
    drawn: str = Field(description="The ring, and the tolerance of the game.")
    value: FiniteFloat | None
    expected: FiniteFloat | None = Field(description="By chance, or on placebo regions.")
    above: FiniteFloat | None
    above_low: FiniteFloat | None
    above_high: FiniteFloat | None
    confidence: Share
    n: NonNegativeInt = Field(description="Scans behind it.")


class ReferenceAnswer(CardPart):
    """What the network makes of the reference pattern, by which a reader finds out a card that lies."""

    logit: FiniteFloat
    probability: Share
    calls: tuple[bool, ...] = Field(description="At every operating point, in their order.")


class NetworkCard(CardPart):
    """All that using a network needs beside its weights and the header that rebuilds it."""

    format: Literal[1]
    run: str = Field(description="Name of the fit.")
    intended_use: str
    licence: str = Field(description="Of the weights.")
    data_licence: str = Field(description="Of the scans that trained it.")
    software: dict[str, str] = Field(description="Versions of what exported it.")
    fit: FitFacts
    framing: CardFraming
    decisions: FrozenDecisions
    study: TrainingStudy
    fixed_places: tuple[FixedPlaces, ...]
    regions: tuple[RegionScore, ...] = Field(description="On test scans only.")
    familiarity: FamiliarityFacts | None
    no_familiarity: str = Field(description="Why there is none; else empty.")
    reference: ReferenceAnswer

    def point(self, *, level: str = "scan", rule: str = "closest_to_corner") -> OperatingPoint:
        """Look up one operating point.

        Raises:
            ValueError: The network has none by this name.
        """
        points = self.decisions.operating_points
        for point in points:
            if (point.level, point.rule) == (level, rule):
                return point
        known = ", ".join(f"{each.level} {each.rule}" for each in points) or "none at all"
        raise ValueError(f"run {self.run!r} has no operating point {level} {rule}; it has {known}")

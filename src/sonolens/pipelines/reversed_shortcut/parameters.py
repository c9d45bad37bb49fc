"""Parameters of ``conf/base/parameters_reversed_shortcut.yml``."""

from typing import Annotated

from pydantic import AfterValidator, Field

from sonolens.parameters import Names, Numbers, Parameters, some_of
from sonolens.pipelines.training.parameters import TrainingParameters
from sonolens.tables.vocabulary import GUIDANCES, MARK_PLACES


def _with_labels_alone(guidances: tuple[str, ...]) -> tuple[str, ...]:
    if GUIDANCES[0] not in guidances:
        raise ValueError(
            f"reversed_shortcut.guidances lacks {GUIDANCES[0]}, which all others are held against; add it"
        )
    return guidances


class ReversedShortcutParameters(Parameters):
    """Which scans are marked and where, and what is fitted to them."""

    share: float = Field(gt=0, le=1, description="Of the scans of the marked label.")
    places: Annotated[Names, AfterValidator(some_of(MARK_PLACES))] = Field(
        description="Where marks lie: at the ends of the mass, or aside of all regions."
    )
    guidances: Annotated[
        Names, AfterValidator(some_of(GUIDANCES)), AfterValidator(_with_labels_alone)
    ] = Field(description="What fits are told beside labels; none among them.")
    seeds: Numbers = Field(description="Seeds of the fits.")
    marks_seed: int = Field(ge=0, description="Seed of which scans are marked.")

    @property
    def guided(self) -> tuple[str, ...]:
        """The guidances that need masks."""
        return tuple(name for name in self.guidances if name != GUIDANCES[0])

    def grid(self, training: TrainingParameters) -> TrainingParameters:
        """The grid of training with the guidances and the seeds of this experiment, labels as they are."""
        changes = {"guidances": self.guidances, "seeds": self.seeds, "labels": ("given",)}
        return training.model_copy(update=changes)

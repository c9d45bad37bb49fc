"""Familiarity as tensors and text, as it waits for its network and travels with it."""

from collections.abc import Mapping

import torch
from torch import Tensor

from sonolens.arrays import Features
from sonolens.models import NetworkWeights
from sonolens.travel.card import FamiliarityFacts
from sonolens.travel.familiarity import Familiarity, OtherFeatures, fit_familiarity

PREFIX = "familiarity."
"""Of its tensors beside those of the network."""

FACTS, WHY_NOT = "facts", "why_not"


def pack_familiarity(training: Features, validation: OtherFeatures) -> NetworkWeights:
    """Fit the familiarity of one network, and pack it, or the reason why there is none.

    Args:
        training: Features of the scans that the network was fitted to.
        validation: Of those that chose its epoch.
    """
    try:
        familiarity = fit_familiarity(training, validation)
    except ValueError as error:
        return NetworkWeights(tensors={}, header={WHY_NOT: str(error)})
    return NetworkWeights(
        tensors=to_tensors(familiarity), header={FACTS: familiarity.facts.model_dump_json()}
    )


def unpack_familiarity(packed: NetworkWeights) -> tuple[Familiarity | None, str]:
    """Return the familiarity, or None and why there is none."""
    if FACTS not in packed.header:
        return None, packed.header[WHY_NOT]
    facts = FamiliarityFacts.model_validate_json(packed.header[FACTS])
    return from_tensors(packed.tensors, facts), ""


def to_tensors(familiarity: Familiarity | None) -> dict[str, Tensor]:
    """Name the tensors that travel; none for no familiarity."""
    tables = {} if familiarity is None else familiarity.tables()
    return {PREFIX + name: torch.from_numpy(table.copy()) for name, table in tables.items()}


def from_tensors(tensors: Mapping[str, Tensor], facts: FamiliarityFacts) -> Familiarity:
    """Put together what `to_tensors` took apart.

    Raises:
        ValueError: As `Familiarity.of_tables`.
    """
    tables = {name.removeprefix(PREFIX): tensor.float().numpy() for name, tensor in tensors.items()}
    return Familiarity.of_tables(tables, facts)

"""Writing the card of one run from what its stations told of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sonolens.models import NetworkWeights
from sonolens.travel.card import (
    FORMAT,
    INTENDED_USE,
    NOT_STATED,
    CardFraming,
    FrozenDecisions,
    NetworkCard,
)
from sonolens.travel.network_file import pack_network
from sonolens.travel.packed_familiarity import unpack_familiarity
from sonolens.travel.reference import answer_reference


def pack_run(
    weights: NetworkWeights,
    *,
    annotations: str,
    told: Mapping[str, Any],
    familiarity: NetworkWeights,
    licences: Sequence[str | None],
    software: Mapping[str, str],
) -> NetworkWeights:
    """Pack the network of one run for travel.

    Args:
        weights: As training packed it.
        annotations: What its scans were framed with: ``keep`` or ``blank``.
        told: What was told of the run: `fit`, `study`, `fixed_places`, `decisions` and `regions`, as JSON holds these parts of a card.
        familiarity: From `pack_familiarity`.
        licences: Of the weights, and of the scans that trained them; None where not stated.
        software: Versions of the packages that export it.

    Raises:
        ValueError: The header lacks a key, or a part of the card does not hold.
    """
    shape, why_not = unpack_familiarity(familiarity)
    decisions = FrozenDecisions.model_validate(told["decisions"])
    licence, data_licence = (each or NOT_STATED for each in licences)
    card = NetworkCard(
        format=FORMAT,
        run=weights.header["run"],
        intended_use=INTENDED_USE,
        licence=licence,
        data_licence=data_licence,
        software=dict(software),
        fit=told["fit"],
        framing=CardFraming.model_validate(
            {"size_px": int(weights.header["size_px"]), "annotations": annotations}
        ),
        decisions=decisions,
        study=told["study"],
        fixed_places=told["fixed_places"],
        regions=told["regions"],
        familiarity=None if shape is None else shape.facts,
        no_familiarity=why_not,
        reference=answer_reference(float(weights.header["probe_logit"]), decisions),
    )
    return pack_network(weights, card=card, familiarity=shape)

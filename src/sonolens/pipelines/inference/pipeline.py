"""The station of new scans: a folder of scans and a network that travels -> explanations."""

import logging
from collections.abc import Mapping
from typing import Any

import pandas as pd
from kedro.pipeline import Pipeline

from sonolens.explain import (
    COLUMNS,
    Explained,
    GivenScan,
    Refused,
    Wanted,
    explain_files,
    tell_row,
)
from sonolens.pipelines.inference.parameters import NewScansParameters
from sonolens.pipelines.stations import station
from sonolens.travel import NetworkFile

logger = logging.getLogger(__name__)


def create_pipeline() -> Pipeline:
    """Explain scans that belong to no study by a network that was exported."""
    return new_scans_station()


def new_scans_station() -> Pipeline:
    """Explain every new scan, and tell those that could not be."""
    return station("new_scans", {explain_new_scans: ["explanations", "explanation_documents"]})


def explain_new_scans(
    new_scans: list[GivenScan],
    external_networks: Mapping[str, NetworkFile],
    explaining: NewScansParameters,
) -> tuple[pd.DataFrame, dict[str, dict[str, Any]]]:
    """Explain every new scan by the one network that is named, as `sonolens explain` does."""
    if len(external_networks) != 1:
        raise ValueError(
            f"external.networks names {len(external_networks)} networks, but new scans are explained by one; name one file"
        )
    (file,) = external_networks.values()
    wanted = Wanted(method=explaining.method, spacing_mm=explaining.spacing_mm)
    found = list(explain_files(new_scans, file.read(), wanted))
    documents = {
        each.told.name: each.told.model_dump(mode="json")
        for each in found
        if isinstance(each, Explained)
    }
    if not documents:
        first = next(each for each in found if isinstance(each, Refused))
        raise ValueError(
            f"none of {len(found)} new scans can be explained; {first.name}: {first.reason}"
        )
    if len(documents) < len(found):
        logger.warning(
            "%d of %d new scans were left out; explanations has the reasons",
            len(found) - len(documents),
            len(found),
        )
    rows = [tell_row(each.told if isinstance(each, Explained) else each) for each in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)), documents

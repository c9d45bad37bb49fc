"""The tables of what a radiologist noted, and of whether maps and decisions follow it."""

import re
from typing import Annotated, TypeAlias

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from sonolens.tables.contract import Estimates, Table, fits
from sonolens.tables.vocabulary import DESCRIPTOR_READINGS, DESCRIPTOR_STEMS, RELIANCE_REGIONS


class Descriptors(Table, unique=["scan_id", "descriptor", "value"]):
    """What was noted of each scan, one finding a row.

    `value` is empty where a descriptor was looked at and nothing was noted. A scan of which it is not known has no
    row of it.
    """

    scan_id: Series[str]
    descriptor: Series[str] = pa.Field(description="As its study calls it.")
    value: Series[str] = pa.Field(nullable=True)


class DescriptorAgreement(
    Estimates, unique=["run", "descriptor", "value", "region", "reading", "source"]
):
    """Whether maps point at a region, and decisions hang on it, where a radiologist noted something there.

    `reading` ``points``: how much of the extreme that argues for the call lies in the region; ``share``: the region's
    share of all reliance; ``value``: what it adds to the logit, towards malignant. `source` is the method of the map, or
    the fill. `difference` is `mean_noted` less `mean_not_noted`. `within_label` is the same between scans of one
    label, averaged over labels; `p_value` is of it, when notes are exchanged between patients of one label, and
    `p_adjusted` Holm's over all rows of a run. Where it cannot be asked, `reason` says why and the numbers are empty.
    """

    run: Series[str]
    descriptor: Series[str]
    value: Series[str]
    region: Series[str] = pa.Field(isin=RELIANCE_REGIONS)
    reading: Series[str] = pa.Field(isin=DESCRIPTOR_READINGS)
    source: Series[str]
    n_noted: Series[int] = pa.Field(ge=0, description="Scans.")
    n_not_noted: Series[int] = pa.Field(ge=0)
    patients_noted: Series[int] = pa.Field(ge=0, description="Patients with such a scan.")
    patients_not_noted: Series[int] = pa.Field(ge=0)
    mean_noted: Series[float] = pa.Field(nullable=True)
    mean_not_noted: Series[float] = pa.Field(nullable=True)
    difference: Series[float] = pa.Field(nullable=True)
    difference_low: Series[float] = pa.Field(nullable=True)
    difference_high: Series[float] = pa.Field(nullable=True)
    within_label: Series[float] = pa.Field(nullable=True)
    within_label_low: Series[float] = pa.Field(nullable=True)
    within_label_high: Series[float] = pa.Field(nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    p_adjusted: Series[float] = pa.Field(gt=0, le=1, nullable=True)
    exchanges: Series[int] = pa.Field(ge=0, description="Behind the p value.")
    exact: Series[bool] = pa.Field(description="Whether these are all exchanges there are.")
    reason: Series[str] = pa.Field(nullable=True, description="Why it cannot be asked.")


DescriptorsTable: TypeAlias = Annotated[pd.DataFrame, fits(Descriptors)]
DescriptorAgreementTable: TypeAlias = Annotated[pd.DataFrame, fits(DescriptorAgreement)]


def region_of_descriptor(name: str) -> str | None:
    """Tell by its name which region a descriptor speaks of; None where the name does not say.

    Examples:
        >>> region_of_descriptor("Posterior_features"), region_of_descriptor("Echogenic halo")
        ('below', 'peritumoral')
        >>> region_of_descriptor("microcalcifications"), region_of_descriptor("shape")
        ('mass', None)
    """
    folded = re.sub(r"[\W_]+", "", name.casefold())
    return next(
        (
            region
            for region, stems in DESCRIPTOR_STEMS.items()
            if any(stem in folded for stem in stems)
        ),
        None,
    )

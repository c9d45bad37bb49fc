"""The strata of cases: scans and lesions of one BI-RADS category, size, device, histology or side."""

import itertools
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from sonolens.evaluation.classification.cases import highest_by_case
from sonolens.tables.cohort import ScansTable
from sonolens.tables.vocabulary import BIRADS, LEVELS, VIEWS

UNKNOWN = "unknown"
SEVERAL = "several"
WORDS = ("device", "histology", "side")
"""Properties in the words of a study, in alphabetical order."""

Categories: TypeAlias = "pd.Series[pd.CategoricalDtype[str]]"
Strata: TypeAlias = dict[str, list[Categories]]
"""By level, the strata of one property after the other; see `stratify_cases`."""


def stratify_cases(scans: ScansTable, *, size_bounds_mm: Sequence[float]) -> Strata:
    """Say to which strata every scan and every lesion belongs.

    Strata come from `birads`, `size_mm`, `device`, `histology`, `side` and `view`, as far as `scans` has these columns: for
    example ``birads=4a``, ``size=10-20 mm`` (over 10, at most 20), ``device=GE``, ``view=unknown``. A
    property that takes one value throughout, or is unknown throughout, parts nothing and gives none.

    A lesion has the highest BI-RADS category and the largest size known of its scans, and their
    device, histology and side, or ``several``. It has no view.

    Args:
        scans: A `Scans` table of the scans to be told apart, with or without `size_mm` (NaN where
            unknown).
        size_bounds_mm: Rising sizes at which strata part; none for no strata of size.

    Returns:
        By level, one series per property in the order above: the stratum of every case, indexed by
        scan or lesion id. Its categories are in rising order, ``unknown`` last.

    Examples:
        >>> scans = pd.DataFrame(
        ...     {"scan_id": ["a", "b"], "lesion_id": ["l", "m"], "size_mm": [10.0, 10.5]}
        ... )
        >>> [sizes] = stratify_cases(scans, size_bounds_mm=[10.0])["scan"]
        >>> sizes.to_dict()
        {'a': 'size=<=10 mm', 'b': 'size=>10 mm'}
    """
    by_lesion = scans.groupby("lesion_id", sort=False)
    of_scan, of_lesion = {}, {}
    if "birads" in scans:
        ranks = scans["birads"].map({name: place for place, name in enumerate(BIRADS)})
        highest = highest_by_case(ranks, scans)
        of_scan["birads"] = _named(highest["scan"], BIRADS)
        of_lesion["birads"] = _named(highest["lesion"], BIRADS)
    if "size_mm" in scans and len(size_bounds_mm):
        names = _size_names(size_bounds_mm)
        sizes = scans.set_index("scan_id")["size_mm"]
        of_scan["size"] = _named(_size_places(sizes, size_bounds_mm), names)
        of_lesion["size"] = _named(_size_places(by_lesion["size_mm"].max(), size_bounds_mm), names)
    for name in [name for name in WORDS if name in scans]:
        of_scan[name], of_lesion[name] = _in_words(scans, name)
    if "view" in scans:
        of_scan["view"] = _as_categories(scans.set_index("scan_id")["view"], VIEWS)
    return {
        level: [
            found.cat.rename_categories([f"{name}={value}" for value in found.cat.categories])
            for name, found in properties.items()
            if len(found.cat.categories) > 1
        ]
        for level, properties in zip(LEVELS, (of_scan, of_lesion), strict=True)
    }


def _in_words(scans: ScansTable, column: str) -> tuple[Categories, Categories]:
    """Take a property of every scan, and that of every lesion, as they are called."""
    by_lesion = scans.groupby("lesion_id", sort=False)[column]
    different = by_lesion.nunique()
    known = (*sorted(scans[column].dropna().unique()), SEVERAL)
    return (
        _as_categories(scans.set_index("scan_id")[column], known),
        _as_categories(by_lesion.first().mask(different > 1, SEVERAL), known),
    )


def _size_places(sizes: "pd.Series[float]", bounds: Sequence[float]) -> "pd.Series[float]":
    places = np.searchsorted(np.asarray(bounds, dtype=float), sizes.to_numpy(), side="left")
    return pd.Series(np.where(sizes.isna(), np.nan, places), index=sizes.index)


def _size_names(bounds: Sequence[float]) -> tuple[str, ...]:
    """Name the ranges between bounds; the upper bound belongs to a range."""
    between = [f"{low:g}-{high:g} mm" for low, high in itertools.pairwise(bounds)]
    return (f"<={bounds[0]:g} mm", *between, f">{bounds[-1]:g} mm")


def _named(places: pd.Series, names: Sequence[str]) -> Categories:
    """Name places, keeping NaN, and make them categories."""
    return _as_categories(places.map(dict(enumerate(names))), names)


def _as_categories(values: "pd.Series[str]", names: Sequence[str]) -> Categories:
    """Make values categories in the order of `names`, unknown ones last; unused names are dropped."""
    texts = values.astype(object).where(values.notna(), UNKNOWN)
    present = set(texts)
    categories = [name for name in dict.fromkeys((*names, UNKNOWN)) if name in present]
    return pd.Series(pd.Categorical(texts, categories=categories), index=values.index)

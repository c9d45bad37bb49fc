"""What belongs together: chains of links turned into named groups."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Int
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sonolens.tables.cohort import ScansTable


def link_groups(names: Sequence[str], links: Int[np.ndarray, "links 2"]) -> list[str]:
    """Group names that are linked, directly or through others.

    Args:
        names: The members, each once.
        links: Places in `names`, two per link; none leaves every name on its own.

    Returns:
        The group of each name, called after its alphabetically first member.

    Examples:
        >>> link_groups(["d", "b", "a", "c"], np.array([[0, 1], [3, 0]]))
        ['b', 'b', 'a', 'b']
    """
    first, second = links.T
    linked = np.ones(len(links), dtype=bool)
    graph = coo_array((linked, (first, second)), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    called = pd.Series(list(names), dtype="object").groupby(component).transform("min")
    return called.tolist()


def join_groups(scans: ScansTable, duplicate_groups: pd.Series) -> pd.Series:
    """Join patients who share scans too alike to be split apart.

    Args:
        duplicate_groups: The group of every scan that has a duplicate, indexed by scan id
            (`sonolens.cohort.listed_duplicates`); scans that are not in `scans` do not matter.

    Returns:
        The group of every scan in the order of `scans`, indexed by scan id and called after its
        alphabetically first patient. Without duplicates these are the patients.
    """
    patients = sorted(set(scans["patient_id"]))
    place_of = {patient: place for place, patient in enumerate(patients)}
    known = scans[scans["scan_id"].isin(duplicate_groups.index)]
    places = known["patient_id"].map(place_of)
    alike = places.groupby(known["scan_id"].map(duplicate_groups))
    links = np.column_stack([alike.transform("first"), places]).astype(int).reshape(-1, 2)
    group_of = dict(zip(patients, link_groups(patients, links), strict=True))
    return pd.Series(
        scans["patient_id"].map(group_of).to_numpy(), index=list(scans["scan_id"]), name="group"
    )

"""Groups: chains close, names are stable, patients stay whole."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sonolens.cohort import join_groups
from sonolens.cohort.linking import link_groups

NO_LINKS = np.empty((0, 2), dtype=np.int64)


def scans_of(**patient_of: str) -> pd.DataFrame:
    return pd.DataFrame({"scan_id": list(patient_of), "patient_id": list(patient_of.values())})


def test_without_links_everybody_is_alone() -> None:
    assert link_groups(["b", "a"], NO_LINKS) == ["b", "a"]
    assert link_groups([], NO_LINKS) == []


@given(
    links=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=10),
    order=st.permutations(range(8)),
)
def test_groups_are_the_smallest_that_keep_links_whole_whatever_the_order(links, order) -> None:
    names = [f"n{place}" for place in range(8)]
    pairs = np.array(links, dtype=np.int64).reshape(-1, 2)
    group = link_groups(names, pairs)

    expected = {name: {name} for name in names}
    for first, second in links:
        union = expected[names[first]] | expected[names[second]]
        expected |= dict.fromkeys(union, union)
    assert group == [min(expected[name]) for name in names]

    place_of = {old: new for new, old in enumerate(order)}
    moved = np.array([[place_of[a], place_of[b]] for a, b in links], dtype=np.int64).reshape(-1, 2)
    shuffled = [names[old] for old in order]
    assert dict(zip(shuffled, link_groups(shuffled, moved), strict=True)) == dict(
        zip(names, group, strict=True)
    )


def test_patients_who_share_a_duplicate_become_one_group() -> None:
    scans = scans_of(s1="p2", s2="p2", s3="p1", s4="p3", s5="p4")
    duplicates = pd.Series({"s2": "s2", "s3": "s2"})

    groups = join_groups(scans, duplicates)

    assert groups.to_dict() == {"s1": "p1", "s2": "p1", "s3": "p1", "s4": "p3", "s5": "p4"}


def test_duplicates_chain_patients_through_each_other() -> None:
    scans = scans_of(a1="a", b1="b", b2="b", c1="c", d1="d")
    duplicates = pd.Series({"a1": "x", "b1": "x", "b2": "y", "c1": "y"})

    assert join_groups(scans, duplicates).tolist() == ["a", "a", "a", "a", "d"]


def test_without_duplicates_the_groups_are_the_patients() -> None:
    scans = scans_of(s1="p2", s2="p1", s3="p2")

    groups = join_groups(scans, pd.Series(dtype="str"))

    assert groups.tolist() == ["p2", "p1", "p2"]
    assert groups.index.tolist() == ["s1", "s2", "s3"]


def test_a_duplicate_that_was_dropped_no_longer_joins_anybody() -> None:
    scans = scans_of(s1="p1", s2="p2")

    groups = join_groups(scans, pd.Series({"s1": "gone", "gone": "gone"}))

    assert groups.tolist() == ["p1", "p2"]


def test_duplicates_within_a_patient_change_nothing() -> None:
    scans = scans_of(s1="p1", s2="p1", s3="p2")

    assert join_groups(scans, pd.Series({"s1": "s1", "s2": "s1"})).tolist() == ["p1", "p1", "p2"]

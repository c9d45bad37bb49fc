"""Scans too alike to be split apart: the same pixels, the same scan moved, or the same mass.

Two scans are compared in two stages: every scan's nearest relatives are candidates
(`sonolens.cohort.candidates`), and how alike a candidate is, is measured once one scan is laid on the other
(`sonolens.cohort.registration`).
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from sonolens.cohort.candidates import find_candidates
from sonolens.cohort.fingerprints import Fingerprint, rank_texture
from sonolens.cohort.linking import link_groups
from sonolens.cohort.registration import measure_likeness
from sonolens.parallel import ALGEBRA

MIN_KINSHIP = 0.75
"""Correlation from which two scans are kindred, unless told otherwise. Strangers reach 0.64 in
70,000 pairs of BUS-BRA, and 0.70 in 28,000 of phantoms, whose layers are much alike."""


def find_alike_pairs(
    fingerprints: list[Fingerprint], *, min_correlation: float
) -> tuple[Int[np.ndarray, "pairs 2"], Float[np.ndarray, " pairs"]]:
    """Find the pairs of scans that fit on each other.

    Cropped, shifted, framed, mirrored, negative, slightly turned, resized, recompressed or marked
    scans fit on their originals. The time goes with the square of the scans: 10,000 take one
    to a few minutes on two cores, the more of them look alike, and 0.6 GB.

    Args:
        fingerprints: One per scan.
        min_correlation: Median over tiles of the textures' correlation from which two scans count
            as alike, above 0.

    Returns:
        The two places of each pair, the smaller first, and its correlation; none for fewer than
        two scans.
    """
    if len(fingerprints) < 2:  # noqa: PLR2004 - a pair
        return np.empty((0, 2), dtype=np.int64), np.empty(0)
    thumbnails = np.stack([fingerprint.thumbnail for fingerprint in fingerprints])
    textures = np.stack([rank_texture(thumbnail) for thumbnail in thumbnails])
    # The products are so small that threads would wait for each other longer than they work.
    with ALGEBRA.one_thread_each():
        candidates = find_candidates(textures)
        pairs, correlation = measure_likeness(thumbnails, textures, candidates)
    alike = correlation >= min_correlation
    return pairs[alike], correlation[alike]


def group_duplicates(
    fingerprints: Mapping[str, Fingerprint],
    *,
    min_correlation: float,
    min_kinship: float = MIN_KINSHIP,
    patient_of: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Group scans that are the same or kindred, directly or through others.

    Args:
        fingerprints: By scan id.
        min_correlation: Correlation (see `find_alike_pairs`) from which two scans are the same
            scan, saved another way; above 0 and at most 1.
        min_kinship: Correlation from which two scans are kindred, as the same mass in another
            frame; above 0. Where `min_correlation` is less, that counts.
        patient_of: Patient of each scan. Kindred scans of one patient are no finding, because they
            stay together anyway.

    Returns:
        One row per scan that has a relative, in the order of `fingerprints`: `scan_id`, `group`
        (all that must stay together, called after its alphabetically first scan), `same_scan` (the
        same for the scans that are one scan; the scan itself where it is only kindred), `closest`
        (the scan most like it), `correlation` with that, `identical` (it has the same pixels) and
        `same` (it is the same scan). Empty where no scan has a relative.

    Raises:
        ValueError: If a threshold is out of range.
    """
    for name, threshold in (("min_correlation", min_correlation), ("min_kinship", min_kinship)):
        if not 0 < threshold <= 1:
            raise ValueError(
                f"{name} {threshold} must be above 0 and at most 1; "
                "with less, unrelated scans would count as duplicates"
            )
    names = sorted(fingerprints)
    identical = _link_identical([fingerprints[name].pixels for name in names])
    # Copies need no second comparison: the first of them stands for all.
    unlike = np.setdiff1d(np.arange(len(names)), identical[:, 1])
    pairs, correlation = find_alike_pairs(
        [fingerprints[names[place]] for place in unlike],
        min_correlation=min(min_kinship, min_correlation),
    )
    alike = pd.DataFrame(np.concatenate([identical, unlike[pairs]]), columns=["first", "second"])
    alike["correlation"] = np.concatenate([np.ones(len(identical)), correlation])
    alike["identical"] = np.arange(len(alike)) < len(identical)
    alike["same"] = alike["correlation"] >= min_correlation
    if patient_of is not None:
        patients = np.array([patient_of[name] for name in names], dtype=object)
        within = patients[alike["first"]] == patients[alike["second"]]
        alike = alike[alike["same"] | ~within]
    return _describe_members(alike, names=names, order=list(fingerprints))


def _link_identical(hashes: list[str]) -> Int[np.ndarray, "links 2"]:
    """Link every copy with the first scan of the same pixels: places (first, copy)."""
    first_of: dict[str, int] = {}
    links = [
        (first_of[pixels], place)
        for place, pixels in enumerate(hashes)
        if first_of.setdefault(pixels, place) != place
    ]
    return np.array(links, dtype=np.int64).reshape(-1, 2)


def _describe_members(alike: pd.DataFrame, *, names: list[str], order: list[str]) -> pd.DataFrame:
    """Tell each linked scan's groups and closest relative, in the given order of scans."""
    group, same_scan = (
        pd.Series(link_groups(names, links[["first", "second"]].to_numpy()), index=names)
        for links in (alike, alike[alike["same"]])
    )
    mirrored = alike.rename(columns={"first": "second", "second": "first"})
    both = pd.concat([alike, mirrored])
    for side in ("first", "second"):
        both[side] = np.array(names, dtype=object)[both[side]]
    closest = (
        both.sort_values(
            ["identical", "correlation", "second"], ascending=[False, False, True], kind="stable"
        )
        .drop_duplicates("first")
        .set_index("first")
    )
    members = [scan_id for scan_id in order if scan_id in closest.index]
    closest = closest.loc[members].rename(columns={"second": "closest"}).rename_axis("scan_id")
    closest.insert(0, "group", group.loc[members])
    closest.insert(1, "same_scan", same_scan.loc[members])
    return closest.reset_index()

"""Scans too alike to be split apart: the same pixels, or the same picture saved another way.

Two scans are near-identical when the texture of their thumbnails correlates. The thumbnail is
32 x 32 cells, each the mean of its pixels, so size and aspect do not matter. Its smooth part - the
field's outline, depth gain, the fat on top - is taken out, because it makes strangers alike, and
what is left is ranked, because ranks survive another brightness, contrast or a calliper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pandas as pd
from jaxtyping import Float, Float32, Int
from PIL import Image
from scipy import ndimage, stats

from sonolens.arrays import Scan
from sonolens.cohort.linking import link_groups

THUMBNAIL_SIDE = 32
SMOOTH_CELLS = 4.0
"""Standard deviation of the Gaussian whose blur counts as the smooth part, in thumbnail cells."""

COMPARED_AT_ONCE = 1024
"""Scans per block: with 10,000 scans a block of correlations takes 40 MB."""


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """What is kept of a scan to find its duplicates; about 4 KB.

    Attributes:
        pixels: Hash of the grey levels and the scan's size.
        texture: The ranked texture of the thumbnail, with mean 0 and length 1: the dot product of
            two is their rank correlation. All 0 where a scan has no texture.
    """

    pixels: str
    texture: Float32[np.ndarray, " cells"]


def take_fingerprint(scan: Scan) -> Fingerprint:
    """Take the fingerprint of a scan.

    Args:
        scan: Grey levels on the native grid, at least one pixel.

    Returns:
        Hash and texture.
    """
    pixels = sha256(np.array(scan.shape).tobytes())
    pixels.update(np.ascontiguousarray(scan).data)
    thumbnail = np.asarray(
        Image.fromarray(scan).resize((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BOX),
        dtype=np.float64,
    )
    # Rounded, so that the blur's last bits do not rank cells that are equally flat.
    texture = np.round(thumbnail - ndimage.gaussian_filter(thumbnail, SMOOTH_CELLS), 6)
    ranks = stats.rankdata(texture)
    ranks -= ranks.mean()
    length = np.linalg.norm(ranks)
    unit = ranks / length if length > 0 else ranks
    return Fingerprint(pixels=pixels.hexdigest(), texture=unit.astype(np.float32))


def find_near_pairs(
    textures: Float32[np.ndarray, "scans cells"], *, min_correlation: float
) -> tuple[Int[np.ndarray, "pairs 2"], Float[np.ndarray, " pairs"]]:
    """Find the pairs whose textures correlate, comparing all with all in blocks.

    Args:
        textures: One `Fingerprint.texture` per row.
        min_correlation: Rank correlation from which two scans count as alike, above 0.

    Returns:
        The two places of each pair, the smaller first, and its correlation; none for fewer than
        two scans.
    """
    found: list[np.ndarray] = [np.empty((0, 2), dtype=np.int64)]
    correlations: list[np.ndarray] = [np.empty(0)]
    for start in range(0, len(textures), COMPARED_AT_ONCE):
        block = textures[start : start + COMPARED_AT_ONCE] @ textures[start:].T
        first, second = np.nonzero(block >= min_correlation)
        later = second > first
        first, second = first[later], second[later]
        found.append(np.column_stack([first, second]) + start)
        correlations.append(block[first, second].astype(np.float64))
    return np.concatenate(found), np.minimum(np.concatenate(correlations), 1.0)


def group_duplicates(
    fingerprints: Mapping[str, Fingerprint], *, min_correlation: float
) -> pd.DataFrame:
    """Group scans that are identical or near-identical, directly or through others.

    Args:
        fingerprints: By scan id.
        min_correlation: Rank correlation of the textures from which scans are near-identical,
            above 0 and at most 1.

    Returns:
        One row per scan that has a duplicate, in the order of `fingerprints`: `scan_id`, `group`
        (its alphabetically first scan), `closest` (the scan most like it), `correlation` with that
        and `identical` (it has the same pixels). Empty where no scan has a duplicate.

    Raises:
        ValueError: If `min_correlation` is out of range.
    """
    if not 0 < min_correlation <= 1:
        raise ValueError(
            f"min_correlation {min_correlation} must be above 0 and at most 1; "
            "with less, unrelated scans would count as duplicates"
        )
    names = sorted(fingerprints)
    identical = _link_identical([fingerprints[name].pixels for name in names])
    # Copies need no second comparison: the first of them stands for all.
    unlike = np.setdiff1d(np.arange(len(names)), identical[:, 1])
    textures = [fingerprints[names[place]].texture for place in unlike]
    near = np.empty((0, 2), dtype=np.int64)
    correlation = np.empty(0)
    if textures:
        pairs, correlation = find_near_pairs(np.stack(textures), min_correlation=min_correlation)
        near = unlike[pairs]
    links = np.concatenate([identical, near])
    group = pd.Series(link_groups(names, links), index=names)
    alike = pd.DataFrame(
        {
            "first": np.array(names, dtype=object)[links[:, 0]],
            "second": np.array(names, dtype=object)[links[:, 1]],
            "correlation": np.concatenate([np.ones(len(identical)), correlation]),
            "identical": np.arange(len(links)) < len(identical),
        }
    )
    return _describe_members(alike, group=group, order=list(fingerprints))


def _link_identical(hashes: list[str]) -> Int[np.ndarray, "links 2"]:
    """Link every copy with the first scan of the same pixels: places (first, copy)."""
    first_of: dict[str, int] = {}
    links = [
        (first_of[pixels], place)
        for place, pixels in enumerate(hashes)
        if first_of.setdefault(pixels, place) != place
    ]
    return np.array(links, dtype=np.int64).reshape(-1, 2)


def _describe_members(alike: pd.DataFrame, *, group: pd.Series, order: list[str]) -> pd.DataFrame:
    """Tell each linked scan's group and closest relative, in the given order of scans."""
    mirrored = alike.rename(columns={"first": "second", "second": "first"})
    closest = (
        pd.concat([alike, mirrored])
        .sort_values(
            ["identical", "correlation", "second"], ascending=[False, False, True], kind="stable"
        )
        .drop_duplicates("first")
        .set_index("first")
    )
    members = [scan_id for scan_id in order if scan_id in closest.index]
    closest = closest.loc[members]
    return pd.DataFrame(
        {
            "scan_id": members,
            "group": group.loc[members].to_numpy(),
            "closest": closest["second"].to_numpy(),
            "correlation": closest["correlation"].to_numpy(),
            "identical": closest["identical"].to_numpy(),
        }
    )

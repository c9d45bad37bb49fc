"""Which scans may show the same: the nearest relatives of each, however their pixels moved.

The middle of every scan is looked for in every other one, at a few places and sizes, as it is or
mirrored, as a positive or a negative. What is found is only a candidate: how alike the two are says
`sonolens.cohort.registration`.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple, TypeAlias

import numpy as np
from jaxtyping import Float, Float32, Int, Int8
from scipy import ndimage

from sonolens.ultrasound.grid import from_shares, to_shares

MIDDLE = 0.7
"""Side of the middle that is looked for, as a share of the scan's."""

PATCH_SIDE = 10
"""Cells of a patch along each side: coarse, so that half a step in place or size matters little."""

PATCH_BLUR = 2.2
"""Standard deviation of the blur before a patch is read, in cells of the texture."""

SIZES = (0.8, 1.0)
"""Sizes looked at; larger ones are found from the other scan of the pair, whose turn comes too."""

STEPS = (-0.14, 0.0, 0.14)
"""Places looked at along each side, in half sides of the scan, from its middle."""

RELATIVES = 8
"""Nearest scans of each that are compared; among 8,000 strangers a moved copy was one of them."""

STARTS = 2
"""From how many places in a relative the registration begins: the likeliest may lead astray."""

COMPARED_AT_ONCE = 512
"""Scans along each side of a block, whose tables of 1 MB stay in the processor's cache."""

Patches: TypeAlias = Float32[np.ndarray, "4 scans cells"]
"""Patches as their even and odd parts: even or odd along the rows, even or odd along the columns.
A mirror only turns the sign of odd parts, so all mirrors are compared by four small products."""


class Candidates(NamedTuple):
    """Pairs of scans, and where the first was found in the second.

    Attributes:
        first: Place of the scan whose middle was looked for.
        second: Place of the scan in which it was found.
        placement: Affine map of (row, column, 1) from the first to the second, where both sides of
            either scan go from -1 to 1.
    """

    first: Int[np.ndarray, " pairs"]
    second: Int[np.ndarray, " pairs"]
    placement: Float[np.ndarray, "pairs 2 3"]


def find_candidates(textures: Int8[np.ndarray, "scans side side"]) -> Candidates:
    """Find the nearest relatives of every scan.

    Args:
        textures: One `rank_texture` per scan.

    Returns:
        Each pair `STARTS` times, from the likeliest places where the first was found in the second,
        and as often again where both are relatives of each other; none for fewer than two scans.
    """
    if len(textures) < 2:  # noqa: PLR2004 - a pair
        return Candidates(np.empty(0, int), np.empty(0, int), np.empty((0, 2, 3)))
    soft = ndimage.gaussian_filter(textures.astype(np.float32), (0, PATCH_BLUR, PATCH_BLUR))
    middles = _read_patches(soft, (1.0, 0.0, 0.0))
    looks = list(product(SIZES, STEPS, STEPS))
    found = [_read_patches(soft, look) for look in looks]
    blocks = _search_blocks(middles, found)
    first, second, look, mirrors = (np.concatenate(each) for each in zip(*blocks, strict=True))
    size, *steps = np.array(looks)[look].T
    placement = np.zeros((len(look), 2, 3))
    placement[:, [0, 1], [0, 1]] = size[:, None] * mirrors
    placement[:, :, 2] = np.column_stack(steps)
    return Candidates(first, second, placement)


def _read_patches(
    soft: Float32[np.ndarray, "scans side side"], look: tuple[float, float, float]
) -> Patches:
    """Read one patch of every scan - its size and the offset of its middle - with length 1."""
    size, *offsets = look
    side = soft.shape[1]
    line = MIDDLE * size * (2 * to_shares(np.arange(PATCH_SIDE), PATCH_SIDE) - 1)
    patches = soft
    for axis, offset in enumerate(offsets, start=1):
        at = np.clip(from_shares((1 + offset + line) / 2, side), 0, side - 1.001)
        before = at.astype(int)
        after = (at - before).astype(np.float32).reshape((-1, 1) if axis == 1 else -1)
        patches = (
            np.take(patches, before, axis) * (1 - after)
            + np.take(patches, before + 1, axis) * after
        )
    patches = patches - patches.mean(axis=(1, 2), keepdims=True)
    patches /= np.maximum(np.linalg.norm(patches, axis=(1, 2), keepdims=True), 1e-6)
    half = PATCH_SIDE // 2
    rows = (patches + sign * patches[:, ::-1] for sign in (1, -1))
    parts = [part + sign * part[:, :, ::-1] for part in rows for sign in (1, -1)]
    # Every part repeats itself beyond the middle; a quarter of its cells tells all.
    return np.stack([part[:, :half, :half].reshape(len(soft), -1) / 2 for part in parts])


def _search_blocks(middles: Patches, found: list[Patches]) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield block by block first, second, look and mirrors of the nearest relatives."""
    scans = middles.shape[1]
    relatives = min(RELATIVES, scans - 1)
    for start in range(0, scans, COMPARED_AT_ONCE):
        block = middles[:, start : start + COMPARED_AT_ONCE]
        best = np.zeros((block.shape[1], scans), dtype=np.float32)
        for other in range(0, scans, COMPARED_AT_ONCE):
            part = slice(other, other + COMPARED_AT_ONCE)
            for patches in found:
                _keep_best(best[:, part], block @ patches[:, part].transpose(0, 2, 1))
        own = np.arange(len(best))
        best[own, own + start] = -1
        second = np.argpartition(-best, relatives - 1, axis=1)[:, :relatives].ravel()
        first = np.repeat(own, relatives)
        look, mirrors = _locate(block[:, first], found, second)
        yield np.repeat(first + start, STARTS), np.repeat(second, STARTS), look, mirrors


def _keep_best(
    best: Float32[np.ndarray, "some others"], products: Float32[np.ndarray, "4 some others"]
) -> None:
    """Raise what was best so far to the likeness of the likest mirror, positive or negative."""
    for mirrored in (1, -1):
        even, odd = products[:2] + mirrored * products[2:]
        # The larger of |even + odd| and |even - odd|.
        likeness = np.abs(even, out=even)
        likeness += np.abs(odd, out=odd)
        np.maximum(best, likeness, out=best)


def _locate(
    middles: Float32[np.ndarray, "4 pairs cells"],
    found: list[Patches],
    second: Int[np.ndarray, " pairs"],
) -> tuple[Int[np.ndarray, " starts"], Int[np.ndarray, "starts 2"]]:
    """Tell in which looks, and mirrored along which sides, each middle was found best."""
    products = np.stack(
        [np.einsum("spc,spc->sp", middles, patches[:, second]) for patches in found]
    )
    mirrors = np.array(list(product((1, -1), repeat=2)))
    rows, cols = mirrors.T
    signs = np.stack([np.ones(4), cols, rows, rows * cols])
    likeness = np.abs(np.einsum("lsp,sm->plm", products, signs)).reshape(len(second), -1)
    best = np.argsort(-likeness, axis=1, kind="stable")[:, :STARTS].ravel()
    look, mirror = np.divmod(best, len(mirrors))
    return look, mirrors[mirror]

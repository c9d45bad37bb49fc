"""How alike two scans are once one is laid on the other.

The second scan is shifted, scaled, turned and sheared until its texture fits that of the first, by
Gauss-Newton steps that move the first instead, so that its slopes are taken once (inverse
composition: Baker and Matthews, IJCV 2004;56:221). Their likeness is then the median over tiles of
the first scan: a label burnt in, a corner turned out of the picture, or one bright mass that two
strangers share, is in a few tiles only.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from jaxtyping import Bool, Float, Float16, Float32, Int, Int8, Shaped
from scipy import ndimage

from sonolens.cohort.candidates import Candidates
from sonolens.cohort.fingerprints import FINE_CELLS, SMOOTH_CELLS
from sonolens.parallel import in_parallel
from sonolens.ultrasound.grid import from_shares, to_shares

STEPS = 8
"""Gauss-Newton steps at each of the two blurs."""

COARSE_BLUR = 2.0
FINE_BLUR = 0.7
"""Standard deviations in cells: the coarse one finds its way from half a step of the candidates."""

MIN_COARSE = 0.55
"""Correlation after the coarse steps below which a pair is not looked at again; 0.5 of copies."""

LONGEST_STEP = 0.1
"""By how much a step may change a placement, in half sides: more is a step into the dark."""

DAMPING = 0.01
"""Added to the diagonal of the normal equations, as a share of its mean."""

INSIDE = 0.98
"""Part of the half side that counts: the blur of what lies further out saw the edge."""

TILES = 5
"""Tiles along each side."""

TILE_SHARE = 0.3
"""Share of a tile that must lie on the second scan if it is to count."""

MIN_TILES = 9
"""Tiles, of 25, that must count: the scans share about a third of the first."""

MIN_CONTRAST = 1.0
"""Length of a tile's texture, in grey levels, below which it is flat."""

COMPARED_AT_ONCE = 128
"""Pairs at once; they take 60 MB."""


@dataclass(frozen=True, eq=False)
class _Level:
    """All scans at one blur, and the grid of cells (row, column, 1) that is compared."""

    soft: Float32[np.ndarray, "scans side side"]
    grid: Float32[np.ndarray, "3 cells"]


def measure_likeness(
    thumbnails: Float16[np.ndarray, "scans side side"],
    textures: Int8[np.ndarray, "scans side side"],
    candidates: Candidates,
) -> tuple[Int[np.ndarray, "pairs 2"], Float[np.ndarray, " pairs"]]:
    """Lay the second scan of each pair on the first and compare.

    Args:
        thumbnails: One `Fingerprint.thumbnail` per scan.
        textures: Their `rank_texture`.
        candidates: Pairs, and where each second scan lies at the start; of several starts of one
            pair, in either direction, the best goes on.

    Returns:
        The places of the pairs that have anything in common, the smaller first, in order; and the
        median over the tiles of their textures' correlation, from 0 to 1. The correlation of a
        negative has its sign turned. Pairs that share less than 9 of 25 tiles are left out.
    """
    chosen = _choose_starts(textures, candidates)
    which, own = np.unique([chosen.first, chosen.second], return_inverse=True)
    level = _blur(textures[which], blur=FINE_BLUR, every=1)
    pairs = Candidates(own[0], own[1], chosen.placement)
    blocks = _blocks(np.arange(len(chosen.first)))
    compared = in_parallel(partial(_compare_block, level, thumbnails[which], pairs), blocks)
    likeness = np.concatenate([np.empty(0), *compared])
    known = np.isfinite(likeness)
    return np.sort(np.column_stack(chosen[:2])[known], axis=1), likeness[known]


def _compare_block(
    level: _Level,
    thumbnails: Float16[np.ndarray, "scans side side"],
    pairs: Candidates,
    block: Int[np.ndarray, " some"],
) -> Float[np.ndarray, " some"]:
    """Fit some pairs and tell their likeness; not a number where they share too little."""
    some = Candidates(*(each[block] for each in pairs))
    fitted, correlation = _fit(level, some)
    tiles = _correlate_tiles(thumbnails, some._replace(placement=fitted))
    shared = np.isfinite(tiles).sum(axis=1) >= MIN_TILES
    likeness = np.full(len(block), np.nan)
    medians = np.nanmedian(tiles[shared], axis=1) * np.sign(correlation[shared])
    likeness[shared] = np.clip(medians, 0, 1)
    return likeness


def _fit_block(
    level: _Level, candidates: Candidates, block: Int[np.ndarray, " some"]
) -> tuple[Float[np.ndarray, "some 2 3"], Float[np.ndarray, " some"]]:
    return _fit(level, Candidates(*(each[block] for each in candidates)))


def _choose_starts(
    textures: Int8[np.ndarray, "scans side side"], candidates: Candidates
) -> Candidates:
    """Take the coarse steps from every start, and keep each pair's best if there is hope."""
    level = _blur(textures, blur=COARSE_BLUR, every=3)
    placement = np.empty_like(candidates.placement)
    correlation = np.empty(len(placement))
    blocks = _blocks(np.arange(len(placement)))
    fitted = in_parallel(partial(_fit_block, level, candidates), blocks)
    for block, (moved, found) in zip(blocks, fitted, strict=True):
        placement[block], correlation[block] = moved, found
    low = np.minimum(candidates.first, candidates.second)
    high = np.maximum(candidates.first, candidates.second)
    order = np.lexsort((-np.abs(correlation), high, low))
    _, at = np.unique((low * len(textures) + high)[order], return_index=True)
    best = order[at]
    best = best[np.abs(correlation[best]) >= MIN_COARSE]
    return Candidates(candidates.first[best], candidates.second[best], placement[best])


def _blocks(places: Int[np.ndarray, " pairs"]) -> list[Int[np.ndarray, " some"]]:
    return [places[k : k + COMPARED_AT_ONCE] for k in range(0, len(places), COMPARED_AT_ONCE)]


def _blur(textures: Shaped[np.ndarray, "scans side side"], *, blur: float, every: int) -> _Level:
    """Blur all scans, and lay a grid with that many cells from one place to the next."""
    side = textures.shape[1]
    soft = ndimage.gaussian_filter(textures.astype(np.float32), (0, blur, blur))
    line = 2 * to_shares(np.arange(every // 2, side, every), side) - 1
    rows, cols = (each.ravel() for each in np.meshgrid(line, line, indexing="ij"))
    return _Level(soft, np.stack([rows, cols, np.ones_like(rows)]).astype(np.float32))


def _fit(
    level: _Level, pairs: Candidates
) -> tuple[Float[np.ndarray, "pairs 2 3"], Float[np.ndarray, " pairs"]]:
    """Step from the pairs' placements to better ones; tell them and the correlation there."""
    placement = np.concatenate([pairs.placement, np.zeros((len(pairs.first), 1, 3))], axis=1)
    placement[:, 2, 2] = 1
    wanted, slopes = _describe_first(level, pairs)
    normal = slopes @ slopes.transpose(0, 2, 1)
    damping = DAMPING / 6 * np.trace(normal, axis1=1, axis2=2) + 1e-6
    inverse = np.linalg.inv(normal + damping[:, None, None] * np.eye(6))
    for step in range(STEPS + 1):
        values, inside = _read(level, pairs.second, placement[:, :2])
        seen, _ = _normalise(values, inside)
        first, _ = _normalise(wanted, inside)
        correlation = np.einsum("pc,pc->p", first, seen)
        if step == STEPS:
            break
        seen *= np.where(correlation < 0, -1, 1)[:, None]
        move = inverse @ (slopes @ (seen - first)[..., None])
        moved = np.broadcast_to(np.eye(3), placement.shape).copy()
        moved[:, :2] += np.clip(move.reshape(-1, 2, 3), -LONGEST_STEP, LONGEST_STEP)
        placement = placement @ np.linalg.inv(moved)
    return placement[:, :2], correlation


def _describe_first(
    level: _Level, pairs: Candidates
) -> tuple[Float32[np.ndarray, "pairs cells"], Float32[np.ndarray, "pairs 6 cells"]]:
    """Tell the first scans' texture, and how its unit vector changes with the six parameters."""
    side = level.soft.shape[1]
    which, own = np.unique(pairs.first, return_inverse=True)
    soft = level.soft[which]
    rows, cols = np.clip(((level.grid[:2] + 1) * side / 2).astype(int), 0, side - 1)
    wanted = soft[:, rows, cols]
    _, inside = _read(level, pairs.second, pairs.placement)
    unit, length = _normalise(wanted[own], inside)
    # Slopes per half side, in which placements are told.
    slopes = (each[:, rows, cols][own] for each in np.gradient(soft, 2 / side, axis=(1, 2)))
    turned = np.concatenate([each[:, None] * level.grid for each in slopes], axis=1)
    turned *= (inside / length)[:, None]
    turned -= turned.mean(axis=2, keepdims=True)
    turned -= (turned @ unit[..., None]) * unit[:, None]
    return wanted[own], turned.astype(np.float32)


def _read(
    level: _Level, scans: Int[np.ndarray, " pairs"], placement: Float[np.ndarray, "pairs 2 3"]
) -> tuple[Float32[np.ndarray, "pairs cells"], Bool[np.ndarray, "pairs cells"]]:
    """Read the scans where the grid falls on them, between cells, and tell what falls inside."""
    side = level.soft.shape[1]
    places = placement.astype(np.float32) @ level.grid
    inside = (np.abs(places) <= INSIDE).all(axis=1)
    cells = np.clip(from_shares((places + 1) / 2, side), 0, side - 1.001)
    before = cells.astype(np.int32)
    row, col = (cells - before.astype(np.float32)).transpose(1, 0, 2)
    corner = scans[:, None] * side**2 + before[:, 0] * side + before[:, 1]
    flat = level.soft.ravel()
    upper = flat[corner] * (1 - col) + flat[corner + 1] * col
    lower = flat[corner + side] * (1 - col) + flat[corner + side + 1] * col
    return upper * (1 - row) + lower * row, inside


def _normalise(
    values: Float32[np.ndarray, "pairs cells"], inside: Bool[np.ndarray, "pairs cells"]
) -> tuple[Float32[np.ndarray, "pairs cells"], Float32[np.ndarray, "pairs 1"]]:
    """Give what is inside mean 0 and length 1; tell the length it had."""
    count = np.maximum(inside.sum(axis=1, keepdims=True), 1)
    mean = (values * inside).sum(axis=1, keepdims=True) / count
    centred = ((values - mean) * inside).astype(np.float32)
    length = np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
    return centred / length, length


def _correlate_tiles(
    thumbnails: Float16[np.ndarray, "scans side side"], pairs: Candidates
) -> Float[np.ndarray, "pairs tiles"]:
    """Correlate tile by tile; not a number where too little of a tile is shared or it is flat."""
    side = thumbnails.shape[1]
    which, own = np.unique([pairs.first, pairs.second], return_inverse=True)
    level = _blur(thumbnails[which], blur=0.0, every=1)
    seen, inside = _read(level, own[1], pairs.placement)
    shape = (len(inside), side, side)
    # Taken out only now, on one grid: each scan's own smooth part depends on how it was cropped.
    first, second = (
        _take_texture(each.reshape(shape), inside.reshape(shape)).reshape(inside.shape)
        for each in (level.soft[own[0]], seen)
    )
    row, col = ((level.grid[:2] + 1) / 2 * TILES).astype(int)
    correlations = np.full((len(inside), TILES**2), np.nan)
    for tile in range(TILES**2):
        cells = row * TILES + col == tile
        here = inside[:, cells]
        wanted, contrast = _normalise(first[:, cells], here)
        found, other = _normalise(second[:, cells], here)
        told = (here.mean(axis=1) >= TILE_SHARE) & (
            np.maximum(contrast, other)[:, 0] > MIN_CONTRAST
        )
        correlations[told, tile] = (wanted * found).sum(axis=1)[told]
    return correlations


def _take_texture(
    thumbnails: Float32[np.ndarray, "pairs side side"], inside: Bool[np.ndarray, "pairs side side"]
) -> Float32[np.ndarray, "pairs side side"]:
    """Take the smooth part out of what is inside, as if there were nothing else."""
    texture = thumbnails
    for blur, sign in ((FINE_CELLS, 0), (SMOOTH_CELLS, 1)):
        weight = ndimage.gaussian_filter(inside.astype(np.float32), (0, blur, blur))
        part = ndimage.gaussian_filter(texture * inside, (0, blur, blur))
        part /= np.maximum(weight, 1e-6)
        texture = sign * texture + (1 - 2 * sign) * part
    return texture

"""Which pixels of a drawing are the mass: told by the areas of its levels, not by how many there are.

A level is a class of its own when it covers a notable area and most of that area is solid, each pixel among
its like. Edges that were smoothed, noise that a compression left and a few odd pixels are not solid, so
they are read as the nearer of black and white. Two classes beside the background are a label map, and
which of them is the mass cannot be known from the picture.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, NoReturn

import numpy as np
from jaxtyping import Bool, Integer, Shaped, UInt8
from scipy import ndimage

from sonolens.arrays import Mask
from sonolens.studies.remarks import remark

MOST_LABELS = 16
"""A lossless picture with more levels than this was smoothed or compressed, not labelled."""

TWO = 2
"""Levels of a plain drawing: black, and the mass."""

BLACK = 0.05
"""Up to this share of the brightest level a level is black: what compression makes of 0."""

NOTABLE = 0.01
"""Levels on less than this share of what is drawn are odd pixels; the published odd level has 0.0003."""

SOLID = 0.25
"""Share of a class's pixels that lie among their like: a band of 3 px has a third, an edge none."""

NOISY_SOLID = 0.5
"""The same where an edge may be as wide as its blur: a disc of 8 px has half."""

STEPS = 8
"""Noisy levels are compared in this many steps, each as wide as the noise of a coarse JPEG."""

HUE_STEPS = 2
"""Hues are told by each channel's part of the brightest one, in this many steps."""

CHROMA = 0.25
"""From this difference between its channels, of the brightest level, a pixel is coloured."""

CHOOSE = "name it in a column mask_value or mask_colour of the manifest"

Levels = Shaped[np.ndarray, "rows cols"]
Colours = UInt8[np.ndarray, "rows cols 3"]
Codes = Integer[np.ndarray, "rows cols"]
Areas = Integer[np.ndarray, " codes"]


def find_mass(levels: Levels, *, name: str, lossy: bool = False) -> Mask:
    """Tell the mass from its black background.

    Args:
        levels: What was drawn, in any depth.
        name: Name of the picture for the errors.
        lossy: Whether its format adds noise, so that no level need be exact.

    Returns:
        True inside the mass; nowhere if all is black, everywhere if all is of one other level.

    Raises:
        ValueError: If values mean nothing, no pixel is black, several classes are drawn, or the picture
            is no drawing but a scan.
    """
    if levels.dtype == np.bool_:
        return levels
    if not np.isfinite(levels).all() or levels.min() < 0:
        raise ValueError(
            f"mask {name!r} holds values below 0 or no numbers; save the mass as 1 on 0"
        )
    values, codes = np.unique(levels, return_inverse=True)
    if len(values) == 1:
        return levels > 0
    codes, names = codes.reshape(levels.shape), [f"{value:g}" for value in values]
    if values[0] > BLACK * values[-1]:
        _refuse_no_background(names, np.bincount(codes.ravel()), name)
    if len(values) == TWO:
        return levels > values[0]
    if lossy or len(values) > MOST_LABELS:
        _refuse_scan(levels, values[-1], name)
        _refuse_noisy_classes(levels, values[-1], name)
        return levels >= values[-1] / 2
    only = _find_class(codes, black=0, names=names, name=name)
    top = values[-1] if only is None else _level_of_mass(levels, values[only])
    _refuse_scan(levels, top, name)
    _refuse_noisy_classes(levels, top, name)
    _tell_odd_levels(levels, top, name)
    return levels >= top / 2


def find_coloured_mass(colours: Colours, *, name: str, lossy: bool = False) -> Mask:
    """Tell the mass, drawn in one colour, from its black background.

    Args:
        colours: Red, green and blue as they were drawn.
        name: Name of the picture for the errors.
        lossy: Whether its format adds noise, so that no colour need be exact.

    Returns:
        True inside the mass.

    Raises:
        ValueError: As `find_mass`; also if two colours are drawn, or a scan lies below the drawing.
    """
    channels = np.moveaxis(colours, 2, 0)  # far quicker than along the last axis
    brightness = channels.max(axis=0)
    top = brightness.max()
    painted = brightness - channels.min(axis=0) > CHROMA * top
    if not painted.any():
        return find_mass(brightness, name=name, lossy=lossy)
    _refuse_overlay(brightness, painted, name)
    values, codes = np.unique(pack_colours(colours), return_inverse=True)
    codes, names = codes.reshape(brightness.shape), [f"#{value:06x}" for value in values]
    sharp = not lossy and len(values) <= MOST_LABELS
    if brightness.min() > BLACK * top:
        _refuse_no_background(names, np.bincount(codes.ravel()), name)
    if sharp:
        darkest = int(codes.ravel()[brightness.argmin()])
        only = _find_class(codes, black=darkest, names=names, name=name)
        if only is not None:
            top = _level_of_mass(brightness, brightness[codes == only][0])
    drawn = brightness >= top / 2
    _refuse_hues(np.where(drawn[..., None], colours, 0), name, solid=0.0 if sharp else NOISY_SOLID)
    return drawn


def _level_of_mass(levels: Levels, of_class: Any) -> Any:
    """Take the level of the only class, unless more than odd pixels are brighter."""
    brighter = levels > (1 + BLACK) * of_class
    return levels.max() if brighter.sum() >= NOTABLE * (levels > 0).sum() else of_class


def pack_colours(colours: Colours) -> Codes:
    """Write each colour as one number, 0xRRGGBB."""
    packed: Codes = colours.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    return packed


def _refuse_overlay(
    brightness: UInt8[np.ndarray, "rows cols"], painted: Bool[np.ndarray, "rows cols"], name: str
) -> None:
    """Refuse a scan with a mass drawn upon it: more of it is grey than painted."""
    top = brightness.max()
    grey = ~painted & (brightness > BLACK * top) & (brightness < (1 - CHROMA) * top)
    if grey.sum() > painted.sum():
        raise ValueError(
            f"mask {name!r} is grey on {grey.sum():,} px and coloured on {painted.sum():,}, so the mass "
            "seems to be drawn upon a scan; save the drawing alone, white on black"
        )


def _refuse_hues(drawn: Colours, name: str, *, solid: float) -> None:
    """Refuse a drawing in two hues, whatever their shades are; thin lines count where nothing is noise."""
    parts = drawn / np.maximum(drawn.max(axis=2), 1)[..., None]
    base = HUE_STEPS + 1
    codes = np.rint(parts * HUE_STEPS).astype(np.int64) @ np.array([base**2, base, 1])
    hues = product([255 * step // HUE_STEPS for step in range(base)], repeat=3)
    names = ["#{:02x}{:02x}{:02x}".format(*hue) for hue in hues]
    _find_class(codes, black=0, names=names, name=name, solid=solid)


def _refuse_noisy_classes(levels: Levels, top: Any, name: str) -> None:
    """Refuse levels that gather about more than black and white."""
    parts = ndimage.median_filter(np.minimum(levels / top, 1), size=3) * STEPS
    names = [f"about {step / STEPS * top:.0f}" for step in range(STEPS + 1)]
    # Noise about a border between two steps of the one lies within a step of the other.
    for steps, black in ((np.rint(parts), 0), (np.ceil(parts).clip(min=1), 1)):
        _find_class(steps.astype(np.int64), black=black, names=names, name=name, solid=NOISY_SOLID)


def _find_class(
    codes: Codes, *, black: int, names: Sequence[str], name: str, solid: float = SOLID
) -> int | None:
    """Find the only class beside the black one; none where all that is drawn is thin or tiny."""
    areas = np.bincount(codes.ravel(), minlength=len(names))
    among_like = ndimage.minimum_filter(codes, size=3) == ndimage.maximum_filter(codes, size=3)
    inner = np.bincount(codes[among_like], minlength=len(names))
    notable = areas >= max(1, NOTABLE * (codes.size - areas[black]))
    classes = [
        int(code) for code in np.flatnonzero(notable & (inner >= solid * areas)) if code != black
    ]
    if len(classes) > 1:
        told = ", ".join(
            f"{names[code]} ({areas[code]:,} px)" for code in sorted([black, *classes])
        )
        raise ValueError(
            f"mask {name!r} is a label map of the classes {told}, and which of them is the mass is not "
            f"known; save the mass white on black, or {CHOOSE}"
        )
    return classes[0] if classes else None


def _refuse_no_background(names: Sequence[str], areas: Areas, name: str) -> NoReturn:
    """Refuse a drawing, or a scan, without a black pixel."""
    if len(names) > MOST_LABELS:
        raise ValueError(
            f"mask {name!r} has no black background: its {len(names)} levels go from {names[0]} to "
            f"{names[-1]}, so it looks like a scan; name the picture that shows the mass white on black"
        )
    told = ", ".join(f"{level} ({area:,} px)" for level, area in zip(names, areas, strict=True))
    raise ValueError(
        f"mask {name!r} has no black background but the levels {told}, and which of them are the mass is not "
        f"known; save the mass white on black, or {CHOOSE}"
    )


def _refuse_scan(levels: Levels, top: Any, name: str) -> None:
    grey = int(((levels >= 0.25 * top) & (levels < 0.75 * top)).sum())
    bright = int((levels >= 0.75 * top).sum())
    if grey > bright:
        raise ValueError(
            f"mask {name!r} is mostly grey ({grey:,} px, and {bright:,} px white), so it looks like a "
            "scan; name the picture that shows the mass white on black"
        )


def _tell_odd_levels(levels: Levels, top: Any, name: str) -> None:
    """Remark the few pixels between black and the mass, or above it."""
    odd = (levels > BLACK * top) & (np.abs(levels - float(top)) > BLACK * top)
    if 0 < odd.sum() < NOTABLE * (levels > BLACK * top).sum():  # a smoothed edge has more
        values, areas = np.unique(levels[odd], return_counts=True)
        told = ", ".join(
            f"{area} of level {value:g}" for value, area in zip(values, areas, strict=True)
        )
        remark(
            "mask_levels",
            f"{odd.sum()} px",
            f"mask {name!r} has odd pixels ({told}) beside {int((levels == top).sum()):,} of level "
            f"{top:g}; from half of that level on they count as mass",
        )

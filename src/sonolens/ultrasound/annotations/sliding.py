"""Sliding extremes and growth of masks on small numbers, by shifting whole pictures against each other."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Shaped

from sonolens.arrays import Mask

Picture = Shaped[np.ndarray, "rows cols"]


def slide_max(pixels: Picture, size: tuple[int, int]) -> Picture:
    """Take the largest value of the rectangle around every pixel, as `scipy.ndimage.maximum_filter` does.

    Args:
        pixels: Numbers that are not negative, or a mask, which it dilates.
        size: Odd numbers of rows and columns.
    """
    return _slide(pixels, size, take=np.maximum, beyond=0)


def slide_min(pixels: Picture, size: tuple[int, int], *, beyond: int) -> Picture:
    """Take the smallest value of the rectangle around every pixel.

    Args:
        pixels: Numbers, or a mask, which it erodes.
        size: Odd numbers of rows and columns.
        beyond: What is taken to lie beyond the picture.
    """
    return _slide(pixels, size, take=np.minimum, beyond=beyond)


def grow(mask: Mask, *, steps: int) -> Mask:
    """Dilate a mask by its four neighbours, so many times."""
    grown = mask.copy()
    for _ in range(steps):
        before = grown.copy()
        grown[1:] |= before[:-1]
        grown[:-1] |= before[1:]
        grown[:, 1:] |= before[:, :-1]
        grown[:, :-1] |= before[:, 1:]
    return grown


def _slide(
    pixels: Picture, size: tuple[int, int], *, take: Callable[..., Picture], beyond: int
) -> Picture:
    # Shifts of the whole picture by 1, 2, 4 ... pixels take a tenth of the time of a filter that goes by lines.
    reach = [(side // 2, side // 2) for side in size]
    found = np.pad(pixels, reach, constant_values=beyond)
    for axis, side in enumerate(size):
        covered = 1
        while covered < side:
            step = min(covered, side - covered)
            ahead, behind = (
                (slice(None),) * axis + (part,) for part in (slice(step, None), slice(-step))
            )
            found = take(found[ahead], found[behind])
            covered += step
    return found

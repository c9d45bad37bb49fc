"""The mass of a scan whose publishers drew it in several files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sonolens.arrays import Mask
from sonolens.studies.picture import read_mask


def read_united_masks(paths: Sequence[Path]) -> Mask:
    """Read the masks of one scan: a pixel inside any of them belongs to the mass.

    Args:
        paths: One or more files that `read_mask` reads, of one size.

    Returns:
        True inside the mass.

    Raises:
        FileNotFoundError: If a file is absent.
        ValueError: If there is no file, one cannot be read, or their sizes differ.
    """
    if not paths:
        raise ValueError("no mask file is given; a mass is the union of one or more masks")
    masks = [read_mask(path) for path in paths]
    for path, mask in zip(paths, masks, strict=True):
        if mask.shape != masks[0].shape:
            raise ValueError(
                f"mask {path.name!r} is {mask.shape[0]} x {mask.shape[1]} pixels but "
                f"{paths[0].name!r} is {masks[0].shape[0]} x {masks[0].shape[1]}; "
                "masks of one scan must share its grid"
            )
    return np.logical_or.reduce(np.stack(masks))

"""A blanked scan is the same outside of annotations, and like the tissue around them inside."""

import numpy as np
import pytest
from scipy import ndimage

from sonolens.ultrasound.annotations import blank_annotations


def speckle(level: np.ndarray, seed: int = 0) -> np.ndarray:
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=level.shape), (1, 2))
    return np.clip(level + 15 * noise / noise.std(), 0, 255).astype(np.uint8)


def marks() -> np.ndarray:
    marked = np.zeros((120, 160), dtype=np.uint8)
    marked[40:52, 30:90] = 1
    marked[100:, :20] = 4
    return marked


def test_pixels_that_are_no_annotation_stay_as_they_were() -> None:
    scan, marked = speckle(np.full((120, 160), 90.0)), marks()
    burnt = np.where(marked > 0, 255, scan).astype(np.uint8)

    blanked = blank_annotations(burnt, marked)

    far = ~ndimage.binary_dilation(marked > 0, structure=np.ones((7, 7)))
    np.testing.assert_array_equal(blanked[far], burnt[far])
    assert (burnt[marked > 0] == 255).all()


def test_the_fill_has_the_mean_and_the_speckle_of_the_tissue_around() -> None:
    scan, marked = speckle(np.full((120, 160), 90.0)), marks()
    burnt = np.where(marked > 0, 255, scan).astype(np.uint8)

    fill = blank_annotations(burnt, marked)[42:50, 32:88].astype(float)

    assert fill.mean() == pytest.approx(90, abs=6)
    assert fill.std() == pytest.approx(15, abs=5)
    neighbours = np.corrcoef(fill[:, 1:].ravel(), fill[:, :-1].ravel())[0, 1]
    assert neighbours == pytest.approx(
        np.corrcoef(scan[:, 1:].ravel(), scan[:, :-1].ravel())[0, 1], abs=0.1
    )


def test_without_annotations_or_without_tissue_nothing_changes() -> None:
    scan = speckle(np.full((40, 50), 90.0))
    for marked in (np.zeros(scan.shape), np.ones(scan.shape)):
        np.testing.assert_array_equal(blank_annotations(scan, marked.astype(np.uint8)), scan)


def test_annotations_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit a scan of 4 x 6"):
        blank_annotations(np.zeros((4, 6), np.uint8), np.zeros((6, 4), np.uint8))

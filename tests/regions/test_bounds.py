"""Where evidence is astray."""

import numpy as np

from sonolens.regions import REGIONS, on_annotations, outside_regions


def test_only_mass_ring_and_below_are_within_bounds():
    codes = np.array([list(REGIONS.values())], dtype=np.uint8)

    outside = dict(zip(REGIONS, outside_regions(codes)[0].tolist(), strict=True))

    assert outside == {
        "other": True,
        "mass": False,
        "peritumoral": False,
        "below": False,
        "annotation": True,
    }


def test_every_kind_of_annotation_is_out_of_bounds():
    assert on_annotations(np.array([[0, 1, 4]], dtype=np.uint8)).tolist() == [[False, True, True]]

"""Which files become scans, and why others are left out."""

import numpy as np
import pytest
from desk_network import SPACING, draw_mask, draw_scan
from made_dicom import scan as make_scan

from sonolens.explain import Refused, list_given
from sonolens.explain.preparing import prepare
from sonolens.travel.card import CardFraming

FRAMING = CardFraming(size_px=64, annotations="keep")


def prepared(given):
    return prepare(given, FRAMING, spacing_mm=SPACING, frame=None)


def test_a_scan_with_two_masks_is_left_out_and_the_others_are_not(tmp_path, save):
    for name in ("a", "b"):
        save(draw_scan(1), f"scans/{name}.png")
    for name in ("a", "a_mask", "b"):
        save(255 * draw_mask(), f"masks/{name}.png")
    given = list_given([tmp_path / "scans"], masks=[tmp_path / "masks"], names="auto")

    first, second = map(prepared, given)

    assert first == Refused(1, "a", "it has 2 masks; keep the one that holds")
    assert second.one.mask.sum() == draw_mask().sum()


def test_masks_are_taken_in_the_order_of_the_scans_and_one_too_few_is_refused(tmp_path, save):
    scans = [save(draw_scan(1), f"{name}.png") for name in "ab"]
    masks = [save(255 * draw_mask(), f"{name}.png") for name in ("first", "second")]

    given = list_given(scans, masks=masks, names="auto")
    assert [each.mask for each in given] == masks
    with pytest.raises(ValueError, match="there are 1 masks for 2 scans"):
        list_given(scans, masks=masks[:1], names="auto")


@pytest.mark.parametrize("shape", [(0, 128), (96, 0)])
@pytest.mark.parametrize("kind", ["npy", "dcm"])
def test_a_file_without_a_pixel_is_left_out_as_it_is_read(tmp_path, shape, kind):
    none = np.zeros(shape, dtype=np.uint8)
    np.save(tmp_path / "none.npy", none)
    file = make_scan(none, BurnedInAnnotation="NO")
    del file.SequenceOfUltrasoundRegions
    file.save_as(tmp_path / "none.dcm", enforce_file_format=True)
    (given,) = list_given([tmp_path / f"none.{kind}"], masks=[], names="auto")

    assert isinstance(prepared(given), Refused)

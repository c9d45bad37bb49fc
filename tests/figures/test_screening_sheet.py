"""The sheet shows every scan as it was read, its outline where there is one, and every finding."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from sonolens.figures.screening_sheet import ScreenedScan, draw_screening_sheet

SCAN = np.arange(64, dtype=np.uint8).reshape(8, 8)
MASS = np.pad(np.ones((3, 3), dtype=bool), ((1, 4), (2, 3)))


def tile(*findings: tuple[str, str], **changed: object) -> ScreenedScan:
    told = {"scan_id": "scan-1", "label": "benign", "scan": SCAN, "mask": MASS, "pixel_aspect": 2.0}
    told |= {"annotations": np.zeros(SCAN.shape, dtype=bool)}
    return ScreenedScan(**(told | changed), findings=list(findings))  # type: ignore[arg-type]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_a_scan_is_drawn_as_it_is_and_its_mask_outlined_along_pixel_edges() -> None:
    (axes,) = draw_screening_sheet([tile()], summary="n = 1").axes

    (image,) = axes.images
    assert np.array_equal(image.get_array(), SCAN)
    assert image.get_clim() == (0, 255)
    assert axes.get_aspect() == 2.0
    (outline,) = axes.collections
    corners = np.concatenate([path.vertices for path in outline.get_paths()])
    assert corners.min(axis=0).tolist() == [1.5, 0.5]
    assert corners.max(axis=0).tolist() == [4.5, 3.5]


def test_what_cannot_be_read_says_so_and_what_does_not_fit_has_no_outline() -> None:
    unread, unfit = draw_screening_sheet(
        [tile(scan=None, mask=None), tile(mask=None)], summary="n = 2"
    ).axes

    assert [text.get_text() for text in unread.texts] == ["not readable"]
    assert not unread.images
    assert unfit.images
    assert not unfit.collections


def test_findings_stand_below_their_scan_and_none_is_dropped_in_silence() -> None:
    few = draw_screening_sheet([tile(("error", "empty_mask"))], summary="n = 1")
    many = draw_screening_sheet([tile(*[("warning", "tiny_scan")] * 5)], summary="n = 1")

    assert "ERROR empty mask" in texts(few)
    assert texts(many).count("! tiny scan") == 2
    assert "and 3 more findings" in texts(many)


def test_a_long_name_stays_in_its_place() -> None:
    named = draw_screening_sheet([tile(scan_id="x" * 200)], summary="n = 1")

    assert max(map(len, texts(named))) < 100


def test_a_sheet_without_scans_is_refused() -> None:
    with pytest.raises(ValueError, match="no scan to show"):
        draw_screening_sheet([], summary="n = 0")


def test_annotations_are_outlined_and_scans_without_any_have_no_further_line() -> None:
    marked = np.zeros(SCAN.shape, dtype=bool)
    marked[5:7, 1:6] = True

    plain, annotated = (
        draw_screening_sheet([each], summary="").axes[0]
        for each in (tile(), tile(annotations=marked))
    )

    assert len(annotated.collections) == len(plain.collections) + 1

"""Grey levels of DICOM: what a header says of how a picture is to be seen is applied, or refused by name."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_dicom import COLS, ROWS, TISSUE, X0, X1, Y0, Y1, make_folder, read, save, scan, screen
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRBigEndian

from sonolens.studies.remarks import listen

NEGATIVE = np.arange(255, -1, -1)


def lookup(entries: np.ndarray, *, bits: int, first: int = 0, packed: bool = False) -> Sequence:
    """A look-up table as a sequence of one item."""
    item = Dataset()
    item.LUTDescriptor = [len(entries), first, bits]
    item.add_new("LUTData", "OW", entries.astype("u1" if packed else "<u2").tobytes())
    return Sequence([item])


def frame_window() -> Sequence:
    """Functional groups of one frame, with a window of its own."""
    window, group = Dataset(), Dataset()
    window.WindowCenter, window.WindowWidth = "40", "80"
    group.FrameVOILUTSequence = Sequence([window])
    return Sequence([group])


def palette(red: np.ndarray, green: np.ndarray, blue: np.ndarray) -> dict[str, Any]:
    """A palette of 16 bits, whose upper 8 are used."""
    values: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name, channel in (("Red", red), ("Green", green), ("Blue", blue)):
        values[f"{name}PaletteColorLookupTableDescriptor"] = [len(channel), 0, 16]
        values[f"{name}PaletteColorLookupTableData"] = (channel << 8).astype("<u2").tobytes()
    return values


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scans with masks, a table and, outside the folder, a secret."""
    return make_folder(tmp_path)


def show(folder: Path, pixels: np.ndarray | None = None, **changes: Any) -> np.ndarray:
    save(scan(pixels, **changes), folder / "first.dcm")
    return read(folder).image("first")


@pytest.mark.parametrize(
    "changes",
    [
        {"WindowCenter": "127.5", "WindowWidth": "255", "VOILUTFunction": "LINEAR_EXACT"},
        {"WindowCenter": "128", "WindowWidth": "256"},
        {"WindowCenter": ["128", "20"], "WindowWidth": ["256", "4"]},
        {"WindowCenter": "", "WindowWidth": ""},
        {"RescaleSlope": "1", "RescaleIntercept": "0"},
        {"RescaleSlope": "2", "RescaleIntercept": "-30"},
        {"PresentationLUTShape": "IDENTITY"},
        {"VOILUTSequence": lookup(np.arange(256), bits=8)},
        {"VOILUTSequence": lookup(np.arange(256), bits=8, packed=True)},
        {"VOILUTSequence": lookup(np.arange(256) * 257, bits=16)},
        {"ModalityLUTSequence": lookup(np.arange(256), bits=8)},
    ],
)
def test_what_changes_nothing_changes_nothing(folder: Path, changes: dict[str, Any]) -> None:
    np.testing.assert_array_equal(show(folder, **changes), TISSUE)


@pytest.mark.parametrize(
    "changes",
    [
        {"VOILUTSequence": lookup(NEGATIVE, bits=8)},
        {"VOILUTSequence": lookup(NEGATIVE, bits=8), "WindowCenter": "9", "WindowWidth": "4"},
        {"ModalityLUTSequence": lookup(NEGATIVE, bits=8)},
        {"RescaleSlope": "-1", "RescaleIntercept": "255"},
        {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"},
        palette(NEGATIVE, NEGATIVE, NEGATIVE),
    ],
)
def test_a_negative_is_shown_as_it_is_meant(folder: Path, changes: dict[str, Any]) -> None:
    np.testing.assert_array_equal(show(folder, **changes), 255 - TISSUE)


def test_a_narrow_window_is_applied_as_the_standard_has_it(folder: Path) -> None:
    grey = show(folder, WindowCenter="100", WindowWidth="51")

    assert grey[TISSUE <= 74].max() == 0  # c - 0.5 - (w - 1) / 2 = 74.5
    assert grey[TISSUE >= 125].min() == 255
    # (100 - 99.5) / 50 + 0.5 = 0.51 of 255
    assert set(grey[TISSUE == 100]) == {130}


def test_a_window_of_one_level_parts_black_from_white_half_a_level_below_its_centre(
    folder: Path,
) -> None:
    grey = show(folder, WindowCenter="100", WindowWidth="1")

    # x <= c - 0.5 is black, x > c - 0.5 is white (DICOM PS3.3, C.11.2.1.2.1).
    np.testing.assert_array_equal(grey, np.where(TISSUE >= 100, 255, 0))


def test_a_window_shows_deep_pixels(folder: Path) -> None:
    deep = (screen().astype("<u2") << 4) | 7

    grey = show(
        folder,
        deep,
        BitsStored=12,
        BitsAllocated=16,
        HighBit=11,
        WindowCenter="2048",
        WindowWidth="4096",
    )

    assert np.abs(grey.astype(int) - TISSUE).max() <= 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"PresentationLUTShape": "INVERSE"}, "INVERSE contradicts MONOCHROME2"),
        (
            {"PresentationLUTShape": "IDENTITY", "PhotometricInterpretation": "MONOCHROME1"},
            "IDENTITY contradicts MONOCHROME1",
        ),
        ({"WindowWidth": "40"}, "WindowCenter is None, its WindowWidth 40"),
        ({"WindowCenter": "40", "WindowWidth": "0"}, "WindowCenter is 40.*WindowWidth 0"),
        (
            {"WindowCenter": "40", "WindowWidth": "9", "VOILUTFunction": "CUBIC"},
            "VOILUTFunction CUBIC is unknown",
        ),
        ({"RescaleSlope": "0", "RescaleIntercept": "0"}, "RescaleSlope is 0"),
        ({"ModalityLUTSequence": lookup(np.arange(256), bits=12)}, "gives 12 bits, and it has no"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "has the descriptor None"),
        ({"VOILUTSequence": lookup(np.arange(256), bits=0)}, "256, 0, 0"),
        (
            {"PresentationLUTSequence": lookup(np.arange(256), bits=8)},
            "PresentationLUTSequence is not supported",
        ),
        ({"SharedFunctionalGroupsSequence": frame_window()}, "FrameVOILUTSequence is not"),
        ({"PerFrameFunctionalGroupsSequence": frame_window()}, "FrameVOILUTSequence is not"),
    ],
)
def test_what_cannot_be_applied_is_refused_by_name_and_costs_one_scan(
    folder: Path, changes: dict[str, Any], refusal: str
) -> None:
    save(scan(**changes), folder / "first.dcm")
    study = read(folder)

    with pytest.raises(ValueError, match=f"first.dcm' cannot be shown .*{refusal}.*; save it anew"):
        study.image("first")
    np.testing.assert_array_equal(study.image("second"), TISSUE)


@pytest.mark.parametrize("is_little", [True, False])
def test_a_grey_palette_gives_its_greys_in_either_order_of_bytes(
    folder: Path, is_little: bool
) -> None:
    curve = np.minimum(2 * np.arange(256), 255)
    changes = palette(curve, curve, curve)
    if not is_little:
        changes = {
            keyword: np.frombuffer(value, "<u2").byteswap().tobytes()
            if isinstance(value, bytes)
            else value
            for keyword, value in changes.items()
        }
    file = scan(**changes)
    if not is_little:
        file.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    save(file, folder / "first.dcm")

    with listen() as heard:
        grey = read(folder).image("first")

    np.testing.assert_array_equal(grey, curve[TISSUE])
    assert heard == []


def test_a_coloured_palette_becomes_luminance_and_is_told(folder: Path) -> None:
    levels, none = np.arange(256), np.zeros(256, dtype=np.int64)
    save(scan(**palette(levels, none, none)), folder / "first.dcm")

    with listen() as heard:
        grey = read(folder).image("first")

    assert np.abs(grey - 0.299 * TISSUE).max() <= 1
    assert [(said.check, "coloured on" in said.message) for said in heard] == [
        ("coloured_scan", True)
    ]


@pytest.mark.parametrize(
    ("share", "flag", "is_told"), [(0.002, 0, False), (0.05, 0, True), (0.0, 1, True)]
)
def test_colours_are_told_where_they_are_many_or_the_file_says_so(
    folder: Path, share: float, flag: int, is_told: bool
) -> None:
    colours = np.dstack([screen()] * 3)
    count = round(share * (X1 - X0) * (Y1 - Y0))
    for place in range(count):
        colours[Y0 + place % (Y1 - Y0), X0 + place // (Y1 - Y0)] = (255, 0, 0)
    save(scan(colours, UltrasoundColorDataPresent=flag), folder / "first.dcm")

    with listen() as heard:
        read(folder).image("first")

    assert [said.check for said in heard] == (["coloured_scan"] if is_told else [])


def test_colours_outside_the_tissue_are_not_told(folder: Path) -> None:
    colours = np.zeros((ROWS, COLS, 3), dtype=np.uint8)
    colours[:, :X0] = (0, 0, 255)
    save(scan(colours), folder / "first.dcm")

    with listen() as heard:
        read(folder).image("first")

    assert heard == []

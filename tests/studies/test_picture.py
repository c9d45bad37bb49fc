"""Every picture on disk becomes the right grey levels or the right mass, or an error says why not."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sonolens.studies.mask_choice import MaskChoice
from sonolens.studies.picture import read_mask, read_scan
from sonolens.studies.remarks import listen

GREY = np.arange(0, 240, 10, dtype=np.uint8).reshape(4, 6)
SQUARE = np.zeros((40, 60), dtype=bool)
SQUARE[10:30, 15:40] = True


def save(path: Path, pixels: object, **options: object) -> Path:
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(path, **options)
    return path


def with_alpha(grey: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    return np.dstack([grey, grey, grey, alpha]).astype(np.uint8)


def deep_colours(path: Path, values: np.ndarray) -> Path:
    """Write a PNG of 16 bits per colour, which Pillow can read but not write."""
    rows = np.repeat(values[..., None], 3, axis=2).astype(">u2")
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    chunks = [(b"IHDR", header), (b"IDAT", body), (b"IEND", b"")]
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
    )
    return path


@pytest.mark.parametrize("ending", ["png", "bmp", "tif"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_grey_levels_arrive_unchanged(tmp_path: Path, ending: str, mode: str) -> None:
    path = save(tmp_path / f"scan.{ending}", Image.fromarray(GREY).convert(mode))

    assert np.array_equal(read_scan(path), GREY)


def test_a_jpeg_arrives_within_its_own_noise(tmp_path: Path) -> None:
    scan = np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1))
    path = save(tmp_path / "scan.jpg", scan, quality=95)

    assert np.abs(read_scan(path).astype(int) - scan).max() <= 8


def test_the_format_is_told_by_what_a_file_holds(tmp_path: Path) -> None:
    path = save(tmp_path / "scan.jpg", GREY, format="BMP")

    assert np.array_equal(read_scan(path), GREY)


def test_colours_become_luminance(tmp_path: Path) -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]], dtype=np.uint8)

    assert read_scan(save(tmp_path / "scan.png", colours)).tolist() == [[76, 150, 29]]


def test_a_palette_is_resolved_by_colour_not_by_index(tmp_path: Path) -> None:
    picture = Image.fromarray(np.array([[0, 1, 2]], dtype=np.uint8)).convert("P")
    picture.putpalette([200, 200, 200, 10, 10, 10, 90, 90, 90])

    assert read_scan(save(tmp_path / "scan.png", picture)).tolist() == [[200, 10, 90]]


def test_one_bit_becomes_black_and_white(tmp_path: Path) -> None:
    path = save(tmp_path / "scan.png", np.array([[True, False]]))

    assert read_scan(path).tolist() == [[255, 0]]


def test_transparent_pixels_are_black_whatever_colour_they_hide(tmp_path: Path) -> None:
    grey, alpha = np.array([[200, 200, 200]]), np.array([[0, 128, 255]])
    rgba = save(tmp_path / "rgba.png", with_alpha(grey, alpha))
    la = save(tmp_path / "la.png", Image.fromarray(with_alpha(grey, alpha)).convert("LA"))

    assert read_scan(rgba).tolist() == [[0, 100, 200]]
    assert read_scan(la).tolist() == [[0, 100, 200]]


def test_a_grey_level_declared_transparent_is_black(tmp_path: Path) -> None:
    path = save(tmp_path / "scan.png", np.array([[90, 91]], dtype=np.uint8), transparency=90)

    assert read_scan(path).tolist() == [[0, 91]]


def test_ink_is_dark(tmp_path: Path) -> None:
    ink = Image.fromarray(GREY).convert("RGB").convert("CMYK")

    assert np.array_equal(read_scan(save(tmp_path / "scan.tif", ink)), GREY)


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_8_bit_data_stored_in_16_bits_keeps_its_values(tmp_path: Path, ending: str) -> None:
    path = save(tmp_path / f"scan.{ending}", GREY.astype(np.uint16))

    assert np.array_equal(read_scan(path), GREY)


def test_8_bit_data_stored_in_32_bits_keeps_its_values(tmp_path: Path) -> None:
    path = save(tmp_path / "scan.tif", (GREY + np.uint8(25)).astype(np.int32))

    assert np.array_equal(read_scan(path), GREY + 25)


@pytest.mark.parametrize(
    ("pixels", "told"),
    [
        (GREY.astype(np.uint16) + 26, "uint16 values from 26 to 256"),
        (GREY.astype(np.int32) - 1, "int32 values from -1 to 229"),
        (GREY.astype(np.float32) / 255, "float32 values from 0.0 to 0.9"),
    ],
)
def test_a_deeper_picture_is_not_squeezed(tmp_path: Path, pixels: np.ndarray, told: str) -> None:
    path = save(tmp_path / "scan.tif", pixels)

    with pytest.raises(ValueError, match=rf"scan.tif' holds {told}.*convert it to 8 bits with the"):
        read_scan(path)


def test_16_bits_per_colour_are_not_squeezed(tmp_path: Path) -> None:
    path = deep_colours(tmp_path / "scan.png", GREY.astype(np.uint16) * 256)

    with pytest.raises(ValueError, match=r"scan.png' has 16 bits per colour; convert it to 8 bits"):
        read_scan(path)


def test_several_pages_are_refused(tmp_path: Path) -> None:
    page = Image.fromarray(GREY)
    path = save(tmp_path / "scan.tif", page, save_all=True, append_images=[page, page])

    with pytest.raises(ValueError, match=r"scan.tif' holds 3 pages; save the one you mean"):
        read_scan(path)


@pytest.mark.parametrize("ending", ["jpg", "tif", "png"])
def test_a_picture_that_viewers_turn_is_refused(tmp_path: Path, ending: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(tmp_path / f"scan.{ending}", GREY, exif=exif)

    with pytest.raises(ValueError, match=r"EXIF orientation 6.* save it upright"):
        read_scan(path)


def test_a_picture_that_says_it_is_upright_is_read(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 1

    assert np.array_equal(read_scan(save(tmp_path / "scan.png", GREY, exif=exif)), GREY)


def test_a_numpy_array_is_a_picture(tmp_path: Path) -> None:
    np.save(tmp_path / "scan.npy", GREY)
    np.save(tmp_path / "mask.npy", SQUARE)

    assert np.array_equal(read_scan(tmp_path / "scan.npy"), GREY)
    assert np.array_equal(read_mask(tmp_path / "mask.npy"), SQUARE)


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (SQUARE, "holds bool values from False to True"),
        (GREY / 255, "holds float64 values"),
        (GREY[None], r"is uint8 of shape \(1, 4, 6\)"),
        (GREY[:0], r"is uint8 of shape \(0, 6\)"),
        (GREY.astype(complex), "is complex128 of shape"),
        (np.array([[{}]]), "cannot be read .*Python objects"),
    ],
)
def test_an_array_that_is_no_scan_is_refused(tmp_path: Path, array: np.ndarray, told: str) -> None:
    np.save(tmp_path / "scan.npy", array, allow_pickle=True)

    with pytest.raises(ValueError, match=f"scan.npy' {told}"):
        read_scan(tmp_path / "scan.npy")


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "tif", "npy"])
@pytest.mark.parametrize("share", [0.2, 0.6])
def test_a_truncated_file_is_named(tmp_path: Path, ending: str, share: float) -> None:
    path = tmp_path / f"scan.{ending}"
    noise = np.random.default_rng(0).integers(0, 255, (40, 50), dtype=np.uint8)
    np.save(path, noise) if ending == "npy" else save(path, noise)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])

    with pytest.raises(ValueError, match=rf"scan.{ending}' cannot be read .*"):
        read_scan(path)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    text, archive = tmp_path / "scan.png", tmp_path / "mask.png"
    text.write_text("no picture")
    archive.write_bytes(b"PK\x03\x04 and so on")

    with pytest.raises(
        ValueError, match=r"scan.png' cannot be read as PNG, JPEG, BMP, TIFF or .npy"
    ):
        read_scan(text)
    with pytest.raises(ValueError, match=r"mask.png' is a zip archive; unpack it"):
        read_mask(archive)
    with pytest.raises(ValueError, match="is a folder; name the file in it"):
        read_scan(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"none.png' does not exist"):
        read_scan(tmp_path / "none.png")


@pytest.mark.parametrize(
    "drawing",
    [
        SQUARE,
        SQUARE.astype(np.uint8),
        SQUARE.astype(np.uint8) * 255,
        SQUARE.astype(np.uint16) * 300,
        SQUARE.astype(np.int32) * 70000,
        SQUARE.astype(np.float32),
        np.dstack([SQUARE * 0, SQUARE * 0, SQUARE * 255]).astype(np.uint8),
        with_alpha(SQUARE * 255, np.full(SQUARE.shape, 255)),
        with_alpha(np.full(SQUARE.shape, 255), SQUARE * 255),
        with_alpha(np.full(SQUARE.shape, 255), SQUARE * 100),
    ],
    ids=[
        *("1 bit", "0 and 1", "0 and 255", "16 bits", "32 bits", "float", "blue"),
        *("opaque", "transparent outside", "half transparent"),
    ],
)
def test_a_mass_of_any_depth_is_what_is_not_black(tmp_path: Path, drawing: np.ndarray) -> None:
    assert np.array_equal(read_mask(save(tmp_path / "mask.tif", drawing)), SQUARE)


def test_a_mass_in_palette_colours_is_found_by_colour(tmp_path: Path) -> None:
    picture = Image.fromarray((~SQUARE).astype(np.uint8)).convert("P")
    picture.putpalette([128, 0, 0, 0, 0, 0])

    assert np.array_equal(read_mask(save(tmp_path / "mask.png", picture)), SQUARE)


def test_a_background_declared_transparent_is_outside(tmp_path: Path) -> None:
    drawing = np.where(SQUARE, 255, 200).astype(np.uint8)
    path = save(tmp_path / "mask.png", drawing, transparency=200)

    assert np.array_equal(read_mask(path), SQUARE)


def test_a_jpeg_of_few_levels_is_no_label_map(tmp_path: Path) -> None:
    path = save(tmp_path / "mask.jpg", SQUARE.astype(np.uint8) * 255, quality=100)
    levels = np.unique(np.asarray(Image.open(path)))
    assert 2 < levels.size <= 16

    assert np.array_equal(read_mask(path), SQUARE)


def test_a_black_picture_is_an_empty_mask(tmp_path: Path) -> None:
    assert not read_mask(save(tmp_path / "mask.png", np.zeros((4, 6), np.uint8))).any()


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_the_noise_of_a_jpeg_is_no_mass(tmp_path: Path, ending: str) -> None:
    noisy = Image.open(save(tmp_path / "noisy.jpg", SQUARE.astype(np.uint8) * 255, quality=30))
    assert ((np.asarray(noisy) > 0) != SQUARE).any()

    assert np.array_equal(read_mask(save(tmp_path / f"mask.{ending}", noisy)), SQUARE)


def test_a_smoothed_mass_ends_at_half_of_its_brightness(tmp_path: Path) -> None:
    ramp = np.tile(np.clip(np.arange(-200, 600, 10), 0, 200), (60, 1)).astype(np.uint8)

    mask = read_mask(save(tmp_path / "mask.png", ramp))

    assert np.array_equal(mask, ramp >= 100)


def test_a_scan_is_not_taken_for_a_mask(tmp_path: Path) -> None:
    speckle = np.random.default_rng(0).rayleigh(40, (60, 80)).clip(0, 255).astype(np.uint8)

    with pytest.raises(ValueError, match=r"mask.png' is mostly grey .* looks like a scan"):
        read_mask(save(tmp_path / "mask.png", speckle))


def test_a_class_of_a_label_map_is_chosen_by_what_is_stored(tmp_path: Path) -> None:
    entries = Image.new("P", SQUARE.shape[::-1])
    entries.putdata(np.where(SQUARE, 2, 1).ravel().tolist())
    entries.putpalette([0, 0, 0, 0, 128, 0, 128, 0, 0])
    path = save(tmp_path / "mask.png", entries)

    with pytest.raises(
        ValueError, match=r"no black background but the levels #008000 .*mask_value"
    ):
        read_mask(path)
    assert np.array_equal(read_mask(path, choice=MaskChoice(value=2.0)), SQUARE)
    assert np.array_equal(read_mask(path, choice=MaskChoice(colour=(128, 0, 0))), SQUARE)
    with pytest.raises(
        ValueError, match=r"no pixel of mask_value 3 but 1 \(1,900 px\), 2 \(500 px\)"
    ):
        read_mask(path, choice=MaskChoice(value=3.0))
    coloured = save(tmp_path / "colours.png", entries.convert("RGB"))
    with pytest.raises(ValueError, match="is in colours, so no mask_value names its mass"):
        read_mask(coloured, choice=MaskChoice(value=2.0))


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_strong_colours_in_a_scan_are_remarked_but_coloured_signs_are_not(
    tmp_path: Path, ending: str
) -> None:
    scan = np.random.default_rng(0).integers(40, 90, (64, 100), dtype=np.uint8)
    signs, flow = (np.repeat(scan[..., None], 3, axis=2) for _ in range(2))
    signs[10:12, 10:30] = [255, 255, 0]
    flow[20:36, 20:60] = [220, 30, 10]

    with listen() as heard:
        read_scan(save(tmp_path / f"grey.{ending}", scan))
        read_scan(save(tmp_path / f"signs.{ending}", signs, quality=90))
    assert not heard
    with listen() as heard:
        read_scan(save(tmp_path / f"flow.{ending}", flow, quality=90))
    assert [said.check for said in heard] == ["coloured_scan"]
    assert float(heard[0].value.strip("%")) == pytest.approx(10, abs=1)


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_values_that_mean_nothing_are_refused(tmp_path: Path, value: float) -> None:
    drawing = SQUARE.astype(np.float32)
    drawing[0, 0] = value

    with pytest.raises(ValueError, match=r"mask.tif' holds values below 0 or no numbers"):
        read_mask(save(tmp_path / "mask.tif", drawing))


def published(folder: Path, *, masks: bool) -> list[Path]:
    every = sorted([*folder.glob("BrEaST*/*.png"), *folder.glob("*/*/*.png")])
    marks = ("_mask", "mask_", "_tumor", "_other")
    return [path for path in every if any(mark in path.name for mark in marks) == masks]


def stored_channels(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Colours and opacity as stored, both from 0 to 1, with the channel axis last."""
    with Image.open(path) as picture:
        stored = np.atleast_3d(np.asarray(picture, dtype=float))
        stored /= 1 if picture.mode == "1" else 255
    opaque = np.ones(stored.shape[:2])
    return (stored, opaque) if stored.shape[2] < 4 else (stored[..., :3], stored[..., 3])


@pytest.mark.real_scans
def test_published_masks_are_where_any_visible_channel_is_not_black(real_scans: Path) -> None:
    busbra, others = (
        [path for path in published(real_scans, masks=True) if ("BUSBRA" in path.parts) == own]
        for own in (True, False)
    )
    assert len(others) == 106

    for path in [*busbra[::20], *others]:
        colours, opacity = stored_channels(path)
        assert np.array_equal(read_mask(path), (colours.max(axis=2) > 0) & (opacity > 0)), path


@pytest.mark.real_scans
def test_published_scans_are_luminance_on_black_and_never_masks(real_scans: Path) -> None:
    for path in published(real_scans, masks=False)[::8]:
        colours, opacity = stored_channels(path)
        weights = [0.299, 0.587, 0.114] if colours.shape[2] == 3 else [1.0]
        assert np.abs(read_scan(path) - 255 * opacity * (colours @ weights)).max() < 1.5, path
        with pytest.raises(ValueError, match="looks like a scan"):
            read_mask(path)

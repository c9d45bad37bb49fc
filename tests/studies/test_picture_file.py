"""A picture file tells its size without decoding, and its colours over black."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sonolens.studies.picture_file import read_colours, read_size


def save(array: list | np.ndarray, file: Path) -> Path:
    Image.fromarray(np.asarray(array, dtype=np.uint8)).save(file)
    return file


def test_the_size_is_rows_then_columns(tmp_path: Path) -> None:
    assert read_size(save(np.zeros((3, 4)), tmp_path / "scan.png")) == (3, 4)


def test_colours_are_red_green_blue_and_transparency_is_black(tmp_path: Path) -> None:
    pixels = [[[255, 0, 0, 255], [0, 255, 0, 0], [0, 0, 200, 128]]]

    colours = read_colours(save(pixels, tmp_path / "mask.png"))

    assert colours.tolist() == [[[255, 0, 0], [0, 0, 0], [0, 0, 100]]]


def test_a_palette_is_resolved(tmp_path: Path) -> None:
    palette = Image.new("P", (2, 1))
    palette.putpalette([0, 0, 0, 0, 255, 0])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "mask.png")

    assert read_colours(tmp_path / "mask.png").tolist() == [[[0, 0, 0], [0, 255, 0]]]


def test_a_truncated_picture_tells_its_size_but_not_its_colours(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, size=(40, 50, 3))
    file = save(noise, tmp_path / "mask.png")
    file.write_bytes(file.read_bytes()[:500])

    assert read_size(file) == (40, 50)
    with pytest.raises(ValueError, match=r"mask.png' cannot be read .* good copy"):
        read_colours(file)


@pytest.mark.parametrize("read", [read_size, read_colours])
def test_what_is_no_picture_is_named(tmp_path: Path, read: object) -> None:
    (tmp_path / "scan.png").write_bytes(b"no picture")

    with pytest.raises(ValueError, match=r"scan.png' cannot be read"):
        read(tmp_path / "scan.png")

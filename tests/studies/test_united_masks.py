"""A mass drawn in several files is their union, in whatever mode each was saved."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sonolens.studies.united_masks import read_united_masks


def save(file: Path, pixels: list[tuple[int, int]], *, mode: str = "L") -> Path:
    inside = np.zeros((3, 4), dtype=bool)
    inside[tuple(zip(*pixels, strict=True))] = True
    if mode == "white on transparent":
        picture = Image.fromarray(np.stack([inside * np.uint8(255)] * 4, axis=2))
    elif mode == "white on transparent white":
        grey = np.full((3, 4, 2), 255, dtype=np.uint8)
        grey[..., 1] = inside * 255
        picture = Image.fromarray(grey)
    else:
        picture = Image.fromarray(inside).convert(mode)
    picture.save(file)
    return file


@pytest.mark.parametrize(
    "mode", ["1", "L", "RGB", "RGBA", "LA", "white on transparent", "white on transparent white"]
)
def test_every_colour_mode_adds_its_mass(tmp_path: Path, mode: str) -> None:
    files = [save(tmp_path / "a.png", [(1, 2)], mode=mode), save(tmp_path / "b.png", [(0, 0)])]

    mask = read_united_masks(files)

    assert mask.shape == (3, 4)
    assert np.argwhere(mask).tolist() == [[0, 0], [1, 2]]


def test_overlapping_masks_count_once_and_stay_inside(tmp_path: Path) -> None:
    files = [
        save(tmp_path / "a.png", [(0, 0), (0, 1)]),
        save(tmp_path / "b.png", [(0, 1), (0, 2)]),
        save(tmp_path / "c.png", [(2, 3)]),
    ]

    assert np.argwhere(read_united_masks(files)).tolist() == [[0, 0], [0, 1], [0, 2], [2, 3]]


def test_masks_of_two_sizes_are_refused_by_name(tmp_path: Path) -> None:
    files = [save(tmp_path / "a.png", [(0, 0)]), tmp_path / "b.png"]
    Image.new("L", (3, 4)).save(files[1])

    with pytest.raises(ValueError, match=r"'b.png' is 4 x 3 pixels but 'a.png' is 3 x 4"):
        read_united_masks(files)


def test_no_mask_is_no_union() -> None:
    with pytest.raises(ValueError, match="no mask file"):
        read_united_masks([])

"""Colours: red is malignant, blue benign, zero is clear."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from skimage.color import rgb2lab

from sonolens.figures.style import REGION_COLOURS, signed_colours, text_width_in, wrap

# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB.
PROTANOPIA = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTERANOPIA = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)


def seen(colour: str, matrix) -> np.ndarray:
    """The colour in CIELAB as a colour-blind reader sees it."""
    encoded = np.array(to_rgb(colour))
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(matrix) @ linear, 0, 1)
    again = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb2lab(again)


@pytest.mark.parametrize("matrix", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
def test_regions_are_told_apart_by_colour_blind_readers(matrix) -> None:
    colours = [seen(colour, matrix) for colour in REGION_COLOURS.values()]

    gaps = [np.linalg.norm(a - b) for i, a in enumerate(colours) for b in colours[:i]]
    assert min(gaps) > 20


def test_zero_is_clear_and_equal_sizes_are_equally_opaque() -> None:
    alpha = signed_colours(np.array([[-1.0, 0.0, 1.0]]), limit=2.0)[0, :, 3]

    assert alpha[1] == 0
    assert alpha[0] == alpha[2] > 0


def test_positive_is_red_and_negative_is_blue() -> None:
    red, blue = signed_colours(np.array([[1.0, -1.0]]), limit=1.0)[0]

    assert red[0] > red[2]
    assert blue[2] > blue[0]


def test_what_exceeds_the_limit_is_drawn_like_the_limit() -> None:
    alpha = signed_colours(np.array([[1.0, 9.0]]), limit=1.0)[0, :, 3]

    assert alpha[0] == alpha[1]


def test_a_limit_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="colour limit is 0"):
        signed_colours(np.zeros((1, 1)), limit=0.0)


def test_wrapped_lines_fit_and_lose_no_word() -> None:
    text = "a map that knows nothing scores chance on the same scans"

    lines = wrap(text, width_in=1.0, size_pt=8.0).split("\n")

    assert " ".join(lines) == text
    assert max(text_width_in(line, size_pt=8.0) for line in lines) <= 1.0

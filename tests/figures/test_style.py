"""Colours: red is malignant, blue benign, zero is clear."""

import numpy as np
import pytest

from sonolens.figures.style import signed_colours, text_width_in, wrap


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

"""The tissue below the mass, drawn from small pictures."""

import numpy as np
import pytest

from sonolens.regions import Below


def draw(picture: str, *, row_mm: float = 1.0, **changes: object) -> str:
    """Draw below a picture whose mass is ``m``: ``b`` is below, everything else a dot."""
    mass = np.array([[letter == "m" for letter in row] for row in picture.split()])
    told = {"lateral_trim": 0.0, "max_depth_mm": None, "exclude_ring": True} | changes
    below = Below(**told).draw(mass, row_mm)
    return " ".join("".join(".b"[marked] for marked in row) for row in below.tolist())


@pytest.mark.parametrize(
    ("width", "trim", "left"),
    [
        (10, 0.0, 10),
        (10, 0.19, 8),  # 1.9 columns: only one whole column goes on each side
        (9, 0.3, 5),  # 2.7 columns
        (7, 0.49, 1),  # 3.43 columns: the middle stays whatever the share
        (5, 1 / 6, 5),  # 0.83 columns: none
        (6, 1 / 6, 4),
    ],
)
def test_trimming_leaves_out_whole_columns_only(width: int, trim: float, left: int) -> None:
    gone = (width - left) // 2

    drawn = draw("m" * width + " " + "." * width, lateral_trim=trim)

    assert drawn.split()[1] == "." * gone + "b" * left + "." * gone


@pytest.mark.parametrize(
    ("max_depth_mm", "rows"), [(0.4, 0), (0.5, 1), (0.9, 1), (1.0, 2), (1.49, 2), (99.0, 4)]
)
def test_a_row_is_below_when_its_centre_is_no_deeper_than_allowed(
    max_depth_mm: float, rows: int
) -> None:
    drawn = draw("m . . . .", row_mm=0.5, max_depth_mm=max_depth_mm)

    assert drawn.split()[1:] == ["b"] * rows + ["."] * (4 - rows)


def test_what_lies_in_a_notch_of_the_mass_is_not_below_it() -> None:
    assert draw("mmm m.. mmm ...") == "... ... ... bbb"

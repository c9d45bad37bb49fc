"""Marks are mirrored about both axes."""

import numpy as np
import pytest

from sonolens.ultrasound.annotations import callipers
from sonolens.ultrasound.annotations.strokes import measure_prominence

SIDE_PX = 13


def mirror(square: np.ndarray) -> float:
    """What the square in the middle of nothing else is told, by its mean square."""
    around = np.pad(square.astype(np.float32), 20)
    places = (np.array([20 + SIDE_PX // 2]), np.array([20 + SIDE_PX // 2]))
    return float(callipers._mirror(around, places)[0] / (square**2).mean())


def test_a_cross_is_wholly_like_its_mirror_images() -> None:
    cross = np.zeros((SIDE_PX, SIDE_PX))
    cross[6], cross[:, 6] = 1, 1

    assert mirror(cross) == pytest.approx(1)


@pytest.mark.parametrize("turned", [False, True])
def test_a_bar_beside_the_middle_is_not_like_its_image(turned: bool) -> None:
    """Along the bar it is mirrored, across it is not, and the lesser of the two counts."""
    bar = np.zeros((SIDE_PX, SIDE_PX))
    bar[2] = 1

    assert mirror(bar.T if turned else bar) == 0


def test_half_of_what_is_mirrored_is_half_alike() -> None:
    """Of two pixels above and below the middle and one beside it whose place in the mirror is bare."""
    marks = np.zeros((SIDE_PX, SIDE_PX))
    marks[3, 6], marks[9, 6], marks[6, 2], marks[6, 6] = 1, 1, 1, 1

    assert mirror(marks) == pytest.approx(3 / 4)


def test_squares_are_compared_alike_however_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    fine = np.random.default_rng(5).standard_normal((40, 50)).astype(np.float32)
    places = np.nonzero(np.ones_like(fine, dtype=bool))
    at_once = callipers._mirror(fine, places)
    monkeypatch.setattr(callipers, "AT_ONCE", 7)

    np.testing.assert_array_equal(callipers._mirror(fine, places), at_once)


def test_what_could_not_be_a_mark_if_it_were_mirrored_is_not_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scan = np.random.default_rng(1).integers(60, 90, (120, 160)).astype(np.uint8)
    monkeypatch.setattr(callipers, "_mirror", lambda *_: pytest.fail("compared for nothing"))
    found = callipers.find_callipers(
        scan, measure_prominence(scan), text=np.zeros(scan.shape, dtype=bool)
    )

    assert found == []

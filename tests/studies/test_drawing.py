"""Which pixels of a drawing are the mass is told by areas: classes from edges, noise and odd pixels."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy import ndimage

from sonolens.studies.drawing import find_coloured_mass, find_mass
from sonolens.studies.remarks import listen

ROWS, COLS = np.mgrid[:60, :80]
DISC = (ROWS - 30) ** 2 + (COLS - 40) ** 2 <= 15**2
RIM = ((ROWS - 30) ** 2 + (COLS - 40) ** 2 <= 25**2) & ~DISC
EDGE = DISC & ~ndimage.binary_erosion(DISC)


def paint(background: float, mass: float, rim: float | None = None) -> np.ndarray:
    return np.where(DISC, mass, np.where(RIM, background if rim is None else rim, background))


def compressed(drawing: np.ndarray, quality: int) -> np.ndarray:
    packed = io.BytesIO()
    Image.fromarray(drawing.astype(np.uint8)).save(packed, "JPEG", quality=quality)
    return np.asarray(Image.open(packed))


def coloured(**parts: tuple[np.ndarray, tuple[int, int, int]]) -> np.ndarray:
    picture = np.zeros((*DISC.shape, 3), dtype=np.uint8)
    for where, colour in parts.values():
        picture[where] = colour
    return picture


@given(level=st.integers(1, 65535))
@settings(max_examples=20, deadline=None)
def test_a_mass_may_have_any_level_on_black(level: int) -> None:
    assert np.array_equal(find_mass(paint(0, level).astype(np.uint16), name="m"), DISC)


@given(levels=st.lists(st.integers(0, 255), min_size=3, max_size=3, unique=True))
@settings(max_examples=40, deadline=None)
def test_three_classes_are_never_united_whatever_their_levels(levels: list[int]) -> None:
    with pytest.raises(ValueError, match="save the mass white on black, or name it in a column"):
        find_mass(paint(*levels).astype(np.uint8), name="m")


def test_a_label_map_is_told_by_its_levels_and_their_areas() -> None:
    told = rf"0 \(2,839 px\), 38 \({DISC.sum()} px\), 75 \({RIM.sum():,} px\), and which of them"

    with pytest.raises(ValueError, match=told):
        find_mass(paint(0, 38, 75).astype(np.uint8), name="m")


@given(levels=st.lists(st.integers(1, 255), min_size=2, max_size=2, unique=True))
@settings(max_examples=20, deadline=None)
def test_two_levels_without_black_are_refused_unless_one_is_nearly_black(levels: list[int]) -> None:
    picture = paint(*levels).astype(np.uint8)
    if min(levels) <= 0.05 * max(levels):
        assert find_mass(picture, name="m").any()
    else:
        with pytest.raises(ValueError, match="no black background but the levels"):
            find_mass(picture, name="m")


@given(mass=st.integers(1, 255), odd=st.integers(1, 255))
@settings(max_examples=40, deadline=None)
def test_two_odd_pixels_never_change_the_mass_and_are_told(mass: int, odd: int) -> None:
    picture = paint(0, mass).astype(np.uint8)
    picture[30, 40] = picture[31, 44] = odd

    with listen() as heard:
        found = find_mass(picture, name="m")

    assert (found != DISC).sum() <= 2
    is_odd = odd > 0.05 * mass and abs(odd - mass) > 0.05 * mass
    assert [said.check for said in heard] == ["mask_levels"] * is_odd
    assert all(f"2 of level {odd}" in said.message for said in heard)


@pytest.mark.parametrize("quality", [20, 50, 75, 95, 100])
def test_what_a_jpeg_does_to_two_levels_is_no_class_but_a_third_level_is(quality: int) -> None:
    two, three = compressed(paint(0, 255), quality), compressed(paint(0, 113, 255), quality)

    for lossy in (False, True):
        assert (find_mass(two, name="m", lossy=lossy) != DISC).mean() < 0.005
        with pytest.raises(ValueError, match=r"which of them|looks like a scan"):
            find_mass(three, name="m", lossy=lossy)


def test_ringing_about_black_and_white_is_black_and_white() -> None:
    noise = np.random.default_rng(0).integers(0, 8, DISC.shape)

    assert np.array_equal(find_mass(np.where(DISC, 255 - noise, noise), name="m"), DISC)


def test_an_edge_in_another_level_belongs_to_the_mass_without_a_word() -> None:
    with listen() as heard:
        found = find_mass(np.where(EDGE, 128, paint(0, 255)), name="m")

    assert np.array_equal(found, DISC)
    assert not heard


@pytest.mark.parametrize("lift", [0, 100, 128])
def test_a_scan_is_no_drawing_however_bright_it_is(lift: int) -> None:
    speckle = np.random.default_rng(0).rayleigh(40, DISC.shape).clip(0, 120) + lift

    with pytest.raises(ValueError, match="looks like a scan"):
        find_mass(speckle.astype(np.uint8), name="m")


def test_a_mass_in_one_colour_is_found_and_two_colours_are_a_label_map() -> None:
    assert np.array_equal(find_coloured_mass(coloured(mass=(DISC, (128, 0, 0))), name="m"), DISC)
    for rim in ((0, 128, 0), (192, 0, 0), (255, 255, 255)):
        with pytest.raises(
            ValueError, match=rf"label map of the classes #000000 .*\({RIM.sum():,} px"
        ):
            find_coloured_mass(coloured(mass=(DISC, (128, 0, 0)), rim=(RIM, rim)), name="m")


def test_outlines_in_two_colours_are_two_classes() -> None:
    outer = RIM & ~ndimage.binary_erosion(RIM | DISC)
    lines = coloured(mass=(EDGE, (0, 255, 0)), rim=(outer, (255, 0, 0)))

    with pytest.raises(ValueError, match="label map of the classes"):
        find_coloured_mass(lines, name="m")


@pytest.mark.parametrize("where", [DISC, EDGE])
def test_a_mass_drawn_upon_its_scan_is_no_drawing(where: np.ndarray) -> None:
    scan = np.random.default_rng(0).rayleigh(25, DISC.shape).clip(0, 255).astype(np.uint8)
    picture = np.repeat(scan[..., None], 3, axis=2)
    picture[where] = [255, 0, 0]

    with pytest.raises(ValueError, match="seems to be drawn upon a scan"):
        find_coloured_mass(picture, name="m")

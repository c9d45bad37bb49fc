import io

import numpy as np
import pytest
from PIL import Image

from sonolens.datasets.contact_sheet import (
    GAP_PX,
    LABEL_COLOURS,
    TILE_PX,
    colour_array,
    draw_contact_sheet,
)

RED, WHITE, BLUE = [255, 0, 0], [255, 255, 255], [0, 0, 255]


def sheet_of(*values):
    with Image.open(io.BytesIO(draw_contact_sheet(values))) as picture:
        return np.asarray(picture)


def test_evidence_is_red_where_positive_and_blue_where_negative():
    assert colour_array(np.array([[2.0, 0.0, -2.0]])).tolist() == [[RED, WHITE, BLUE]]


def test_the_colours_are_symmetric_about_zero():
    coloured = colour_array(np.array([[-1.0, 4.0]], dtype=np.float32))

    assert coloured[0, 0].tolist() == [191, 191, 255]
    assert coloured[0, 1].tolist() == RED


def test_a_map_without_negative_values_keeps_its_zero_white():
    assert colour_array(np.array([[0.0, 5.0]])).tolist() == [[WHITE, RED]]


def test_a_constant_map_and_missing_values_are_drawn():
    assert colour_array(np.zeros((1, 1))).tolist() == [[WHITE]]
    assert colour_array(np.array([[np.nan, -1.0]])).tolist() == [[[128, 128, 128], BLUE]]


def test_region_codes_get_one_colour_each():
    coloured = colour_array(np.array([[0, 1, 2, 3]], dtype=np.uint8))

    assert coloured.tolist() == [LABEL_COLOURS[:4].tolist()]
    assert len({tuple(colour) for colour in LABEL_COLOURS.tolist()}) == len(LABEL_COLOURS)


def test_scans_keep_their_grey_levels_and_masks_are_black_and_white():
    assert colour_array(np.array([[10, 200]], dtype=np.uint8)).tolist() == [[[10] * 3, [200] * 3]]
    assert colour_array(np.array([[False, True]])).tolist() == [[[0] * 3, WHITE]]


@pytest.mark.parametrize(
    ("levels", "grey"),
    [
        (np.array([[100, 300, 200]], dtype=np.uint16), [0, 255, 128]),
        (np.array([[-1, 1, 0]]), [0, 255, 128]),
        (np.array([[9, 9, 9]]), [0, 0, 0]),
    ],
)
def test_other_whole_numbers_are_stretched_from_black_to_white(levels, grey):
    assert colour_array(levels).tolist() == [[[each] * 3 for each in grey]]


def test_five_pictures_stand_in_two_rows_of_four():
    sheet = sheet_of(*[np.full((2, 2), 255, dtype=np.uint8)] * 5)

    assert sheet.shape == (2 * TILE_PX + GAP_PX, 4 * TILE_PX + 3 * GAP_PX, 3)


def test_the_cells_of_a_small_map_keep_their_place_and_sharp_edges():
    sheet = sheet_of(np.array([[1.0, -1.0], [0.0, 0.0]]))

    assert sheet[0, 0].tolist() == RED
    assert sheet[TILE_PX // 2 - 1, TILE_PX // 2 - 1].tolist() == RED
    assert sheet[0, TILE_PX - 1].tolist() == BLUE
    assert sheet[TILE_PX - 1, 0].tolist() == WHITE


def test_a_picture_keeps_its_proportions():
    sheet = sheet_of(Image.new("RGB", (40, 10), (9, 9, 9)))

    assert (sheet == 9).all(axis=2).any(axis=1).sum() == TILE_PX // 4


def test_one_bit_pictures_are_masks():
    sheet = sheet_of(Image.fromarray(np.array([[True, False]])))

    assert sheet[0, 0].tolist() == WHITE
    assert sheet[0, TILE_PX - 1].tolist() == [0, 0, 0]


@pytest.mark.parametrize("value", ["text", np.zeros((2, 2, 2)), np.zeros((0, 3)), {"w": 1}])
def test_what_is_no_picture_is_refused_with_the_remedy(value):
    with pytest.raises(TypeError, match="preview: false"):
        draw_contact_sheet([value])

"""What a user writes of the class that is the mass is understood, or refused with its reason."""

import numpy as np
import pytest

from sonolens.studies.mask_choice import MaskChoice, find_colour, find_value, parse_choice


@pytest.mark.parametrize("value", ["2", "2.0", "2,0"])
def test_a_value_is_a_number(value: str) -> None:
    assert parse_choice(value, "") == MaskChoice(value=2.0)


@pytest.mark.parametrize(
    "colour",
    ["#800000", "maroon", "128 0 0", "128,0,0", "(128, 0, 0)", "rgb(128,0,0)", "Maroon"],
)
def test_a_colour_is_a_name_or_three_numbers(colour: str) -> None:
    assert parse_choice("", colour) == MaskChoice(colour=(128, 0, 0))


def test_black_may_be_the_mass() -> None:
    inverted = np.array([[255, 0, 255]], dtype=np.uint8)

    choice = parse_choice("0", "")

    assert choice == MaskChoice(value=0.0)
    assert find_value(inverted, 0.0, name="m", lossy=False).tolist() == [[False, True, False]]


def test_nothing_is_no_choice() -> None:
    assert parse_choice("", "") is None


@pytest.mark.parametrize(
    ("value", "colour", "reason"),
    [
        ("2", "red", "one or the other"),
        ("mass", "", "'mass' is no level"),
        ("-1", "", "is no level"),
        ("", "reddish", "'reddish' is no colour"),
    ],
)
def test_what_is_not_understood_is_named(value: str, colour: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_choice(value, colour)


def test_a_class_that_a_picture_lacks_is_refused_with_those_that_it_holds() -> None:
    labels = np.array([[0, 0, 1], [0, 0, 2]], dtype=np.uint8)

    assert find_value(labels, 2.0, name="m", lossy=False).tolist() == [
        [False] * 3,
        [False, False, True],
    ]
    with pytest.raises(
        ValueError, match=r"'m' holds no pixel of mask_value 5 but 0 \(4 px\), 1 \(1 px\)"
    ):
        find_value(labels, 5.0, name="m", lossy=False)
    with pytest.raises(
        ValueError, match=r"mask_colour #ff0000 but #000000 \(4 px\), #010101 \(1 px\)"
    ):
        find_colour(np.dstack([labels] * 3), (255, 0, 0), name="m", lossy=False)


def test_compressed_colours_need_not_be_exact() -> None:
    red = np.array([[[250, 3, 4], [0, 2, 0]]], dtype=np.uint8)

    assert find_colour(red, (255, 0, 0), name="m", lossy=True).tolist() == [[True, False]]

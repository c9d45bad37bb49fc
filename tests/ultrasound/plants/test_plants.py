"""What every plant promises, whatever it is: it changes its site alone, in proportion to its strength, by known decibels."""

import numpy as np
import pytest

from sonolens.ultrasound.plants import (
    PLANT_FUNCTIONS,
    SLOPE_DB_PER_CM,
    Canvas,
    find_calliper_sites,
    find_disc,
    find_gain_band,
    find_letter_site,
    find_margin_band,
)
from sonolens.ultrasound.plants.marks import GAIN_DB

SPACING_MM = (0.1, 0.15)
RANGE_DB = 51.0
"""Five grey levels a decibel."""


def mass() -> np.ndarray:
    down, across = np.ogrid[:200, :240]
    return ((down - 70) / 30) ** 2 + ((across - 110) / 40) ** 2 <= 1


def below() -> np.ndarray:
    """What lies deeper than row 100, in the columns of the mass."""
    return (np.arange(200)[:, None] > 100) & mass().any(axis=0)[None, :]


def sites() -> dict[str, np.ndarray]:
    ring = np.zeros((200, 240), dtype=bool)
    ring[30:120, 50:170] = True
    return {
        "foci": mass(),
        "shadow": below(),
        "enhancement": below(),
        "halo": ring & ~mass(),
        "blur": find_margin_band(mass(), spacing_mm=SPACING_MM),
        "interior": mass(),
        "calliper": find_calliper_sites(mass(), spacing_mm=SPACING_MM, reach_mm=2.5),
        "text": find_letter_site(mass()),
        "gain_step": find_gain_band(mass(), spacing_mm=SPACING_MM, band_mm=2.0),
        "disc": find_disc(
            (200, 240), diameter_mm=4.0, spacing_mm=SPACING_MM, rng=np.random.default_rng(0)
        ),
    }


def tissue() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, size=(200, 240)).astype(np.uint8)


def plant(
    name: str, *, strength: float, scan: np.ndarray | None = None, seed: int = 0
) -> np.ndarray:
    scan = tissue() if scan is None else scan
    canvas = Canvas(scan, mass(), sites()[name], SPACING_MM, RANGE_DB)
    return PLANT_FUNCTIONS[name](canvas, strength=strength, rng=np.random.default_rng(seed))


def test_every_plant_is_held_to_these_laws() -> None:
    assert set(sites()) == set(PLANT_FUNCTIONS)


@pytest.mark.parametrize("name", PLANT_FUNCTIONS)
def test_a_plant_changes_its_site_and_nothing_else(name: str) -> None:
    before = tissue()
    changed = plant(name, strength=1.0) != before

    assert changed.any()
    assert not changed[~sites()[name]].any()
    assert (before == tissue()).all()


@pytest.mark.parametrize("name", PLANT_FUNCTIONS)
def test_a_plant_without_strength_changes_nothing(name: str) -> None:
    assert (plant(name, strength=0.0) == tissue()).all()


@pytest.mark.parametrize("name", PLANT_FUNCTIONS)
def test_a_stronger_plant_changes_more(name: str) -> None:
    dark = np.where(mass(), 80, 120).astype(np.uint8)
    faint, plain = (
        np.abs(plant(name, strength=strength, scan=dark).astype(int) - dark).sum()
        for strength in (0.5, 1.0)
    )

    assert 0 < faint < plain


@pytest.mark.parametrize(("name", "sign"), [("shadow", -1), ("enhancement", 1)])
@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_what_lies_below_changes_by_so_many_decibels_a_centimetre(
    name: str, sign: int, strength: float
) -> None:
    grey = np.full((200, 240), 120, dtype=np.uint8)
    column = plant(name, strength=strength, scan=grey)[101:, 110].astype(float)

    # Ten rows are a millimetre; the first is as it was.
    change_db = (column - 120) / (255 / RANGE_DB)
    slope = np.polyfit(np.arange(len(column)) * SPACING_MM[0] / 10, change_db, 1)[0]
    assert change_db[0] == 0
    assert slope == pytest.approx(sign * strength * SLOPE_DB_PER_CM, rel=0.01)


def test_a_shadow_leaves_the_sides_of_its_columns_softer_edges() -> None:
    grey = np.full((200, 240), 120, dtype=np.uint8)
    loss = 120 - plant("shadow", strength=1.0, scan=grey)[199].astype(int)
    cols = np.flatnonzero(mass().any(axis=0))

    # 1.5 mm are ten columns of 0.15 mm.
    assert (np.diff(loss[cols[0] : cols[0] + 10]) > 0).all()
    assert len(set(loss[cols[10:-10]])) == 1
    assert loss[cols[0]] < loss[cols[40]] / 5


def test_a_gain_step_is_so_many_decibels_throughout() -> None:
    grey = np.full((200, 240), 120, dtype=np.uint8)
    step = plant("gain_step", strength=1.0, scan=grey)[sites()["gain_step"]]

    assert set(step) == {120 + round(GAIN_DB * 255 / RANGE_DB)}


def test_black_stays_black_in_a_shadow_and_white_stays_white_when_louder() -> None:
    black, white = (np.full((200, 240), grey, dtype=np.uint8) for grey in (0, 255))

    assert (plant("shadow", strength=1.0, scan=black) == 0).all()
    assert (plant("enhancement", strength=1.0, scan=white) == 255).all()


def test_foci_are_four_to_seven_bright_dots_as_wide_as_the_scan_smears_a_point() -> None:
    grey = np.full((200, 240), 60, dtype=np.uint8)
    louder = plant("foci", strength=1.0, scan=grey, seed=3).astype(int) - 60

    assert louder.min() == 0
    assert louder.max() > 100
    assert 4 * 5 < (louder > 20).sum() < mass().sum() / 4


def test_dice_decide_where_and_strength_does_not() -> None:
    grey = np.full((200, 240), 60, dtype=np.uint8)
    faint, plain = (
        plant("foci", strength=strength, scan=grey).astype(int) for strength in (0.5, 1.0)
    )

    assert faint.argmax() == plain.argmax()
    assert (plant("foci", strength=1.0, scan=grey, seed=1) != plain).any()


def test_callipers_lie_at_both_ends_of_the_width_and_are_white() -> None:
    grey = np.full((200, 240), 60, dtype=np.uint8)
    crosses = np.argwhere(plant("calliper", strength=1.0, scan=grey) == 255)

    assert sorted({col for row, col in crosses if row == 69}) != []
    assert {70, 150} <= {int(col) for _, col in crosses}


def test_letters_stand_in_the_corner_that_is_farther_from_the_mass() -> None:
    rows, cols = np.nonzero(find_letter_site(mass()))

    assert rows.max() < 30
    assert cols.min() > 120  # the mass lies left of the middle


def test_a_gain_band_lies_above_the_mass_or_below_where_there_is_no_room() -> None:
    shallow = np.roll(mass(), -38, axis=0)
    above, under = (
        np.flatnonzero(find_gain_band(each, spacing_mm=SPACING_MM, band_mm=2.0).any(axis=1))
        for each in (mass(), shallow)
    )

    assert above.max() < 40
    assert under.min() > 62
    assert len(above) == len(under) == 20


def test_a_site_that_is_empty_is_refused() -> None:
    with pytest.raises(ValueError, match="the site is empty"):
        Canvas(tissue(), mass(), np.zeros_like(mass()), SPACING_MM, RANGE_DB)

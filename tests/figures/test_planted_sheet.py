"""The sheet of plants: a line per plant, each scan beside itself without it."""

import numpy as np
import pytest

from sonolens.figures.planted_sheet import PlantedTile, draw_planted_sheet


def tile(plant: str, *, without: bool) -> PlantedTile:
    scan = np.zeros((20, 30), dtype=np.uint8)
    mass = np.zeros((20, 30), dtype=bool)
    mass[5:10, 5:10] = True
    return PlantedTile(
        plant=plant, scan_id="s1", without=scan if without else None, scan=scan + 9, mass=mass
    )


@pytest.mark.parametrize(("without", "pictures"), [(True, 6), (False, 3)])
def test_a_scan_stands_beside_itself_where_there_is_one_without_the_plant(
    without: bool, pictures: int
) -> None:
    tiles = [
        tile("halo", without=without),
        tile("halo", without=without),
        tile("text", without=without),
    ]
    figure = draw_planted_sheet(tiles)

    shown = [axes.images[0].get_array().max() for axes in figure.axes]
    assert len(shown) == pictures
    assert shown.count(9) == 3


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no scan bears a plant"):
        draw_planted_sheet([])

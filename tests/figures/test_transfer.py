"""Train x test: what stands in a cell is what the table says, and a network at chance has no colour."""

import numpy as np
import pandas as pd
from drawn import assert_nothing_overlaps, words
from tiny_external import of_areas, of_regions

from sonolens.figures.transfer import draw_transfer_matrix
from sonolens.travel import Validation, tabulate_transfer


def matrix(**changes: object) -> pd.DataFrame:
    return tabulate_transfer([Validation("B", of_areas(**changes), of_regions())])


def colours(table: pd.DataFrame) -> np.ndarray:
    (image,) = draw_transfer_matrix(table).axes[0].images
    return np.ma.filled(image.get_array(), np.nan)


def test_every_cell_has_its_area_and_its_hits_above_chance() -> None:
    figure = draw_transfer_matrix(matrix())

    said = words(figure)
    assert "0.80 [0.74, 0.85]" in said
    assert "+0.10 [+0.02, +0.18]" in said
    assert "A: net, cam" in said
    assert_nothing_overlaps(figure)


def test_a_network_whose_interval_holds_chance_has_no_colour() -> None:
    assert np.isnan(colours(matrix(away_low=0.45))).tolist() == [[False, True]]


def test_what_is_not_known_leaves_its_line_of_the_cell_empty() -> None:
    table = matrix()
    unplayed = words(
        draw_transfer_matrix(table.assign(above=np.nan, above_low=np.nan, above_high=np.nan))
    )
    unscored = words(
        draw_transfer_matrix(table.assign(auc=np.nan, auc_low=np.nan, auc_high=np.nan))
    )

    assert "0.80 [0.74, 0.85]" in unplayed
    assert "+0.10" not in unplayed
    assert "+0.10 [+0.02, +0.18]" in unscored
    assert "0.80" not in unscored
    assert "nan" not in unplayed + unscored


def test_regions_that_were_drawn_in_different_ways_are_told() -> None:
    table = matrix()
    mixed = table.assign(drawn=[f"ring {row % 2}" for row in range(len(table))])

    assert "not drawn alike" not in words(draw_transfer_matrix(table))
    assert "Regions were not drawn alike everywhere" in words(draw_transfer_matrix(mixed))


def test_a_matrix_without_networks_is_an_empty_page() -> None:
    assert draw_transfer_matrix(matrix().head(0)).axes

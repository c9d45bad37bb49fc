"""A network at home and away: dots and intervals stand where the tables put them."""

import pandas as pd
import pytest
from drawn import assert_nothing_overlaps
from matplotlib.figure import Figure
from tiny_external import NAN, of_areas, of_regions

from sonolens.figures.external import draw_home_and_away


def at(figure: Figure, gid: str) -> list[float]:
    """Where something was drawn, across."""
    return [
        float(x)
        for line in figure.findobj(lambda each: each.get_gid() == gid)
        for x in line.get_xdata()
    ]


def test_auc_and_hits_above_chance_stand_beside_each_other_at_home_and_away() -> None:
    figure = draw_home_and_away(of_areas(), of_regions())

    assert (at(figure, "home-net"), at(figure, "away-net")) == ([0.9], [0.8])
    assert at(figure, "interval-away-net") == [0.74, 0.85]
    assert (at(figure, "home_above-net"), at(figure, "away_above-net")) == ([0.3], [0.1])
    assert at(figure, "interval-home_above-net") == [0.2, 0.4]
    assert_nothing_overlaps(figure)


def test_what_was_not_asked_at_home_is_not_drawn_there() -> None:
    figure = draw_home_and_away(of_areas(), of_regions(home_above=NAN))

    assert at(figure, "home_above-net") == []
    assert at(figure, "away_above-net") == [0.1]


@pytest.mark.parametrize("networks", [0, 1, 50])
def test_none_and_fifty_networks_fit_on_a_page(networks: int) -> None:
    def of_all(table: pd.DataFrame) -> pd.DataFrame:
        many = [table.assign(run=f"network-of-a-long-name-{number}") for number in range(networks)]
        return pd.concat([table.head(0), *many])

    figure = draw_home_and_away(of_all(of_areas()), of_all(of_regions()))

    assert figure.get_figheight() < 2.5 + 0.6 * networks
    assert_nothing_overlaps(figure)

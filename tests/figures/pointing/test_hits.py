"""Hits stand beside their chance, of one run or of many."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.pointing.hits import draw_pointing_game

GAME = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "region": ["mass", "peritumoral", "below", "any"],
        "rule": "either",
        "subset": "correct",
        "label": "both",
        "n": [40, 40, 38, 40],
        "rate": [0.3, 0.4, 0.2, 0.7],
        "ci_low": [0.2, 0.3, 0.1, 0.6],
        "ci_high": [0.4, 0.5, 0.3, 0.8],
        "chance": [0.1, 0.3, 0.25, 0.55],
        "location_prior": [0.5, 0.6, 0.45, 0.9],
        "ring": "0-5 mm",
    }
)


def one(figure: Figure, gid: str) -> object:
    (artist,) = figure.findobj(lambda each: each.get_gid() == gid)
    return artist


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def test_every_region_shows_its_rate_its_chance_fixed_places_and_its_number() -> None:
    figure = draw_pointing_game(GAME)

    assert one(figure, "rate-mass").get_xdata()[0] == 0.3
    assert one(figure, "chance-mass").get_width() == 0.1
    assert one(figure, "fixed-mass").get_xdata()[0] == 0.5
    assert "below the mass\nn = 38" in words(figure)
    assert "0-5 mm" in words(figure)


def test_other_subsets_and_rules_are_left_out() -> None:
    other = GAME.assign(subset="wrong", rate=0.99)

    figure = draw_pointing_game(pd.concat([other, GAME, GAME.assign(rule="max", rate=0.98)]))

    assert one(figure, "rate-mass").get_xdata()[0] == 0.3


def test_a_few_runs_have_a_panel_each() -> None:
    figure = draw_pointing_game(pd.concat([GAME.assign(run=f"r{place}") for place in range(6)]))

    assert len(figure.axes) == 6


def test_many_runs_share_one_panel_per_method_with_their_rates_and_chances_at_equal_heights() -> (
    None
):
    games = [GAME.assign(run=f"r{place}", rate=GAME["rate"] + place / 100) for place in range(50)]

    figure = draw_pointing_game(pd.concat(games))

    rates, chances = one(figure, "rate-mass"), one(figure, "chance-mass")
    assert len(figure.axes) == 1
    assert rates.get_xdata()[[0, 7]].tolist() == [0.3, 0.37]
    assert set(chances.get_xdata()) == {0.1}
    assert rates.get_ydata().tolist() == chances.get_ydata().tolist()
    assert figure.get_size_inches()[1] < 5
    assert "cam: every run" in words(figure)
    assert "mass\n50 runs" in words(figure)

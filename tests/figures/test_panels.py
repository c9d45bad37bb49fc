"""Every configuration has one pen, and no two of the first fifteen are alike."""

import pandas as pd

from sonolens.figures.panels import FEW_RUNS, hand_out_pens


def runs(configurations: list[str]) -> pd.DataFrame:
    names = [f"r{place}" for place in range(len(configurations))]
    return pd.DataFrame({"run": names, "configuration": configurations})


def test_runs_of_a_configuration_share_its_pen() -> None:
    pens = hand_out_pens(runs(["a", "b", "a"]))

    assert pens["r0"] == pens["r2"] != pens["r1"]
    assert [pens[run].configuration for run in ("r0", "r1", "r2")] == ["a", "b", "a"]


def test_fifteen_configurations_are_told_apart_by_ink_or_line() -> None:
    pens = hand_out_pens(runs([f"c{place}" for place in range(15)]))

    assert len({(pen.colour, str(pen.line)) for pen in pens.values()}) == 15


def test_many_runs_are_drawn_thinner() -> None:
    few, many = (hand_out_pens(runs(["a"] * number)) for number in (FEW_RUNS, FEW_RUNS + 1))

    assert many["r0"].width < few["r0"].width


def test_a_long_name_is_shortened_in_the_legend() -> None:
    pens = hand_out_pens(runs(["resnet101-last_block-very-long-configuration-name-paper"]))

    assert "…" in pens["r0"].name
    assert pens["r0"].configuration.endswith("-paper")

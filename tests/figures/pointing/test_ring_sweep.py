"""Per region a curve of hits against the ring's width, with bars, and chance in grey."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.pointing.ring_sweep import draw_ring_sweep
from sonolens.tables.pointing import RingSweep

WIDTHS = (2.0, 5.0, 8.0)
REGIONS = ("mass", "peritumoral", "below", "any")


def swept(*, methods=("cam",), runs=("r0",), unit="ring_outer_mm", **changes) -> pd.DataFrame:
    """A sweep whose numbers tell where they belong, with decoys of other rules, subsets and labels."""
    other = {"ring_outer_mm": "ring_outer_radii", "ring_outer_radii": "ring_outer_mm"}[unit]
    rows = [
        {
            "method": method,
            "run": run,
            unit: width,
            other: np.nan,
            "region": region,
            "rule": "either",
            "subset": "correct",
            "label": "both",
            "n": 8,
            "rate": 0.1 * REGIONS.index(region) + width / 20 + 0.1 * place,
            "ci_low": 0.05,
            "ci_high": 0.95,
            "chance": 0.02 * width + 0.05 * place,
            "partition": "test",
            "confidence": 0.9,
        }
        | changes
        for method in methods
        for place, run in enumerate(runs)
        for width in WIDTHS
        for region in REGIONS
    ]
    decoys = [
        row | {"rate": 0.99, "chance": 0.98} | decoy
        for row in rows
        for decoy in ({"rule": "decision"}, {"subset": "all"}, {"label": "benign"})
    ]
    return pd.DataFrame([*decoys, *rows])


def one(figure: Figure, gid: str):
    (found,) = figure.findobj(lambda each: each.get_gid() == gid)
    return found


def bars(figure: Figure, gid: str) -> np.ndarray:
    """Width, lower and upper end of every bar."""
    return np.array([(low[0], low[1], high[1]) for low, high in one(figure, gid).get_segments()])


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def test_a_region_shows_its_rate_its_interval_and_its_chance_at_every_width() -> None:
    figure = draw_ring_sweep(swept())

    for place, region in enumerate(REGIONS):
        rate, chance = one(figure, f"rate-cam-{region}"), one(figure, f"chance-cam-{region}")
        assert list(rate.get_xdata()) == list(chance.get_xdata()) == list(WIDTHS)
        assert np.allclose(rate.get_ydata(), 0.1 * place + np.array([0.1, 0.25, 0.4]))
        assert np.allclose(chance.get_ydata(), [0.04, 0.1, 0.16])
        ends = bars(figure, f"interval-cam-{region}")
        assert np.allclose(ends, [(width, 0.05, 0.95) for width in WIDTHS])
    assert "90% interval" in words(figure)
    assert words(figure).count("n = 8") == 4
    assert "ring ends at, mm" in words(figure)


def test_widths_stand_as_far_apart_as_they_are() -> None:
    axes = draw_ring_sweep(swept()).axes[0]

    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["2", "5", "8"]
    assert list(axes.get_xticks()) == [2, 5, 8]
    assert axes.get_xlim()[0] == 0
    assert axes.get_ylim() == (0, 1)


def test_several_runs_are_averaged_with_bars_from_the_least_to_the_largest() -> None:
    figure = draw_ring_sweep(swept(runs=("r0", "r1", "r2")))

    assert np.allclose(one(figure, "rate-cam-mass").get_ydata(), np.array([0.1, 0.25, 0.4]) + 0.1)
    assert np.allclose(one(figure, "chance-cam-mass").get_ydata(), [0.09, 0.15, 0.21])
    ends = bars(figure, "interval-cam-mass")
    assert np.allclose(ends, [(2, 0.1, 0.3), (5, 0.25, 0.45), (8, 0.4, 0.6)])
    assert "3 runs, which is no interval" in " ".join(words(figure).split())
    assert "90%" not in words(figure)


def test_every_method_has_a_row_of_four_panels_and_the_page_grows() -> None:
    few, many = (draw_ring_sweep(swept(methods=names)) for names in (("cam",), ("cam", "edges")))

    assert (len(few.axes), len(many.axes)) == (4, 8)
    assert many.get_size_inches()[1] > few.get_size_inches()[1] + 2
    tops = [axes.get_position().y0 for axes in many.axes]
    assert len({round(top, 6) for top in tops}) == 2
    assert "edges" in words(many)


def test_a_relative_ring_is_drawn_in_radii_of_the_mass() -> None:
    figure = draw_ring_sweep(swept(unit="ring_outer_radii"))

    assert "ring ends at, mass radii" in words(figure)
    assert list(one(figure, "rate-cam-mass").get_xdata()) == list(WIDTHS)


def test_a_width_that_counts_nothing_leaves_a_gap() -> None:
    table = swept()
    gone = (table["region"] == "below") & (table["ring_outer_mm"] == 8.0)
    table.loc[gone, ["rate", "ci_low", "ci_high", "chance"]] = np.nan
    table.loc[gone, "n"] = 0

    figure = draw_ring_sweep(table)

    assert np.isnan(one(figure, "rate-cam-below").get_ydata()).tolist() == [False, False, True]
    assert "n = 0 to 8" in words(figure)


def test_an_empty_sweep_is_told_in_a_sentence() -> None:
    figure = draw_ring_sweep(RingSweep.empty())

    assert not figure.axes
    assert "No ring was swept: regions.sweep_outer_mm is empty." in words(figure)


def test_names_and_panels_stay_on_the_page() -> None:
    figure = draw_ring_sweep(swept(methods=("a_very_long_method_name" * 8,)))
    figure.draw_without_rendering()
    box = figure.bbox

    for text in figure.texts:
        extent = text.get_window_extent()
        assert extent.x0 >= 0
        assert extent.x1 <= box.x1
    for left, right in zip(figure.axes, figure.axes[1:], strict=False):
        assert left.get_position().x1 < right.get_position().x0
    titles = [
        text for text in figure.texts if text.get_text() in {"peritumoral ring", "below the mass"}
    ]
    assert titles[0].get_window_extent().x1 < titles[1].get_window_extent().x0

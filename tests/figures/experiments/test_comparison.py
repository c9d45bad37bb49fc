"""Methods and networks stand in rows: rate, interval, chance, and the size of a cell in mm."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.experiments.comparison import draw_methods_and_networks


def rates(*units: tuple[str, str], **changes: object) -> pd.DataFrame:
    """Rows of (configuration, method), with a decoy of another region and another rule each."""
    shown = [
        {
            "configuration": configuration,
            "method": method,
            "region": "any",
            "rule": "decision",
            "runs": 5,
            "n": 40 + place,
            "rate": 0.5 + place / 100,
            "ci_low": 0.4,
            "ci_high": 0.6,
            "chance": 0.3,
            "cell_row_mm": 5.44,
            "cell_col_mm": 4.96,
            "partition": "test",
            "confidence": 0.95,
            "ring": "0-5 mm",
        }
        | changes
        for place, (configuration, method) in enumerate(units)
    ]
    decoys = [
        row | {"rate": 0.99} | other
        for row in shown
        for other in ({"region": "mass"}, {"rule": "either"})
    ]
    return pd.DataFrame([*decoys, *shown])


def one(figure: Figure, gid: str) -> object:
    (artist,) = figure.findobj(lambda each: each.get_gid() == gid)
    return artist


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text"))]


def top_of(figure: Figure, text: str) -> list[float]:
    """How far below the top edge each writing of a text stands, in inches."""
    found = [each for each in figure.texts if each.get_text() == text]
    return sorted((1 - each.get_position()[1]) * figure.get_size_inches()[1] for each in found)


def test_a_row_shows_rate_interval_chance_cell_and_number() -> None:
    figure = draw_methods_and_networks(rates(("resnet18-full", "cam")))

    assert one(figure, "rate-resnet18-full-cam").get_xdata()[0] == 0.5
    assert list(one(figure, "interval-resnet18-full-cam").get_xdata()) == [0.4, 0.6]
    assert list(one(figure, "chance-resnet18-full-cam").get_xdata()) == [0.3, 0.3]
    assert {"5.4 × 5", "40, 5", "resnet18-full", "cam"} <= set(words(figure))
    assert any("0-5 mm" in text and "95%" in text for text in words(figure))


def test_rows_without_spacing_or_without_a_rate_are_drawn_all_the_same() -> None:
    figure = draw_methods_and_networks(
        rates(("a", "cam"), cell_row_mm=np.nan, rate=np.nan, ci_low=np.nan, ci_high=np.nan, n=0)
    )

    assert "no spacing" in words(figure)
    assert "0, 5" in words(figure)


def test_fewer_methods_than_configurations_head_the_groups() -> None:
    units = [(name, method) for name in ("a", "b", "c") for method in ("cam", "edges")]
    figure = draw_methods_and_networks(rates(*units))

    # Configurations of one method stand one below the other, and methods are named once.
    heights = [one(figure, f"rate-{name}-cam").get_ydata()[0] for name in ("a", "b", "c")]
    assert heights == [0, 1, 2]
    assert one(figure, "rate-a-edges").get_ydata()[0] == 3
    assert (words(figure).count("cam"), words(figure).count("a")) == (1, 2)


def test_fewer_configurations_head_the_groups_else() -> None:
    units = [(name, method) for name in ("a", "b") for method in ("cam", "edges", "random")]
    figure = draw_methods_and_networks(rates(*units))

    heights = [one(figure, f"rate-a-{name}").get_ydata()[0] for name in ("cam", "edges", "random")]
    assert heights == [0, 1, 2]
    assert words(figure).count("a") == 1


def test_a_name_stands_at_the_height_of_its_dot() -> None:
    figure = draw_methods_and_networks(rates(*(("a", f"m{place}") for place in range(30))))

    axes = figure.axes[0]
    page_in = figure.get_size_inches()[1]
    for place in (0, 29):
        y = axes.transData.transform((0, place))[1] / figure.dpi
        (top_in,) = top_of(figure, f"m{place}")
        assert abs(page_in - y - (top_in + 0.07)) < 0.02


def test_a_grid_of_many_rows_keeps_their_height() -> None:
    units = [(f"net{place}", method) for place in range(12) for method in ("cam", "edges")]

    few, many = (draw_methods_and_networks(rates(*units[:size])) for size in (2, 24))

    assert len(many.axes) == 1
    grown = many.get_size_inches()[1] - few.get_size_inches()[1]
    assert abs(grown - 22 * 0.24) < 1e-6

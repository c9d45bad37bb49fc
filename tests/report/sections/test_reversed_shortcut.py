"""What the page says of a shortcut that turns around, and what the figure shows."""

import pandas as pd
import pytest
from drawn import words

from sonolens.figures.experiments.reversed_shortcut import draw_reversed_shortcut
from sonolens.report.sections.reversed_shortcut import SECTION, say_reversed
from sonolens.tables.shortcuts import ReversedShortcut

NAN = float("nan")


def table(*, limits=(0.1, 0.5), places=("edge",)):
    rows = [
        (place, configuration, guidance, reading, auc)
        for place in places
        for reading, alone, guided in (
            ("unmarked", 0.7, 0.8),
            ("as_trained", 0.95, 0.9),
            ("reversed", 0.2, 0.5),
        )
        for configuration, guidance, auc in (
            ("net", "none", alone),
            ("net-guided-regions", "regions", guided),
        )
    ]
    found = pd.DataFrame(rows, columns=["place", "configuration", "guidance", "reading", "auc"])
    guided = found["guidance"] != "none"
    return ReversedShortcut.validate(
        found.assign(
            runs=3,
            n=40,
            n_malignant=20,
            n_marked=16,
            ci_low=found["auc"] - 0.05,
            ci_high=found["auc"] + 0.05,
            chance=0.5,
            least_auc=found["auc"] - 0.1,
            largest_auc=found["auc"],
            difference=pd.Series(0.3, found.index).where(guided),
            difference_low=pd.Series(limits[0], found.index).where(guided),
            difference_high=pd.Series(limits[1], found.index).where(guided),
            p_value=pd.Series(0.01, found.index).where(guided),
            p_adjusted=pd.Series(0.03, found.index).where(guided),
            partition="test",
            confidence=0.95,
        )
    )


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ((0.1, 0.5), "guidance helped"),
        ((-0.5, -0.1), "guidance harmed"),
        ((-0.1, 0.5), "guidance is not shown to help or to harm"),
    ],
)
def test_what_reversed_marks_did_is_told_for_both_fits(limits, verdict):
    alone, guided = say_reversed(table(limits=limits))

    assert alone == (
        "With marks at the ends of the mass, net by labels alone reaches AUC 0.95 [0.90, 1.00] where marks lie as it learnt "
        "them and 0.20 [0.15, 0.25] where they are reversed (40 scans, chance 0.50)."
    )
    assert guided.startswith(f"net-guided-regions reaches 0.50 [0.45, 0.55] there: {verdict} (")


def test_the_section_has_a_row_for_every_place_reading_and_fit():
    told = SECTION.tell({"reversed_shortcut": table(places=("edge", "aside"))})

    assert len(told["rows"]) == 12
    assert told["runs"] == "3 runs"
    assert not told["one_run"]


def test_every_auc_is_drawn_where_it_lies_in_a_panel_per_place():
    figure = draw_reversed_shortcut(table(places=("edge", "aside")))

    first, second = figure.axes
    drawn = {line.get_gid(): line.get_xdata()[0] for line in first.lines if line.get_gid()}
    assert [drawn[f"auc-{place}"] for place in range(6)] == [0.95, 0.9, 0.7, 0.8, 0.2, 0.5]
    assert drawn["chance"] == 0.5
    assert "marks reversed, guided by regions" in words(figure)
    assert len(second.lines) == len(first.lines)

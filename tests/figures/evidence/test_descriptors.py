"""The figure of descriptors: dots where the table puts them, filled where the adjusted p says so."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.evidence.descriptors import NOT_ASKED, draw_descriptors
from sonolens.tables.descriptors import DescriptorAgreement


def agreement(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    """Rows of one finding from (run, reading, source, difference within the label, adjusted p)."""
    names = ["run", "reading", "source", "within_label", "p_adjusted"]
    table = pd.DataFrame(rows, columns=names)
    return DescriptorAgreement.validate(
        table.assign(
            descriptor="posterior",
            value="shadowing",
            region="below",
            n_noted=9,
            n_not_noted=9,
            patients_noted=9,
            patients_not_noted=9,
            mean_noted=0.5,
            mean_not_noted=0.2,
            difference=0.3,
            difference_low=0.1,
            difference_high=0.5,
            within_label_low=table["within_label"] - 0.1,
            within_label_high=table["within_label"] + 0.1,
            p_value=table["p_adjusted"],
            exchanges=1000,
            exact=False,
            reason=None,
            partition="test",
            confidence=0.95,
        )
    )


def dots(figure: Figure, panel: int, source: str) -> list[tuple[float, str]]:
    lines = [line for line in figure.axes[panel].lines if line.get_gid() == source]
    return [(float(line.get_xdata()[0]), line.get_markerfacecolor()) for line in lines]


def test_every_reading_has_a_panel_and_what_is_sure_is_filled() -> None:
    figure = draw_descriptors(
        agreement(
            ("a", "points", "cam", 0.2, 0.01),
            ("a", "share", "mean", 0.1, 0.4),
            ("a", "value", "mean", -0.3, 0.4),
            ("a", "value", "donor", 0.4, 0.001),
        )
    )

    assert [x for x, _ in dots(figure, 0, "cam")] == [0.2]
    assert [x for x, _ in dots(figure, 2, "donor")] == [0.4]
    page = dots(figure, 1, "mean")[0][1]
    assert dots(figure, 2, "mean")[0][1] == page
    assert dots(figure, 0, "cam")[0][1] != page
    labels = [each.get_text() for each in figure.axes[0].get_yticklabels()]
    assert labels == ["posterior: shadowing (below)"]


def test_of_several_runs_the_first_is_shown_and_the_figure_says_so() -> None:
    figure = draw_descriptors(
        agreement(("a", "points", "cam", 0.2, 0.4), ("b", "points", "cam", 0.9, 0.4))
    )

    assert [x for x, _ in dots(figure, 0, "cam")] == [0.2]
    assert "Run a; the table has all 2" in figure.get_supxlabel().replace("\n", " ")


def test_where_nothing_could_be_asked_the_figure_says_so() -> None:
    unasked = agreement(("a", "points", "cam", np.nan, np.nan)).assign(reason="few")

    assert draw_descriptors(unasked).get_supxlabel() == NOT_ASKED
    assert draw_descriptors(DescriptorAgreement.empty()).get_supxlabel() == NOT_ASKED

"""The figure of readers: network, reader and blind points where the table puts them."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.evidence.readers import MOST_ROWS, NO_READERS, draw_readers
from sonolens.tables.readers import ReaderComparison


def comparison(*rows: tuple[str, str, str, str, float, float | None]) -> pd.DataFrame:
    names = ["run", "rule", "measure", "against", "network", "reader_value"]
    table = pd.DataFrame(rows, columns=names)
    limits = {
        f"{name}_{side}": table["network"]
        for name in ("network", "reader", "difference")
        for side in ("low", "high")
    }
    told = {"method": "cam", "reader": "A", "n": 9, "n_left_out": 0, "chance": 0.1}
    told |= {"difference": 0.0, "partition": "test", "confidence": 0.95}
    return ReaderComparison.validate(table.assign(**limits, **told))


def dots(figure: Figure, name: str) -> list[float]:
    return [float(line.get_xdata()[0]) for line in figure.axes[0].lines if line.get_gid() == name]


def test_every_drawing_has_a_row_with_network_reader_and_chance() -> None:
    figure = draw_readers(
        comparison(
            ("a", "decision", "hit", "study", 0.4, 0.8),
            ("a", "decision", "hit", "A", 0.3, None),
            ("a", "max", "hit", "study", 0.9, 0.9),
            ("a", "decision", "distance_mm", "study", 7.0, 1.0),
        )
    )

    assert dots(figure, "network") == [0.4, 0.3]
    assert dots(figure, "reader")[0] == 0.8
    assert dots(figure, "chance") == [0.1, 0.1]
    labels = [each.get_text() for each in figure.axes[0].get_yticklabels()]
    assert labels == ["cam, A: as the study drew, n = 9", "cam, A: as A drew, n = 9"]


def test_of_several_runs_the_first_is_shown_and_the_figure_says_so() -> None:
    figure = draw_readers(
        comparison(
            ("a", "decision", "hit", "study", 0.4, 0.8), ("b", "decision", "hit", "study", 0.9, 0.8)
        )
    )

    assert dots(figure, "network") == [0.4]
    assert "Run a; the table has all 2" in figure.get_supxlabel().replace("\n", " ")


def test_of_very_many_rows_the_first_are_drawn_and_the_rest_counted() -> None:
    rows = [("a", "decision", "hit", f"reader {n:02}", 0.4, 0.8) for n in range(MOST_ROWS + 6)]
    figure = draw_readers(comparison(*rows))

    assert len(dots(figure, "network")) == MOST_ROWS
    assert "6 further rows" in figure.get_supxlabel().replace("\n", " ")


def test_without_readers_the_figure_says_so() -> None:
    figure = draw_readers(ReaderComparison.empty())

    assert figure.get_supxlabel() == NO_READERS
    assert not figure.axes

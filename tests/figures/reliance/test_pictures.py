"""What networks were shown is drawn with the logit that they answered."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonolens.evaluation.reliance.asking import name_coalitions
from sonolens.figures.reliance.pictures import draw_coalition_pictures

PLAYERS = {"s0": ("mass", "peritumoral", "below", "other"), "s1": ("mass", "peritumoral", "other")}
LABELS = pd.Series({"s0": "malignant", "s1": "benign"})
ROWS = [
    {"run": "net", "scan_id": scan_id, "fill": fill, "shown": shown, "logit": number - 2.0}
    for scan_id, names in PLAYERS.items()
    for fill in ("mean", "tissue")
    for number, shown in enumerate(name_coalitions(names))
]
LOGITS = pd.DataFrame(ROWS).assign(null="none", players="mass", draws=1)


def draw(logits: pd.DataFrame = LOGITS) -> Figure:
    pictures = {
        f"net/{row['scan_id']}/{row['fill']}/{row['shown']}": lambda: np.zeros((8, 8), np.uint8)
        for row in ROWS
    }
    return draw_coalition_pictures(pictures, logits, LABELS)


def headings(figure: Figure, row: int) -> list[str]:
    return [axes.get_title() for axes in figure.axes[6 * row : 6 * row + 6]]


def test_each_picture_has_the_logit_of_its_own_coalition() -> None:
    # Bits: mass 1, ring 2, below 4, other 8; logits are their numbers less 2.
    assert headings(draw(), 0) == [
        "whole scan\nlogit +13.00",
        "without mass\nlogit +12.00",
        "without peritumoral ring\nlogit +11.00",
        "without below the mass\nlogit +9.00",
        "mass alone\nlogit −1.00",
        "nothing\nlogit −2.00",
    ]


def test_a_scan_without_a_region_has_no_picture_of_its_absence() -> None:
    figure = draw()

    assert headings(figure, 2)[3] == ""
    assert not figure.axes[2 * 6 + 3].images
    assert headings(figure, 2)[0] == "whole scan\nlogit +5.00"


def test_a_row_is_named_by_label_and_fill() -> None:
    rows = [axes.get_ylabel() for axes in draw().axes[::6]]

    assert rows == [
        "malignant\nmean grey",
        "malignant\ntissue without structure",
        "benign\nmean grey",
        "benign\ntissue without structure",
    ]


def test_logits_of_placebos_do_not_matter() -> None:
    moved = LOGITS.assign(null="moved", logit=99.0)

    assert headings(draw(pd.concat([moved, LOGITS])), 0) == headings(draw(), 0)

"""The figure of shortcuts: dots where the audit puts them, rings for networks, chance between."""

import math

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.classification.shortcuts import MOST_DEVICES, NOT_ASKED, draw_shortcuts
from sonolens.tables.classification import ClassificationMetrics
from sonolens.tables.shortcuts import ShortcutAudit


def audit(*rows: tuple[str, str | None, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["features", "device", "auc"])
    return ShortcutAudit.validate(
        table.assign(
            kind=["geometry" if name == "geometry" else "shortcut" for name in table["features"]],
            scheme=["held_out_device" if name else "grouped_folds" for name in table["device"]],
            n=40,
            n_patients=20,
            ci_low=table["auc"] - 0.1,
            ci_high=table["auc"] + 0.1,
            chance=0.5,
            p_value=0.2,
            p_adjusted=0.4,
            confidence=0.95,
            reason=None,
        )
    )


def metrics(*areas: float) -> pd.DataFrame:
    rows = [
        {
            "run": f"run{number}",
            "level": level,
            "partition": "test",
            "stratum": "all",
            "rule": "none",
            "metric": "auc",
            "value": area,
            "ci_low": 0.6,
            "ci_high": 0.9,
            "chance": 0.5,
            "n": 20,
            "confidence": 0.95,
        }
        for number, area in enumerate(areas)
        for level in ("scan", "lesion")
    ]
    return ClassificationMetrics.validate(pd.DataFrame(rows))


def dots(figure: Figure, gid: str) -> list[tuple[float, float]]:
    lines = [line for line in figure.axes[0].lines if line.get_gid() == gid]
    return [tuple(point) for line in lines for point in line.get_xydata().tolist()]


def names(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_dots_are_features_and_rings_networks_with_chance_between() -> None:
    table = audit(("grey", None, 0.7), ("geometry", None, 0.8), ("grey", "GE", 0.6))
    figure = draw_shortcuts(table, metrics(0.9))

    assert dots(figure, "shortcut") == [(0.7, 0), (0.6, 2)]
    assert dots(figure, "geometry") == [(0.8, 1)]
    assert dots(figure, "network") == [(0.9, 3)]
    assert {x for x, _ in dots(figure, "chance")} == {0.5}
    assert names(figure)[2:] == ["grey level and contrast, on GE", "network run0"]


def test_many_networks_are_the_lowest_and_the_highest() -> None:
    figure = draw_shortcuts(audit(("grey", None, 0.7)), metrics(*(0.7 + n / 100 for n in range(9))))

    assert names(figure)[1:] == ["network run0", "network run8"]


def test_many_devices_stand_in_the_table_alone() -> None:
    held = [("grey", f"device {number}", 0.6) for number in range(MOST_DEVICES + 1)]
    figure = draw_shortcuts(audit(("grey", None, 0.7), *held), metrics(0.9))

    assert len(names(figure)) == 2


def test_where_nothing_could_be_asked_the_figure_says_so() -> None:
    table = audit(("grey", None, 0.7)).assign(auc=math.nan, reason="few")
    figure = draw_shortcuts(table, metrics(0.9))

    assert figure.get_supxlabel() == NOT_ASKED
    assert names(figure) == ["network run0"]

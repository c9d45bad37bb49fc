"""The figure of detection power: a panel for the AUC and one per method, each with its doses."""

import pandas as pd

from sonolens.figures.detection_power import draw_detection_power


def doses(method: str, *, power: float) -> list[dict[str, object]]:
    shared = {"plant": "shadow", "network": "local", "method": method, "chance": 0.1}
    limits = {"rate_low": 0.2, "rate_high": 0.6, "auc": 0.7, "auc_low": 0.6, "auc_high": 0.8}
    return [
        shared
        | limits
        | {"share": share, "strength": strength, "rate": 0.4, "power": power, "accuracy_power": 1.0}
        for share, strength in ((0.0, 1.0), (1.0, 0.5), (1.0, 1.0))
    ]


def test_a_block_has_the_auc_and_every_method_and_what_is_found_is_filled() -> None:
    table = pd.DataFrame([*doses("cam", power=1.0), *doses("random", power=0.0)])
    figure = draw_detection_power(table)

    area, cam, random = figure.axes
    filled = [
        [
            len(line.get_xdata())
            for line in axes.lines
            if line.get_marker() == "o" and line.get_markerfacecolor() == line.get_color()
        ]
        for axes in (area, cam, random)
    ]
    assert filled == [[2], [2], [0]]
    words = {text.get_text() for text in figure.texts}
    assert {"shadow, local", "test AUC", "cam", "random"} <= words

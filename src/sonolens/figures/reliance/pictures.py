"""What networks are shown: scans without their regions, by every fill, with the logit of each picture."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import explain_panels, open_panels
from sonolens.figures.reliance.regions import FILL_NAMES, REGION_NAMES
from sonolens.figures.style import INK, SMALL_PT, in_house_style
from sonolens.tables import vocabulary
from sonolens.tables.reliance import CoalitionLogitsTable

WIDTH_IN, HEAD_IN, SIDE_IN = 8.6, 0.9, 1.34


@in_house_style
def draw_coalition_pictures(
    coalition_pictures: Mapping[str, Callable[[], Any]],
    coalition_logits: CoalitionLogitsTable,
    labels: "pd.Series[str]",
) -> Figure:
    """Show one scan of each label whole, without each region, with the mass alone and with nothing.

    Args:
        coalition_pictures: By ``run/scan/fill/coalition``.
        coalition_logits: What the network answered.
        labels: The label of every scan, indexed by scan.
    """
    names = [name.split("/") for name in coalition_pictures]
    rows = list(dict.fromkeys((run, scan_id, fill) for run, scan_id, fill, _ in names))
    answered = coalition_logits[coalition_logits["null"] == "none"].set_index(
        ["run", "scan_id", "fill", "shown"]
    )["logit"]
    columns = len(vocabulary.REGION_NAMES) + 3
    title = "What the network is shown when regions are left out"
    figure = open_panels(title, size_in=(WIDTH_IN, HEAD_IN + SIDE_IN * len(rows)), gap_in=0.03)
    panels = figure.subplots(len(rows), columns, squeeze=False)
    for axes_of_row, (run, scan_id, fill) in zip(panels, rows, strict=True):
        shown = [name for *key, name in names if key == [run, scan_id, fill]]
        for axes, (heading, coalition) in zip(axes_of_row, _choose(shown), strict=True):
            if coalition is None:
                axes.set_axis_off()
                continue
            picture = np.asarray(coalition_pictures["/".join((run, scan_id, fill, coalition))]())
            logit = f"{answered[run, scan_id, fill, coalition]:+.2f}".replace("-", "−")
            _show(axes, picture, f"{heading}\nlogit {logit}")
        axes_of_row[0].set_ylabel(
            f"{labels[scan_id]}\n{FILL_NAMES[fill]}", fontsize=SMALL_PT, color=INK
        )
    explain_panels(figure, _explain(rows))
    return figure


def _choose(shown: list[str]) -> list[tuple[str, str | None]]:
    """Name the coalition of every column; None where the scan lacks the region."""
    whole = max(shown, key=lambda name: name.count("+"))
    regions = whole.split("+")
    left = {
        name: "+".join(each for each in regions if each != name) or "nothing" for name in regions
    }
    return [
        ("whole scan", whole),
        *((f"without {REGION_NAMES[name]}", left.get(name)) for name in vocabulary.REGION_NAMES),
        ("mass alone", "mass" if "mass" in regions else None),
        ("nothing", "nothing"),
    ]


def _show(axes: Axes, picture: np.ndarray, title: str) -> None:
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.set_title(title, fontsize=SMALL_PT - 1, pad=2)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)


def _explain(rows: list[tuple[str, str, str]]) -> str:
    scans = ", ".join(dict.fromkeys(scan_id for _, scan_id, _ in rows))
    return (
        f"Scans {scans} as {rows[0][0]} sees them, squashed to a square. Under each heading the logit: above 0 speaks "
        "for malignant. By fill donor the first donor is shown, the logit is the mean over donors."
    )

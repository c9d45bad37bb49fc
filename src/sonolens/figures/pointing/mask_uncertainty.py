"""Hit rates with what patients and what annotations leave open."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.panels import explain_panels, frame, open_panels
from sonolens.figures.reliance.regions import REGION_NAMES
from sonolens.figures.style import FAINT, INK, MUTED, PAGE, SMALL_PT, in_house_style
from sonolens.tables.pointing import MaskUncertaintyTable

WIDTH_IN, ROW_IN, WORDS_IN = 8.6, 0.42, 2.0
BARS = {
    "both": ("both_low", "both_high", FAINT, 7.0),
    "patients": ("ci_low", "ci_high", INK, 1.4),
    "annotations": ("moved_low", "moved_high", MUTED, 1.4),
}
"""What is left open -> its limits, ink and width; the widest lies below the others."""

APART = 0.16
"""Rows between the bars of one rate."""


@in_house_style
def draw_mask_uncertainty(mask_uncertainty: MaskUncertaintyTable) -> Figure:
    """Draw a row per method, run and region: the rate, and the intervals of patients, annotations and both."""
    rows = mask_uncertainty.reset_index(drop=True)
    partition = str(rows["partition"].iloc[0])
    figure = open_panels(
        f"How far hits hang on the annotations. {partition.capitalize()} partition",
        size_in=(WIDTH_IN, WORDS_IN + ROW_IN * len(rows)),
    )
    axes = figure.subplots()
    for place, row in rows.iterrows():
        _draw_row(axes, row, float(str(place)))
    several = len(rows[["method", "run"]].drop_duplicates()) > 1
    axes.set_yticks(range(len(rows)), [_name(row, several) for _, row in rows.iterrows()])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    frame(axes, xlabel="share of rightly called scans that hit", ylabel="")
    axes.tick_params(axis="y", length=0, labelsize=SMALL_PT)
    explain_panels(figure, _explain(rows))
    return figure


def _draw_row(axes: Axes, row: pd.Series, place: float) -> None:
    heights = {"both": place, "patients": place - APART, "annotations": place + APART}
    for name, (low, high, ink, width) in BARS.items():
        axes.plot(
            [row[low], row[high]],
            [heights[name]] * 2,
            color=ink,
            linewidth=width,
            solid_capstyle="butt",
            alpha=0.35 if name == "both" else 1,
            gid=f"{name}-{place:.0f}",
        )
    axes.plot(row["chance"], place, "|", color=MUTED, ms=12, zorder=2, gid=f"chance-{place:.0f}")
    axes.plot(row["rate"], heights["patients"], "o", color=INK, ms=5, zorder=3)
    axes.plot(row["moved_rate"], heights["annotations"], "o", mfc=PAGE, mec=MUTED, ms=5, zorder=3)


def _name(row: pd.Series, several: bool) -> str:
    region = REGION_NAMES.get(row["region"], "any of them")
    return f"{row['method']}, {row['run']}: {region}" if several else region


def _explain(rows: MaskUncertaintyTable) -> str:
    first = rows.iloc[0]
    return (
        f"Dot and black line: as annotated, with the {first['confidence']:.0%} interval over patients. Ring and grey line: the mean "
        f"and the interval over {first['draws']} annotations drawn anew (contour, spacing, place in the cell). Broad bar: both together. Upright "
        f"tick: blind points. "
        f"Extreme that argues for the call."
    )

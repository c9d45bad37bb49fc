"""The layers of a scan picture, each drawn onto given axes in native pixel coordinates.

Column is x and row is y, growing downward; the centre of the first pixel is (0, 0).
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.patheffects import Stroke, withStroke

from sonolens.arrays import Mask
from sonolens.figures.outlines import outline_loops
from sonolens.figures.scan_view import ScanView
from sonolens.figures.style import (
    BODY_PT,
    INK,
    REGION_COLOURS,
    REGION_LINES,
    SMALL_PT,
    signed_colours,
)
from sonolens.tables.vocabulary import REGION_NAMES

SCALE_BAR_MM = (10, 5, 2, 1)
LARGEST_BAR_SHARE = 0.4
EXTREME_SIGNS = {"max": "+", "min": "−"}


def show_scan(axes: Axes, view: ScanView) -> None:
    """Draw the grey levels as stored, in true proportions, without ticks."""
    axes.imshow(
        view.scan, cmap="gray", vmin=0, vmax=255, aspect=view.pixel_aspect, interpolation="nearest"
    )
    axes.set_anchor("N")
    axes.set_axis_off()


def add_scale_bar(axes: Axes, view: ScanView) -> None:
    """Draw a white bar of 10 mm (or less, if that is too long) at the bottom right.

    Where the pixel spacing is unknown the words ``no scale`` stand in its place.
    """
    rows, cols = view.scan.shape
    right, bottom = cols - 0.5 - 0.035 * cols, rows - 0.5 - 0.035 * cols / view.pixel_aspect
    text, centre, lift_pt = "no scale", right, 0.0
    if view.spacing_mm is not None:
        length_mm, length_px = scale_bar(cols=cols, spacing_col_mm=view.spacing_mm[1])
        axes.plot(
            [right - length_px, right],
            [bottom, bottom],
            color="white",
            linewidth=2.2,
            solid_capstyle="butt",
            path_effects=_casing(4.0),
            gid="scale-bar",
        )
        text, centre, lift_pt = f"{length_mm} mm", right - length_px / 2, 3.0
    axes.annotate(
        text,
        (centre, bottom),
        xytext=(0, lift_pt),
        textcoords="offset points",
        ha="right" if view.spacing_mm is None else "center",
        va="bottom",
        color="white",
        fontsize=SMALL_PT,
        path_effects=[withStroke(linewidth=1.8, foreground="black")],
    )


def scale_bar(*, cols: int, spacing_col_mm: float) -> tuple[int, float]:
    """Choose a bar that takes at most two fifths of the scan's width.

    Returns:
        Its length in millimetres and in native columns; 1 mm for the smallest scans.

    Examples:
        >>> scale_bar(cols=400, spacing_col_mm=0.1)
        (10, 100.0)
        >>> scale_bar(cols=200, spacing_col_mm=0.1)
        (5, 50.0)
    """
    fitting = (mm for mm in SCALE_BAR_MM if mm / spacing_col_mm <= LARGEST_BAR_SHARE * cols)
    length_mm = next(fitting, SCALE_BAR_MM[-1])
    return length_mm, length_mm / spacing_col_mm


def add_outline(axes: Axes, mask: Mask, *, region: str, width_pt: float = 1.3) -> None:
    """Draw the border of `mask` along pixel edges in the colour and line of its region."""
    axes.add_collection(
        LineCollection(
            outline_loops(mask),
            colors=REGION_COLOURS[region],
            linewidths=width_pt if region != "below" else 1.4 * width_pt,
            linestyles=[REGION_LINES[region]],
            path_effects=_casing(width_pt + 1.0, alpha=0.55),
            gid=f"outline-{region}",
        ),
        autolim=False,
    )


def add_region_outlines(axes: Axes, view: ScanView) -> None:
    """Draw below (dotted), ring (dashed) and mass (solid); the mass lies on top."""
    if view.region_map is not None:
        for code, region in reversed(list(enumerate(REGION_NAMES, start=1))):
            if region != "mass":
                add_outline(axes, view.region_map == code, region=region)
    add_outline(axes, view.mask, region="mass")


def add_region_tint(axes: Axes, mask: Mask, *, region: str) -> None:
    """Tint the pixels of `mask` in the colour of the region, the scan shining through."""
    tint = np.zeros((*mask.shape, 4))
    tint[mask] = to_rgba(REGION_COLOURS[region], 0.42)
    axes.imshow(tint, aspect=axes.get_aspect(), interpolation="nearest", gid=f"tint-{region}")


def add_signed_map(axes: Axes, view: ScanView, *, limit: float) -> None:
    """Lay the signed map over the scan: red for malignant, blue for benign, clear at 0."""
    if view.native_saliency is None:
        raise ValueError(
            f"scan {view.scan_id!r} has no native_saliency, so no map can be laid over it; "
            "carry its map to the native grid first"
        )
    colours = signed_colours(view.native_saliency, limit=limit)
    axes.imshow(colours, aspect=view.pixel_aspect, interpolation="nearest", gid="signed-map")


def add_extremes(axes: Axes, view: ScanView) -> None:
    """Mark the map's maximum (+) and minimum (−) with a white cross each."""
    _, cols = view.scan.shape
    for extreme, (row, col) in view.points.items():
        axes.plot(
            [col],
            [row],
            marker="x",
            markersize=7.5,
            markeredgewidth=1.7,
            color="white",
            linestyle="none",
            path_effects=_casing(3.4),
            gid=f"extreme-{extreme}",
        )
        to_the_left = col > 0.85 * cols
        axes.annotate(
            EXTREME_SIGNS[extreme],
            (col, row),
            xytext=(-6 if to_the_left else 6, 1),
            textcoords="offset points",
            ha="right" if to_the_left else "left",
            va="bottom" if row > 0.1 * view.scan.shape[0] else "top",
            color="white",
            fontsize=BODY_PT + 2,
            fontweight="bold",
            path_effects=[withStroke(linewidth=2.2, foreground="black")],
        )


def add_signed_colour_bar(axes: Axes, *, limit: float) -> None:
    """Turn `axes` into the colour bar of `signed_colours`, shown over mid-grey tissue."""
    extent = (-limit, limit, 0.0, 1.0)
    axes.imshow([[0.45]], cmap="gray", vmin=0, vmax=1, extent=extent, aspect="auto")
    ramp = np.linspace(-limit, limit, 255)[None, :]
    axes.imshow(signed_colours(ramp, limit=limit), extent=extent, aspect="auto")
    axes.set_yticks([])
    axes.set_xticks([-limit, 0, limit], [f"−{limit:.2g}", "0", f"+{limit:.2g}"])
    axes.tick_params(labelsize=SMALL_PT, length=2, colors=INK)
    axes.set_xlabel("benign ← 0 → malignant  (logit per cell)", fontsize=BODY_PT, color=INK)


def shared_limit(views: Sequence[ScanView]) -> float:
    """The largest absolute value of the maps of `views`; 1 when every map is silent.

    A map's own cells are preferred to its native version, whose pixels may miss a cell's centre.
    """
    maps = [v.native_saliency if v.saliency is None else v.saliency for v in views]
    sizes = [float(np.abs(values).max()) for values in maps if values is not None]
    return max(sizes, default=0.0) or 1.0


def _casing(width_pt: float, *, alpha: float = 0.85) -> list[Stroke]:
    """A thin dark rim that keeps a light line visible on bright tissue."""
    return [withStroke(linewidth=width_pt, foreground="black", alpha=alpha)]

"""Layers lie where the pixels are: column is x, row is y, edges are at halves."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from sonolens.figures.layers import (
    add_extremes,
    add_outline,
    add_scale_bar,
    add_signed_map,
    scale_bar,
    shared_limit,
    show_scan,
)


def axes_of(figure: Figure) -> object:
    return figure.add_subplot()


def found(axes: object, gid: str) -> object:
    (artist,) = axes.findobj(lambda each: each.get_gid() == gid)
    return artist


def test_the_scale_bar_is_ten_millimetres_long(make_view) -> None:
    axes = axes_of(Figure())
    view = make_view(
        scan=np.zeros((40, 400), np.uint8),
        mask=np.ones((40, 400), bool),
        region_map=None,
        native_saliency=None,
    )
    add_scale_bar(axes, view)

    left, right = found(axes, "scale-bar").get_xdata()
    assert (right - left) * 0.1 == pytest.approx(10.0)


def test_the_scale_bar_shrinks_on_a_narrow_scan() -> None:
    assert scale_bar(cols=60, spacing_col_mm=0.1) == (2, 20.0)


def test_without_spacing_there_is_no_bar_but_the_words(make_view) -> None:
    axes = axes_of(Figure())
    add_scale_bar(axes, make_view(spacing_row_mm=float("nan"), spacing_col_mm=float("nan")))

    assert [text.get_text() for text in axes.texts] == ["no scale"]
    assert not axes.lines


def test_flat_pixels_are_drawn_flat(make_view) -> None:
    axes = axes_of(Figure())
    show_scan(axes, make_view())

    assert axes.get_aspect() == pytest.approx(2.0)


def test_a_cross_lies_at_column_and_row(make_view) -> None:
    axes = axes_of(Figure())
    add_extremes(axes, make_view())

    assert found(axes, "extreme-max").get_xydata().tolist() == [[49.5, 9.5]]
    assert found(axes, "extreme-min").get_xydata().tolist() == [[9.5, 29.5]]


def test_an_outline_runs_along_pixel_edges(make_view) -> None:
    axes = axes_of(Figure())
    add_outline(axes, make_view().mask, region="mass")

    corners = np.vstack(found(axes, "outline-mass").get_segments())
    assert corners.min(axis=0).tolist() == [19.5, 9.5]
    assert corners.max(axis=0).tolist() == [34.5, 19.5]


def test_a_mass_with_a_hole_has_two_outlines(make_view) -> None:
    mask = make_view().mask.copy()
    mask[14:16, 25:28] = False
    axes = axes_of(Figure())
    add_outline(axes, mask, region="mass")

    assert len(found(axes, "outline-mass").get_segments()) == 2


def test_the_signed_map_is_red_where_evidence_is_malignant(make_view) -> None:
    axes = axes_of(Figure())
    add_signed_map(axes, make_view(), limit=3.0)

    colours = found(axes, "signed-map").get_array()
    assert colours[5, 50, 0] > colours[5, 50, 2]
    assert colours[35, 5, 2] > colours[35, 5, 0]


def test_a_map_that_is_missing_is_named(make_view) -> None:
    with pytest.raises(ValueError, match="'scan-1' has no native_saliency"):
        add_signed_map(axes_of(Figure()), make_view(native_saliency=None), limit=1.0)


def test_all_maps_of_a_figure_share_the_largest_size(make_view) -> None:
    strong = make_view(saliency=np.full((2, 2), -7.0, dtype=np.float32))

    assert shared_limit([make_view(), strong]) == 7.0

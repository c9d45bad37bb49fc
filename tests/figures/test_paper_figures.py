"""The paper's figures say who, how many, and how the ring was measured."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from sonolens.figures.cam_scheme import draw_cam_scheme
from sonolens.figures.paper_figures import draw_example_scans, draw_regions, draw_saliency_examples


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def test_figure_1_names_scan_birads_and_number(make_view) -> None:
    text = words(draw_example_scans([make_view(), make_view(label="benign", birads=None)]))

    assert "BI-RADS 4a" in text
    assert "BI-RADS unknown" in text
    assert "n = 2 scans (1 benign, 1 malignant)" in text


def test_figure_2_writes_the_identity_out() -> None:
    maps = np.array([[[1.0, 3.0]], [[2.0, 0.0]]], dtype=np.float32)
    weights = np.array([0.5, -1.0], dtype=np.float32)

    text = words(
        draw_cam_scheme(
            np.zeros((8, 8), dtype=np.uint8),
            title="scan-1",
            channel_maps=maps,
            channel_weights=weights,
            channels_total=2,
            saliency=np.tensordot(weights, maps, axes=1),
            bias=0.25,
            logit=0.25,
        )
    )

    assert "mean of the map +0.00  +  bias +0.250  =  logit +0.250" in text
    assert "adds +1.00 to the logit" in text
    assert "adds −1.00 to the logit" in text


def test_figure_2_colours_what_each_channel_adds() -> None:
    figure = draw_cam_scheme(
        np.zeros((8, 8), dtype=np.uint8),
        title="scan-1",
        channel_maps=np.ones((2, 1, 1), dtype=np.float32),
        channel_weights=np.array([1.0, -1.0], dtype=np.float32),
        channels_total=2,
        saliency=np.zeros((1, 1), dtype=np.float32),
        bias=0.0,
        logit=0.0,
    )

    red, blue = (
        figure.findobj(lambda a, gid=gid: a.get_gid() == gid)[0].get_array()[0, 0]
        for gid in ("cells-1", "cells-2")
    )
    assert red[0] > red[2]
    assert blue[2] > blue[0]


def test_figure_3_says_how_much_of_the_scan_each_region_takes(make_view) -> None:
    text = words(draw_regions(make_view()))

    assert "6% of the scan" in text  # 150 of 2,400 pixels
    assert "Peritumoral ring: 0-5 mm" in text


def test_figure_3_needs_regions(make_view) -> None:
    with pytest.raises(ValueError, match="has no region_map"):
        draw_regions(make_view(region_map=None))


def test_figure_4_says_whether_the_call_was_right(make_view) -> None:
    views = [make_view(), make_view(probability=0.2), make_view(label="benign", probability=0.2)]

    text = words(draw_saliency_examples(views))

    assert "0.80, called malignant: correct" in text
    assert "0.20, called benign: WRONG" in text
    assert "0.20, called benign: correct" in text
    assert "n = 3 scans" in text
    assert "0-5 mm" in text


def test_figure_4_marks_both_extremes_of_every_case(make_view) -> None:
    figure = draw_saliency_examples([make_view(), make_view(label="benign")])

    for extreme in ("max", "min"):
        assert len(figure.findobj(lambda a, e=extreme: a.get_gid() == f"extreme-{e}")) == 2


def test_a_figure_without_views_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_example_scans([])


def test_figure_4_explains_a_call_at_the_edge_of_the_threshold(make_view) -> None:
    views = [make_view(probability=0.4829, threshold=0.4819), make_view()]

    text = words(draw_saliency_examples(views))

    assert "0.48, called malignant: correct (threshold 0.48, 0.001 away)" in text
    assert "0.80, called malignant: correct (threshold 0.40)" in text


def test_a_scan_id_is_never_read_as_mathematics(make_view) -> None:
    figure = draw_example_scans([make_view(scan_id="$x$")])

    assert "$x$" in words(figure)
    assert not any(text.get_parse_math() for text in figure.texts)


def test_one_scan_is_written_in_the_singular(make_view) -> None:
    assert "n = 1 scan (1 malignant)" in words(draw_example_scans([make_view()]))


def test_figure_3_tints_each_region_where_its_code_stands(make_view) -> None:
    view = make_view()
    figure = draw_regions(view)

    for code, region in enumerate(("mass", "peritumoral", "below"), start=1):
        (tint,) = figure.findobj(lambda a, r=region: a.get_gid() == f"tint-{r}")
        assert np.array_equal(tint.get_array()[..., 3] > 0, view.region_map == code)


def test_figure_4_outlines_mass_ring_and_below(make_view) -> None:
    figure = draw_saliency_examples([make_view()])

    extents = {}
    for region in ("mass", "peritumoral", "below"):
        (outline,) = figure.findobj(lambda a, r=region: a.get_gid() == f"outline-{r}")
        corners = np.vstack(outline.get_segments())
        extents[region] = [*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist()]

    assert extents == {
        "mass": [19.5, 9.5, 34.5, 19.5],
        "peritumoral": [14.5, 6.5, 39.5, 22.5],
        "below": [19.5, 22.5, 34.5, 39.5],
    }

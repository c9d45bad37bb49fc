"""The first figure says whether each call is right."""

import pytest
from drawn import words

from sonolens.figures.first_screen import draw_right_and_wrong


def test_each_call_is_told_with_its_scan(make_view):
    right = make_view(label="malignant", probability=0.91, threshold=0.5)
    wrong = make_view(scan_id="scan-2", label="malignant", probability=0.12, threshold=0.5)

    told = words(draw_right_and_wrong([right, wrong]))

    assert "Right: malignant mass called malignant, probability 0.91 scan-1" in told
    assert "Wrong: malignant mass called benign, probability 0.12 scan-2" in told


def test_every_scan_has_its_map_its_regions_and_its_extremes(make_view):
    figure = draw_right_and_wrong([make_view(), make_view(scan_id="scan-2")])

    for axes in figure.axes:
        names = {each.get_gid() for each in axes.findobj()}
        assert {"signed-map", "scale-bar"} <= names
    assert len(figure.axes) == 2


def test_where_no_call_is_wrong_one_scan_stands_alone(make_view):
    assert len(draw_right_and_wrong([make_view()]).axes) == 1


def test_without_a_scan_nothing_can_be_shown():
    with pytest.raises(ValueError, match="no scan to show first"):
        draw_right_and_wrong([])

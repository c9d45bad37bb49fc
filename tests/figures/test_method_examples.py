"""Maps of several methods side by side."""

import numpy as np
import pytest

from sonolens.figures.method_examples import PER_LINE, draw_method_examples


def gids(figure, name):
    return [
        artist for axes in figure.axes for artist in axes.get_children() if artist.get_gid() == name
    ]


def words(figure):
    return [text.get_text() for text in figure.texts]


def test_every_scan_has_a_map_by_every_method_and_one_plain_panel(make_view):
    shown = [make_view(), make_view(scan_id="scan-2", label="benign")]

    figure = draw_method_examples({"cam": shown, "edges": shown, "random": shown})

    assert len(figure.axes) == 2 * 4
    assert len(gids(figure, "signed-map")) == 2 * 3
    assert len(gids(figure, "scale-bar")) == 2
    assert [name for name in words(figure) if name in {"scan", "cam", "edges", "random"}] == [
        "scan", "cam", "edges", "random"
    ] * 2  # fmt: skip


def test_a_scan_is_told_with_its_truth_and_what_it_was_called(make_view):
    figure = draw_method_examples({"cam": [make_view(), make_view(probability=0.1)]})

    assert "scan-1 · malignant, called malignant" in words(figure)
    assert "scan-1 · malignant, called benign" in words(figure)


def test_a_method_has_one_scale_for_its_scans_and_not_that_of_another(make_view):
    loud = make_view(
        saliency=np.full((2, 3), 300, dtype=np.float32),
        native_saliency=np.full((40, 60), 300, dtype=np.float32),
    )

    figure = draw_method_examples({"cam": [make_view()], "occlusion": [loud]})
    alone = draw_method_examples({"cam": [make_view()]})
    beside_loud = draw_method_examples({"cam": [make_view(), loud]})

    of_cam = gids(figure, "signed-map")[0].get_array()
    assert np.array_equal(of_cam, gids(alone, "signed-map")[0].get_array())
    assert not np.array_equal(of_cam, gids(beside_loud, "signed-map")[0].get_array())


def test_many_methods_go_on_in_a_further_line(make_view):
    few = draw_method_examples({f"m{n}": [make_view()] for n in range(PER_LINE - 1)})
    more = draw_method_examples({f"m{n}": [make_view()] for n in range(PER_LINE)})

    assert more.get_size_inches()[0] == few.get_size_inches()[0]
    assert more.get_size_inches()[1] > few.get_size_inches()[1]
    assert len(more.axes) == PER_LINE + 1


def test_methods_that_show_different_scans_are_refused(make_view):
    with pytest.raises(ValueError, match="different scans, scan-1, scan-2"):
        draw_method_examples({"cam": [make_view()], "edges": [make_view(scan_id="scan-2")]})


@pytest.mark.parametrize("views", [{}, {"cam": []}])
def test_nothing_to_draw_is_refused(views):
    with pytest.raises(ValueError, match="no explained scan"):
        draw_method_examples(views)


def test_the_note_names_the_methods_drawn_that_say_where_and_no_others(make_view):
    shown = [make_view()]
    names = ["cam", "edges", "eigen_cam", "random"]
    said = {"edges", "eigen_cam", "centre_prior"}
    for drawn, told in (
        (names, "; edges and eigen_cam say where, not for what."),
        (names[:2], "; edges says where, not for what."),
        (names[:1], "blue for benign. Crosses"),
    ):
        figure = draw_method_examples(dict.fromkeys(drawn, shown), unsigned=said)
        assert told in " ".join(" ".join(words(figure)).split())

"""Methods by methods: the mean below the diagonal, its limits above it."""

import itertools

import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from sonolens.figures.evidence.agreement import draw_agreement


def pair(first: str, second: str, mean: float, **values: object) -> dict[str, object]:
    return {
        "first": first,
        "second": second,
        "run": "r",
        "measure": "rank_correlation",
        "n": 8,
        "mean": mean,
        "ci_low": mean - 0.1,
        "ci_high": mean + 0.1,
        "same_by_construction": False,
        "partition": "test",
        "confidence": 0.95,
    } | values


TABLE = pd.DataFrame(
    [
        pair("cam", "grad_cam", 1.0, same_by_construction=True, ci_low=None, ci_high=None),
        pair("cam", "occlusion", 0.3),
        pair("grad_cam", "occlusion", -0.2),
        pair("cam", "occlusion", 14.0, measure="max_distance_mm"),
    ]
)


def one(figure: Figure, gid: str):
    (artist,) = figure.findobj(lambda each: each.get_gid() == gid)
    return artist


def words(figure: Figure) -> str:
    return " ".join(" ".join(text.get_text() for text in figure.texts).split())


def test_the_mean_stands_below_the_diagonal_and_its_interval_above() -> None:
    figure = draw_agreement(TABLE)

    mean, limits = (one(figure, f"{kind}-grad_cam-occlusion") for kind in ("mean", "limits"))
    assert (mean.get_text(), mean.get_position()) == ("−0.20", (1, 2))
    assert (limits.get_text(), limits.get_position()) == ("−0.30\nto −0.10", (2, 1))
    assert one(figure, "mean-cam-occlusion").get_text() == "0.30"
    assert "n = 8" in words(figure)
    assert "95% interval" in words(figure)


def test_white_is_unrelated_and_neither_red_nor_blue_is_used() -> None:
    (image,) = draw_agreement(TABLE).findobj(AxesImage)

    assert image.get_clim() == (-1, 1)
    assert image.get_array()[2, 0] == image.get_array()[0, 2] == 0.3
    assert image.cmap(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.01)
    assert image.cmap(1.0)[:3] == pytest.approx(to_rgb("#12b58c"))


def test_pairs_that_are_the_same_by_construction_are_hatched_and_explained() -> None:
    figure = draw_agreement(TABLE)

    hatched = figure.findobj(lambda each: each.get_gid() == "same-cam-grad_cam")
    assert sorted(each.get_xy() for each in hatched) == [(-0.5, 0.5), (0.5, -0.5)]
    assert all(each.get_hatch() for each in hatched)
    assert not figure.findobj(lambda each: each.get_gid() == "same-cam-occlusion")
    assert "is no finding" in words(figure)
    assert "Hatched" not in words(draw_agreement(TABLE.iloc[1:]))


def test_several_runs_are_averaged_and_span_from_the_least_to_the_largest() -> None:
    figure = draw_agreement(
        pd.concat([TABLE, TABLE.assign(run="s", mean=TABLE["mean"] - 0.2, n=10)])
    )

    assert one(figure, "mean-cam-occlusion").get_text() == "0.20"
    assert one(figure, "limits-cam-occlusion").get_text() == "0.10\nto 0.30"
    assert "the least and the largest of 2 runs, which is no interval" in words(figure)
    assert "n = 8 to 10" in words(figure)


def test_an_unknown_agreement_is_a_dash() -> None:
    table = pd.DataFrame([pair("cam", "edges", float("nan"))])

    figure = draw_agreement(table)

    assert one(figure, "mean-cam-edges").get_text() == "–"
    assert one(figure, "limits-cam-edges").get_text() == ""


def test_one_method_alone_says_so_instead_of_failing() -> None:
    figure = draw_agreement(TABLE.iloc[:0])

    assert "Only one method was drawn" in words(figure)
    assert not figure.axes


@pytest.mark.parametrize("methods", [2, 15])
def test_nothing_lies_over_anything_else_or_off_the_page(methods: int) -> None:
    names = [f"integrated_gradients{number}" for number in range(methods)]
    table = pd.DataFrame([pair(*names, -0.123) for names in itertools.combinations(names, 2)])
    figure = draw_agreement(table)
    figure.draw_without_rendering()

    boxes = [axes.get_tightbbox() for axes in figure.axes]
    boxes += [text.get_window_extent() for text in figure.texts]
    page = figure.bbox
    assert all(page.x0 <= box.x0 and box.x1 <= page.x1 for box in boxes)
    assert all(page.y0 <= box.y0 and box.y1 <= page.y1 for box in boxes)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))

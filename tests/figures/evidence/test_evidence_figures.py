"""Abstention, faithfulness and sanity: one panel per method, the values where the tables put them."""

import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.evidence.abstention import draw_abstention
from sonolens.figures.evidence.faithfulness import draw_faithfulness
from sonolens.figures.evidence.sanity import draw_sanity

ABSTENTION = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "suspended_by": ["map", "map", "certainty", "certainty", "random", "random"],
        "coverage": [1.0, 0.5, 0.5, 1.0, 0.5, 1.0],
        "risk": [0.4, 0.1, 0.2, 0.4, 0.4, 0.4],
        "ci_low": [0.3, 0.05, 0.1, 0.3, 0.2, 0.3],
        "ci_high": [0.5, 0.15, 0.3, 0.5, 0.6, 0.5],
        "n": 8,
        "partition": "test",
        "confidence": 0.9,
    }
)
KEPT = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "relevant": "mass, below",
        "measure": ["risk", "risk"],
        "suspended_by": ["map", "random"],
        "coverage": 0.375,
    }
)
LINES = {
    ("insertion", "map"): [0.5, 0.8, 0.9],
    ("insertion", "random"): [0.5, 0.6, 0.9],
    ("deletion", "map"): [0.9, 0.55, 0.5],
    ("deletion", "random"): [0.9, 0.7, 0.5],
}
FAITHFULNESS = pd.concat(
    pd.DataFrame(
        {"method": "cam", "run": "r", "test": test, "order": order, "share": [0.0, 0.5, 1.0]}
    ).assign(mean=line, n=12)
    for (test, order), line in LINES.items()
)
GAINS = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "test": ["deletion", "insertion"],
        "fill": "blur",
        "gain": [-0.05, 0.1],
        "ci_low": [-0.15, 0.02],
        "ci_high": [0.01, 0.2],
        "partition": "test",
        "confidence": 0.95,
    }
)
SANITY = pd.DataFrame(
    {
        "method": "cam",
        "run": "r",
        "depth": [2, 1, 0] * 3,
        "measure": ["rank_correlation"] * 3 + ["ssim"] * 3 + ["absolute_rank_correlation"] * 3,
        "n": 12,
        "mean": [0.1, 0.5, 1.0, -0.2, 0.4, 1.0, 0.2, 0.6, 1.0],
        "ci_low": [0.0, 0.4, np.nan] * 3,
        "ci_high": [0.2, 0.6, np.nan] * 3,
        "partition": "test",
        "confidence": 0.95,
    }
)

Many = Callable[[pd.DataFrame], pd.DataFrame]


def one(figure: Figure | Axes, gid: str):
    (artist,) = figure.findobj(lambda each: each.get_gid() == gid)
    return artist


def words(figure: Figure) -> str:
    texts = figure.findobj(lambda each: hasattr(each, "get_text"))
    return " ".join(" ".join(text.get_text() for text in texts).split())


def copies(methods: int, runs: int) -> Many:
    def copied(table: pd.DataFrame) -> pd.DataFrame:
        return pd.concat(
            table.assign(method=f"method_number_{method}", run=f"run{run}")
            for method in range(methods)
            for run in range(runs)
        )

    return copied


def draw_all(many: Many) -> dict[str, Figure]:
    return {
        "abstention": draw_abstention(many(ABSTENTION), many(KEPT)),
        "faithfulness": draw_faithfulness(many(FAITHFULNESS), many(GAINS)),
        "sanity": draw_sanity(many(SANITY)),
    }


def extent(figure: Figure, gid: str, *, at: float) -> list[float]:
    """The lower and upper edge of a shade at one place."""
    corners = np.concatenate([path.vertices for path in one(figure, gid).get_paths()])
    heights = corners[np.isclose(corners[:, 0], at), 1]
    return [heights.min(), heights.max()]


def test_errors_lie_over_the_share_kept_for_every_way_of_suspending() -> None:
    figure = draw_abstention(ABSTENTION, KEPT)

    assert one(figure, "map-cam").get_xydata().tolist() == [[0.5, 0.1], [1.0, 0.4]]
    assert one(figure, "certainty-cam").get_xydata().tolist() == [[0.5, 0.2], [1.0, 0.4]]
    assert one(figure, "random-cam").get_xydata().tolist() == [[0.5, 0.4], [1.0, 0.4]]


def test_the_error_with_nothing_suspended_and_the_share_the_map_keeps_are_marked() -> None:
    figure = draw_abstention(ABSTENTION, KEPT)

    assert list(one(figure, "all-cam").get_ydata()) == pytest.approx([0.4, 0.4])
    assert list(one(figure, "coverage-cam").get_xdata()) == [0.375, 0.375]
    assert "mass, below" in words(figure)
    assert "n = 8" in words(figure)


def test_one_run_is_shaded_with_its_interval_and_says_so() -> None:
    figure = draw_abstention(ABSTENTION, KEPT)

    assert extent(figure, "band-map-cam", at=0.5) == [0.05, 0.15]
    assert "Shaded: 90% intervals" in words(figure)
    assert "mean over" not in words(figure)


def test_several_runs_are_one_mean_shaded_from_the_least_to_the_largest_and_say_so() -> None:
    other = ABSTENTION.assign(run="s", risk=ABSTENTION["risk"] + 0.2, n=10)

    figure = draw_abstention(pd.concat([ABSTENTION, other]), KEPT)

    assert one(figure, "map-cam").get_ydata().tolist() == pytest.approx([0.2, 0.5])
    assert extent(figure, "band-map-cam", at=0.5) == pytest.approx([0.1, 0.3])
    assert list(one(figure, "all-cam").get_ydata()) == pytest.approx([0.5, 0.5])
    assert "mean over 2 runs" in words(figure)
    assert "which is no interval" in words(figure)
    assert "n = 8 to 10" in words(figure)


def test_insertion_and_deletion_stand_beside_their_random_order() -> None:
    figure = draw_faithfulness(FAITHFULNESS, GAINS)

    for (test, order), line in LINES.items():
        assert one(figure, f"{test}-{order}-cam").get_ydata().tolist() == line


def test_every_gain_is_told_with_its_interval_number_and_fill() -> None:
    text = words(draw_faithfulness(FAITHFULNESS, GAINS))

    assert "insertion +0.10 [+0.02, +0.20] deletion −0.05 [−0.15, +0.01] n = 12" in text
    assert "the fill blur" in text


def test_gains_of_several_runs_span_from_the_least_to_the_largest() -> None:
    gains = pd.concat([GAINS, GAINS.assign(run="s", gain=[0.15, 0.3])])
    curves = pd.concat([FAITHFULNESS, FAITHFULNESS.assign(run="s")])

    text = words(draw_faithfulness(curves, gains))

    assert "insertion +0.20 [+0.10, +0.30] deletion +0.05 [−0.05, +0.15]" in text
    assert "in brackets the least and the largest run" in text


def test_likeness_falls_from_the_trained_network_at_the_left() -> None:
    figure = draw_sanity(SANITY)

    line = one(figure, "rank_correlation-2-cam")
    assert line.get_xydata().tolist() == [[0, 1.0], [1, 0.5], [2, 0.1]]
    assert one(figure, "ssim-2-cam").get_ydata().tolist() == [1.0, 0.4, -0.2]
    assert extent(figure, "band-rank_correlation-2-cam", at=1) == [0.4, 0.6]
    assert "n = 12" in words(figure)


def test_networks_of_more_parts_are_not_averaged_with_those_of_fewer() -> None:
    deeper = SANITY.assign(run="s", depth=2 * SANITY["depth"], mean=SANITY["mean"] / 2)

    figure = draw_sanity(pd.concat([SANITY, deeper]))

    assert one(figure, "ssim-2-cam").get_ydata().tolist() == [1.0, 0.4, -0.2]
    assert one(figure, "ssim-4-cam").get_xdata().tolist() == [0, 2, 4]
    assert "same number of parts" in words(figure)
    assert "same number of parts" not in words(draw_sanity(SANITY))


def test_methods_do_not_mix() -> None:
    other = SANITY.assign(method="random", mean=0.9)

    figure = draw_sanity(pd.concat([SANITY, other]))

    assert one(figure, "ssim-2-cam").get_ydata().tolist() == [1.0, 0.4, -0.2]
    assert one(figure, "ssim-2-random").get_ydata().tolist() == [0.9] * 3


@pytest.mark.parametrize(("methods", "runs"), [(1, 1), (3, 1), (15, 8)])
def test_nothing_lies_over_anything_else_or_off_the_page(methods: int, runs: int) -> None:
    for figure in draw_all(copies(methods, runs)).values():
        figure.draw_without_rendering()
        assert len(figure.axes) == methods
        boxes = [axes.get_tightbbox() for axes in figure.axes]
        boxes += [legend.get_window_extent() for legend in figure.legends]
        boxes += [text.get_window_extent() for text in figure.texts]
        page = figure.bbox
        assert all(
            page.x0 <= box.x0 < box.x1 <= page.x1 and page.y0 <= box.y0 < box.y1 <= page.y1
            for box in boxes
        )
        assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))

"""Insertion and deletion lie beside their random order, one panel per method."""

import pandas as pd
import pytest
from drawn import assert_nothing_overlaps, copies, one, words

from sonolens.figures.evidence.faithfulness import draw_faithfulness

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


@pytest.mark.parametrize(("methods", "runs"), [(1, 1), (3, 1), (15, 8)])
def test_nothing_lies_over_anything_else_or_off_the_page(methods: int, runs: int) -> None:
    many = [
        copies(table, methods=methods, runs=runs)
        for table in (
            FAITHFULNESS,
            GAINS,
        )
    ]

    figure = draw_faithfulness(*many)

    assert len(figure.axes) == methods
    assert_nothing_overlaps(figure)

"""A gap is a share of what a map had to share out."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.evidence.completeness import measure_gap, tabulate_completeness
from sonolens.tables.evidence import MapCompleteness


def maps_that_sum_to(*sums):
    return np.stack([np.full((2, 5), total / 10, dtype=np.float32) for total in sums])


@pytest.mark.parametrize(
    ("total", "logit", "gap"),
    [
        (4.0, 5.0, 0.0),
        (3.0, 5.0, 0.25),
        (-4.4, -3.0, 0.1),
        (0.2, 1.1, 0.1),  # of a difference below one logit, the rest is told in logits
        (0.0, 1.0, 0.0),
    ],
)
def test_a_gap_is_a_share_of_what_had_to_be_shared_out(total, logit, gap):
    measured = measure_gap(
        maps_that_sum_to(total), np.array([logit], np.float32), baseline_logit=1.0
    )

    assert measured == pytest.approx([gap], abs=1e-6)


def test_the_gaps_of_a_run_are_listed_by_scan_in_their_order():
    logits = pd.Series({"b": 5.0, "a": 3.0})

    table = tabulate_completeness(
        maps_that_sum_to(3.0, 2.0), logits, baseline_logit=1.0, method="ig", run="r"
    )

    MapCompleteness.validate(table)
    assert table["scan_id"].tolist() == ["b", "a"]
    assert table["gap"].tolist() == pytest.approx([0.25, 0.0], abs=1e-6)

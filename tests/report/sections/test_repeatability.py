"""The section of repeatability: the same scan and strangers side by side."""

import pandas as pd

from sonolens.report.sections.evidence import REPEATABILITY
from sonolens.tables.evidence import Repeatability

ROWS = pd.DataFrame(
    {
        "configuration": "tiny-full",
        "method": "cam",
        "varied": "seed",
        "measure": ["rank_correlation", "ssim"],
        "pairs": 3,
        "n": 8,
        "mean": [0.7, 0.6],
        "stranger": [0.2, 0.1],
        "above_stranger": [0.5, 0.5],
        "ci_low": [0.41, 0.42],
        "ci_high": [0.61, 0.62],
        "n_left_out": 0,
        "partition": "test",
        "confidence": 0.95,
    }
)


def test_a_cell_has_the_same_scan_strangers_and_what_lies_above_them() -> None:
    (row,) = REPEATABILITY.tell({"repeatability": Repeatability.validate(ROWS)})["rows"]

    assert row["names"] == ("tiny-full", "cam", "seed")
    ssim, ranks = row["cells"]
    assert ssim.text == "0.60"
    assert ranks.text == "0.70"
    assert ssim.small == ("n = 8", "strangers 0.10", "above them +0.500 [+0.420, +0.620]")


def test_networks_fitted_once_have_no_row() -> None:
    assert REPEATABILITY.tell({"repeatability": Repeatability.empty()})["rows"] == []

"""The resolution curve is said for what was learnt alone, between chance and what cannot be exceeded."""

from typing import Any

import pandas as pd

from sonolens.report.methods import choose_method
from sonolens.report.sections.resolution import list_resolution, say_resolution


def row(diameter_mm: float, *, learnt: bool = True, **changes: Any) -> dict[str, Any]:
    return {
        "network": "resnet18",
        "output_stride": 32,
        "seed": 0,
        "method": "cam",
        "share": 1.0,
        "strength": 1.0,
        "diameter_mm": diameter_mm,
        "cell_mm": 5.0,
        "diameter_per_cell": diameter_mm / 5,
        "n": 40,
        "rate": 0.3,
        "ci_low": 0.2,
        "ci_high": 0.45,
        "chance": 0.05,
        "ceiling": 0.6,
        "auc": 0.9,
        "auc_ci_low": 0.8 if learnt else 0.45,
        "auc_ci_high": 0.95,
        **changes,
    }


def test_the_smallest_and_the_largest_that_were_learnt_are_told_and_what_was_not() -> None:
    curve = pd.DataFrame(
        [row(1.0, learnt=False), row(2.0), row(4.0, rate=0.4), row(16.0, rate=0.9)]
    )

    assert say_resolution(curve, method="cam") == [
        "resnet18 at stride 32 (cells of 5 mm): cam points to a disc of 2 mm, 0.4 cells wide, in 30 % [20, 45] of 40 maps "
        "(chance 5 %, at most 60 %); a disc of 16 mm, 3.2 cells wide, in 90 % [20, 45] of 40 maps (chance 5 %, at most "
        "60 %); not learnt: 1 mm."
    ]


def test_where_nothing_was_learnt_nothing_is_said_of_maps() -> None:
    (said,) = say_resolution(pd.DataFrame([row(2.0, learnt=False)]), method="cam")

    assert said.endswith("no disc was learnt, so no map had anything to find.")


def test_the_null_is_in_the_rows_and_in_no_sentence() -> None:
    curve = pd.DataFrame([row(4.0, share=0.0, rate=0.04), row(4.0)])
    rows = list_resolution(curve, method="cam")

    assert [each["names"][1] for each in rows] == ["nothing planted", "in 100 %"]
    assert "4 %" not in say_resolution(curve, method="cam")[0].replace("45]", "")


def test_a_method_is_chosen_by_its_name_and_not_by_what_it_found() -> None:
    curve = pd.DataFrame([row(2.0, method="edges", rate=1.0), row(2.0, method="eigen_cam")])

    assert choose_method(curve["method"], preferred="cam") == "eigen_cam"
    assert choose_method(pd.DataFrame([row(2.0)])["method"], preferred="cam") == "cam"
    assert choose_method(curve["method"].head(0), preferred="cam") == "cam"

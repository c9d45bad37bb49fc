"""The section of moved annotations: what patients and what contours leave open."""

import pandas as pd

from sonolens.report.sections.mask_uncertainty import SECTION, say_uncertainty

ROW = {
    "method": "cam",
    "run": "net",
    "region": "any",
    "n": 20,
    "rate": 0.6,
    "ci_low": 0.4,
    "chance": 0.3,
}
ROW |= {"ci_high": 0.8, "moved_rate": 0.55, "moved_low": 0.5, "moved_high": 0.65, "both_low": 0.35}
ROW |= {"both_high": 0.85, "near_hits": 0.25, "near_misses": float("nan"), "draws": 100}
ROW |= {"partition": "test", "confidence": 0.95}


def table(**values: object) -> pd.DataFrame:
    return pd.DataFrame([ROW | {"region": "mass", "rate": 0.1}, ROW]).assign(**values)


def test_the_sentence_sets_patients_annotations_and_both_side_by_side() -> None:
    (line,) = say_uncertainty(table())

    assert line.startswith(
        "As annotated 60 % [40, 80] of 20 rightly called scans hit a region, blind points 30 %"
    )
    assert "made them 55 %, which leaves [50 %, 65 %] open" in line
    assert "patients resampled too [35 %, 85 %]" in line


def test_several_runs_are_told_by_name() -> None:
    lines = say_uncertainty(pd.concat([table(), table(run="other")]))

    assert [line.split(":")[0] for line in lines] == ["cam, net", "cam, other"]


def test_every_region_has_a_row_and_what_is_unknown_a_dash() -> None:
    told = SECTION.tell({"mask_uncertainty": table()})

    assert [row["names"] for row in told["rows"]] == [("mass",), ("any of them",)]
    cells = told["rows"][1]["cells"]
    assert [cell.text for cell in cells[1:]] == ["55 % [50, 65]", "60 % [35, 85]", "25 %", "–"]
    assert cells[0].text == "60 % [40, 80]"
    assert cells[0].small == ("n = 20", "chance 30 %")

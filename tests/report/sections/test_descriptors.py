"""What the radiologist saw, in words: the cell of a finding, and what is said where nothing is asked."""

from typing import Any

import pandas as pd

from sonolens.report.sections.descriptors import SECTION
from sonolens.tables.descriptors import DescriptorAgreement

ROW: dict[str, Any] = {
    "run": "net",
    "descriptor": "posterior",
    "value": "shadowing",
    "region": "below",
    "reading": "points",
    "source": "cam",
    "n_noted": 12,
    "n_not_noted": 18,
    "patients_noted": 12,
    "patients_not_noted": 18,
    "mean_noted": 0.5,
    "mean_not_noted": 0.1,
    "difference": 0.4,
    "difference_low": 0.2,
    "difference_high": 0.6,
    "within_label": 0.35,
    "within_label_low": 0.1,
    "within_label_high": 0.6,
    "p_value": 0.004,
    "p_adjusted": 0.02,
    "exchanges": 1000,
    "exact": False,
    "reason": None,
    "partition": "test",
    "confidence": 0.95,
}
LOGITS = {
    "reading": "value",
    "source": "mean",
    "within_label": -0.5,
    "within_label_low": -0.9,
    "within_label_high": 0.1,
}


def tell(*changes: dict[str, Any]) -> dict[str, Any]:
    table = pd.DataFrame([ROW | each for each in changes])
    return dict(SECTION.tell({"descriptor_agreement": DescriptorAgreement.validate(table)}))


def test_a_cell_has_the_difference_within_the_label_both_means_and_p() -> None:
    told = tell({}, LOGITS)

    assert told["columns"] == ["cam: points there", "mean: reliance"]
    (row,) = told["rows"]
    assert row["names"] == ("posterior", "shadowing", "below")
    shares, logits = row["cells"]
    assert shares.text == "+35 [+10, +60] points"
    assert shares.small == (
        "n = 30",
        "noted 50 % (n = 12), else 10 %",
        "p (adjusted) 0.020",
    )
    assert logits.text == "−0.500 [−0.900, +0.100]"


def test_findings_that_could_not_be_asked_are_counted() -> None:
    told = tell({"reason": "few", "p_value": None, "p_adjusted": None, "within_label": None})

    assert told["rows"] == []
    assert told["nothing_scored"].startswith("1 finding noted, but none that can be asked")


def test_a_study_without_descriptors_says_so_in_one_line() -> None:
    told = SECTION.tell({"descriptor_agreement": DescriptorAgreement.empty()})

    assert told["rows"] == []
    assert told["nothing_scored"].startswith("The study does not tell what a radiologist noted")

"""The page of an experiment holds its section and asks for nothing outside."""

import re

import pandas as pd
from tiny_chosen import chosen_regions

from sonolens.report.experiment import inputs_of_experiment, write_experiment
from sonolens.report.pictures import PNG_SIGNATURE
from sonolens.report.sections.chosen_region import SECTION

SCANS = pd.DataFrame({"scan_id": ["s"], "patient_id": ["p"], "filled_in": [""]})


def test_a_page_holds_its_section_and_no_address_outside() -> None:
    page = write_experiment(
        SECTION,
        {"run_id": "<script>"},
        scans=SCANS,
        chosen_regions=chosen_regions(),
        chosen_regions_figure=PNG_SIGNATURE,
    )

    assert inputs_of_experiment(SECTION) == (
        "run_context",
        "scans",
        "chosen_regions",
        "chosen_regions_figure",
    )
    assert "Reading one region is not shown to tell labels better" in page
    assert "<script>" not in page
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)

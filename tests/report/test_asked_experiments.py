"""Every experiment that has a page of its own can be told in a report."""

from pathlib import Path

import yaml
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from tiny_chosen import chosen_regions

from sonolens.outcome import LOOKED_AT
from sonolens.pipeline_registry import ASKED_FOR
from sonolens.report.asked_experiments import EXPERIMENTS

PROJECT = Path(__file__).parents[2]
NO_EXPERIMENTS = {"external_validation"}
"""Pipelines with a page by the same node that take the place of training."""


def test_every_pipeline_by_name_with_a_page_of_its_own_is_told_and_makes_what_is_told() -> None:
    bootstrap_project(PROJECT)
    pipelines.set_requested(None)
    with_page = {
        name
        for name in ASKED_FOR
        if any(node.func.__name__ == "write_experiment" for node in pipelines[name].nodes)
    }

    assert {each.pipeline for each in EXPERIMENTS} == with_page - NO_EXPERIMENTS
    for each in EXPERIMENTS:
        assert {each.table, each.page} <= pipelines[each.pipeline].all_outputs()
        assert each.page in LOOKED_AT


def test_addresses_lead_from_a_report_to_the_page_in_the_catalog() -> None:
    catalog = yaml.safe_load((PROJECT / "conf/base/catalog.yml").read_text(encoding="utf-8"))
    report = Path(catalog["report"]["filepath"]) / "1" / "report.html"

    for each in EXPERIMENTS:
        (made,) = [catalog[name]["filepath"] for name in catalog if name == each.page]
        assert (report.parent / each.address_of("2")).parts[-3:] == (
            *(Path(made).name, "2", Path(made).name),
        )
        assert each.address_of("2").startswith("../../")
        assert Path(made).parent == report.parents[2]
        assert catalog["runs"]["contents"][each.table] == catalog[each.table][
            "filepath"
        ].removeprefix("${_root}/")


def test_every_sentence_becomes_a_row() -> None:
    (chosen,) = [each for each in EXPERIMENTS if each.pipeline == "chosen_region"]
    rows = chosen.describe("7", chosen_regions())

    assert [row["place"] for row in rows] == [0]
    assert rows[0]["sentence"].startswith("Reading one region is not shown")
    assert rows[0]["page"] == "../../chosen_regions_page.html/7/chosen_regions_page.html"

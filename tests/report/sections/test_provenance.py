"""The page says how its run is archived and cited, as the repository says it."""

import re
from pathlib import Path

import yaml
from tiny_run import run_inputs

from sonolens.report.page import write_section
from sonolens.report.sections.provenance import SECTION

CITATION = yaml.safe_load((Path(__file__).parents[3] / "CITATION.cff").read_text(encoding="utf-8"))


def told(**context: object) -> str:
    inputs = run_inputs()
    text = write_section(SECTION, inputs | {"run_context": inputs["run_context"] | context})
    return " ".join(re.sub("<[^>]+>", "", text).split())


def test_the_commands_that_archive_name_this_run() -> None:
    text = told(run_id="2026-01-02T03.04.05.678Z")

    assert "make archive RUN=2026-01-02T03.04.05.678Z OUT=run.zip" in text
    assert "sonolens archive 2026-01-02T03.04.05.678Z --out run.zip" in text
    assert "sonolens reproduce run.zip" in text
    assert "RO-Crate" in text


def test_what_is_to_be_cited_is_what_the_repository_says() -> None:
    text = told(git={"commit": "0123456789abcdef", "dirty": False}, packages={"sonolens": "9.8"})
    (paper,) = CITATION["references"]
    names = [f"{each['family-names']} {each['given-names'][0]}" for each in paper["authors"]]

    assert f"{CITATION['authors'][0]['name']}. {CITATION['title']} 9.8 (commit 01234567)" in text
    assert ", ".join(names) + f". {paper['title']}. {paper['journal']}" in text
    assert (
        f"{paper['volume']} ({paper['year']}) {paper['start']}–{paper['end']}, doi {paper['doi']}"
        in text
    )
    assert "CITATION.cff" in text


def test_without_a_commit_or_a_version_none_is_invented() -> None:
    text = told(git={"commit": "", "dirty": None}, packages={})

    assert "developers. sonolens, run 2026" in text


def test_where_files_lie_is_said_whether_or_not_names_lead_there() -> None:
    assert "08_reporting/NAME/VERSION/NAME" in told()
    assert "names lead there" not in told()
    assert "names lead there" in told(files={"cases": "../../cases.csv/1/cases.csv"})

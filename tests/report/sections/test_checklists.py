"""Checklists: as many items as were published, and no link that leads nowhere."""

import re

import pytest
from tiny_run import run_inputs

from sonolens.report import write_report
from sonolens.report.sections.checklists import Checklist, read_checklists

PUBLISHED = {
    "CLAIM 2024": [str(number) for number in range(1, 45)],
    "TRIPOD+AI": [
        *("1", "2", "3a", "3b", "3c", "4", "5a", "5b", "6a", "6b", "6c", "7", "8a", "8b", "8c"),
        *("9a", "9b", "9c", "10", "11", *(f"12{part}" for part in "abcdefg")),
        *("13", "14", "15", "16", "17", *(f"18{part}" for part in "abcdef"), "19"),
        *("20a", "20b", "20c", "21", "22", "23a", "23b", "24", "25", "26", "27a", "27b", "27c"),
    ],
    "STARD-AI": [
        *(str(number) for number in range(1, 15)),
        *("15a", "15b", "15c", "15d", "16a", "16b", "16c", "17a", "17b"),
        *(str(number) for number in range(18, 26)),
        *("26a", "26b", *(str(number) for number in range(27, 40)), "40a", "40b"),
    ],
    "CLIX-M": [str(number) for number in range(1, 15)],
}
COUNTS = {"CLAIM 2024": 44, "TRIPOD+AI": 27, "STARD-AI": 40, "CLIX-M": 14}

each_checklist = pytest.mark.parametrize(
    "checklist", read_checklists(), ids=lambda checklist: checklist.name
)


@pytest.fixture(scope="module")
def page() -> str:
    return write_report(**run_inputs())


def test_the_four_checklists_are_there() -> None:
    assert [checklist.name for checklist in read_checklists()] == list(PUBLISHED)


@each_checklist
def test_the_items_are_numbered_as_published(checklist: Checklist) -> None:
    numbers = [item.number for item in checklist.items]

    assert numbers == PUBLISHED[checklist.name]
    assert len({re.sub(r"[a-z]", "", number) for number in numbers}) == checklist.count
    assert checklist.count == COUNTS[checklist.name]


@each_checklist
def test_every_anchor_is_on_the_page(checklist: Checklist, page: str) -> None:
    anchors = {item.anchor for item in checklist.items if item.anchor}

    assert anchors
    assert anchors <= set(re.findall(r'id="([\w-]+)"', page))


@each_checklist
def test_every_item_has_a_subject_and_says_who_answers_it(checklist: Checklist) -> None:
    for item in checklist.items:
        assert item.subject
        assert item.anchor or not item.authors


@each_checklist
def test_a_source_is_cited_and_how_it_was_checked_is_said(checklist: Checklist, page: str) -> None:
    assert f'href="https://doi.org/{checklist.doi}"' in page
    assert checklist.checked.endswith(".")
    summary = re.search(rf"<summary>{re.escape(checklist.name)}: .*?</summary>", page)[0]
    assert ("unverified numbering" in summary) is not checklist.verified

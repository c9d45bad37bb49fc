"""What a section declares is all that it reads, and all that it shows is declared."""

import re
from dataclasses import replace

import pytest
from tiny_run import CAPTIONS, run_inputs

from sonolens.report import page, write_report
from sonolens.report.pictures import Caption
from sonolens.report.section import Section
from sonolens.report.sections import INPUTS, WRITTEN

sections = pytest.mark.parametrize("section", WRITTEN, ids=lambda section: section.anchor)


class Watched(dict):
    """Notes the names that are asked for."""

    def __init__(self, given: dict) -> None:
        super().__init__(given)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> object:
        self.read.add(name)
        return super().__getitem__(name)


@sections
def test_a_section_reads_what_it_needs_and_nothing_else(section: Section) -> None:
    inputs = run_inputs()
    needed = Watched({name: inputs[name] for name in section.needs})

    section.tell(needed)

    assert needed.read == set(section.needs)


@sections
def test_a_section_shows_its_figures_and_no_other(section: Section) -> None:
    inputs = run_inputs()
    shown = re.findall(r'<figure id="(\w+)">', page.write_section(section, inputs))
    drawn = [
        each for each in section.figures if not each.drawn_from or len(inputs[each.drawn_from])
    ]

    assert shown == [caption.name for caption in drawn]


DRAWN_FROM = [(section, each) for section in WRITTEN for each in section.figures if each.drawn_from]


@pytest.mark.parametrize(
    ("section", "caption"), DRAWN_FROM, ids=[each.name for _, each in DRAWN_FROM]
)
def test_where_nothing_was_asked_a_sentence_stands_and_no_empty_figure(
    section: Section, caption: Caption
) -> None:
    inputs = run_inputs()
    empty = page.write_section(
        section, inputs | {caption.drawn_from: inputs[caption.drawn_from][:0]}
    )

    assert f'id="{caption.name}"' not in empty
    assert caption.title not in empty
    assert re.search(r"<p\b", empty)
    assert caption.nothing in empty


def test_the_figures_that_may_be_empty_are_known() -> None:
    names = {caption.name.removesuffix("_figure") for _, caption in DRAWN_FROM}

    assert names == {
        *("agreement", "repeatability", "readers"),
        *("descriptors", "ring_sweep", "training"),
    }


def test_a_title_that_asks_ends_with_its_question_mark() -> None:
    (questions,) = [each for each in WRITTEN if each.anchor == "questions"]
    text = page.write_section(questions, run_inputs())

    assert "<strong>Do networks that classify better point better?</strong> One dot" in text
    assert "<strong>Method beside method.</strong> A rightly" in text
    assert "?." not in text


def test_every_figure_is_described() -> None:
    assert all(caption.title and caption.text and caption.alt for caption in CAPTIONS)


def test_the_page_is_made_of_what_its_sections_declare() -> None:
    assert set(INPUTS) == run_inputs().keys()
    assert len(INPUTS) == len(set(INPUTS))


def test_a_figure_that_a_section_lists_gets_onto_the_page() -> None:
    (figures,) = [section for section in WRITTEN if section.anchor == "figures"]
    more = replace(figures, figures=(*figures.figures, replace(CAPTIONS[0], name="figure_5")))
    content = run_inputs()["figure_1"]

    assert '<figure id="figure_5">' in page.write_section(
        more, run_inputs() | {"figure_5": content}
    )


def test_a_missing_figure_is_named() -> None:
    inputs = {name: content for name, content in run_inputs().items() if name != "figure_3"}

    with pytest.raises(ValueError, match="figure_3 is missing, and none was given besides"):
        write_report(**inputs)


def test_an_unknown_figure_is_named() -> None:
    with pytest.raises(ValueError, match="none is missing, and figure_5 was given besides"):
        write_report(**run_inputs(), figure_5=b"")

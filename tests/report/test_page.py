import base64
import copy
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from tiny_journal import describe
from tiny_run import (
    CAPTIONS,
    NOTHING_COUNTED,
    pointing_table,
    run_inputs,
    scans_table,
    shares_table,
)
from tiny_scores import metrics_table, training_runs_table

from sonolens.report import write_report
from sonolens.report.sections import ANSWER, WRITTEN
from sonolens.report.sections.checklists import read_checklists
from sonolens.report.verdicts import CLAIMS, TOLD_IN

VOID = {"meta", "link", "img", "br", "hr", "input"}


class Outline(HTMLParser):
    """Reads a page: its elements with attributes, its visible text, and tags that do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unmatched: list[str] = []
        self.words: list[str] = []
        self.words_in_sight: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unmatched.append(tag)

    def handle_data(self, data: str) -> None:
        if not {"style", "title", "script"} & set(self.open):
            self.words.append(data)
            if "details" not in self.open or self.open[-1] in {"summary", "h2", "h3"}:
                self.words_in_sight.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def sight(self) -> str:
        """The text outside of what is folded; headings of folds are in sight."""
        return " ".join(" ".join(self.words_in_sight).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def section_of(html: str, anchor: str) -> str:
    """One section with all that stands within it."""
    start = html.index(f'<section id="{anchor}"')
    depth = 0
    for tag in re.finditer(r"</?section\b", html[start:]):
        depth += -1 if tag[0].startswith("</") else 1
        if depth == 0:
            return html[start : start + tag.end()] + ">"
    raise AssertionError(f"section {anchor} is not closed")


def read(**replaced: Any) -> Outline:
    return Outline(write_report(**run_inputs(**replaced)))


@pytest.fixture(scope="module")
def page() -> Outline:
    return read()


def test_every_tag_is_closed_in_order(page: Outline) -> None:
    assert page.unmatched == []
    assert page.open == []


def test_the_page_opens_as_html_with_language_title_and_viewport(page: Outline) -> None:
    assert write_report(**run_inputs()).startswith('<!DOCTYPE html>\n<html lang="en">')
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
    assert len(page.all("h1")) == 1


def test_every_id_is_unique_and_every_inner_link_has_its_target(page: Outline) -> None:
    ids = [a["id"] for _, a in page.elements if "id" in a]
    inner = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}

    assert len(ids) == len(set(ids))
    assert inner <= set(ids)


def test_every_header_cell_says_what_it_heads(page: Outline) -> None:
    assert {cell.get("scope") for cell in page.all("th")} == {"col", "row"}


def test_every_table_row_is_as_wide_as_its_head() -> None:
    html = write_report(**run_inputs())
    for table in re.findall(r"<table>.*?</table>", html, flags=re.DOTALL):
        widths = {len(re.findall(r"<t[hd][ >]", row)) for row in table.split("<tr")[1:]}
        assert len(widths) == 1, table[:200]


def test_the_page_needs_nothing_from_outside(page: Outline) -> None:
    for tag, attributes in page.elements:
        assert tag not in {"iframe", "object", "embed"}
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href", "srcset", "action"):
            address = attributes.get(name) or "data:,"
            assert tag == "a" or address.startswith("data:"), (tag, address)
    styles = re.search(r"<style>(.*)</style>", write_report(**run_inputs()), re.DOTALL)[1]
    assert "url(" not in styles
    assert "@import" not in styles


def test_one_script_may_run_and_it_is_the_one_that_the_policy_names(page: Outline) -> None:
    html = page_source()
    (policy,) = [
        each["content"]
        for each in page.all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    allowed = dict(rule.split(" ", 1) for rule in policy.split("; "))
    blocks = re.findall(r"<script([^>]*)>(.*?)</script>", html, flags=re.DOTALL)
    (script,) = [text for told, text in blocks if told == ' type="module"']
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert allowed["default-src"] == "'none'"
    assert allowed["script-src"] == f"'sha256-{digest}'"
    assert allowed["img-src"] == "data:"
    assert html.index("Content-Security-Policy") < html.index("<style>")
    assert all('type="application/json"' in told for told, text in blocks if text != script)


def test_the_only_outward_links_are_dois_and_pages_of_the_same_data_root(page: Outline) -> None:
    outward = {a["href"] for a in page.all("a") if not a["href"].startswith(("#", "../../"))}

    checklists = {f"https://doi.org/{checklist.doi}" for checklist in read_checklists()}
    assert outward == {"https://doi.org/10.15557/JoU.2022.0013"} | checklists


def test_every_figure_is_embedded_once_and_described(page: Outline) -> None:
    images = page.all("img")

    inputs = run_inputs()
    drawn = [each for each in CAPTIONS if not each.drawn_from or len(inputs[each.drawn_from])]
    assert len(CAPTIONS) == 25
    assert len(images) == len(drawn) == 20
    assert all(image["src"].startswith("data:image/png;base64,") for image in images)
    assert {image["alt"] for image in images} == {caption.alt for caption in drawn}


def test_research_use_is_said_before_the_answer_and_the_answer_before_the_tables(
    page: Outline,
) -> None:
    places = [
        page.text.index(words)
        for words in (
            "Research use only, not for diagnosis",
            "On 4 correctly classified test scans",
            "Table 2.",
            "Table 1.",
            "The study at a glance",
        )
    ]

    assert places == sorted(places)


def test_the_number_of_a_yardstick_leads_to_the_rows_behind_it() -> None:
    html = page_source()

    assert set(TOLD_IN) == set(CLAIMS)
    assert 'href="#classification">AUC 0.91 [0.81, 0.96]</a>' in html
    assert 'href="#pointing">75 % [60, 90] against 50 %</a>' in html
    assert all(f'<section id="{section}"' in html for section in TOLD_IN.values())


def test_the_numbers_of_the_run_appear(page: Outline) -> None:
    for words in (
        "75 % [60, 90]; blind points would score 50 %",
        "0.91 [0.81, 0.96]",
        "0.432",  # the threshold
        "seed 0, fold 0; loss of the epoch kept on the validation scans 0.612",
        "1 1 1 3 2 validation 9",  # runs, seeds, folds, epochs, epoch kept, seconds
        "5.1 × 5.4 mm",
        "known for 7 of them",
        "c0ffee",
        "with changes that no commit holds",
        "2026-01-01T00.00.00.000Z",
        "2.4.6",
        "3.11.7",
        "Linux x86_64",
    ):
        assert words in page.text, words


def test_the_papers_own_numbers_stand_beside(page: Outline) -> None:
    for words in ("0.887 ± 0.015", "0.835 ± 0.018", "0.801 ± 0.025", "0.868 ± 0.023"):
        assert words in page.text
    assert cells_of(page_source(), "paper") == ["34 %", "38 %", "30 %", "71 %"]
    assert page.text.count("cohort is another one") == 2
    assert "what its ± means is not explained there" in page.text


def page_source(**replaced: Any) -> str:
    return write_report(**run_inputs(**replaced))


def cells_of(html: str, kind: str) -> list[str]:
    return re.findall(rf'<td class="{kind}"[^>]*>(.*?)</td>', html)


def test_cells_say_their_number_beyond_what_they_print_and_prose_stays_prose() -> None:
    html = page_source()
    cells = re.findall(r"<td([^>]*)>(?:<a[^>]*>)?(\d+) %", html)
    told = [
        (re.search(r'data-number="([^"]+)" .*data-unit="%"', each), text) for each, text in cells
    ]
    known = [(found[1], text) for found, text in told if found]

    assert len(known) > 20
    assert all(abs(float(number) - int(text)) <= 0.5 + 1e-9 for number, text in known)
    assert any("." in number for number, _ in known)
    for anchor in ("pointing", "classification"):
        table = section_of(html, anchor).split("<tbody>")[1].split("</tbody>")[0]
        printed = re.findall(
            r"<td([^>]*)>(?:<a[^>]*>)?[\d.]+ (?:%|<span)", table.split('class="paper"')[0]
        )
        assert printed
        assert all("data-number" in each for each in printed), anchor
    assert not re.search("[\ue000\ue001]", html)
    assert not re.search(r"<(?!td)\w+ [^>]*data-number", html)


def test_where_nothing_was_counted_no_rate_is_invented() -> None:
    game = pointing_table(**NOTHING_COUNTED)
    html = page_source(pointing_game=game)
    # Sections on other tables, which are full here, are left out.
    told = [html[html.index("<header") : html.index("</header>")]]
    told += [
        section_of(html, name) for name in ("pointing", "figures", "reading", "data", "limits")
    ]
    outline = Outline("".join(told))

    assert "classified no test scan correctly" in outline.text
    assert not re.search(r"\b(0 %|nan|NaN|None|Undefined)", outline.text)
    # Of all percentages, the paper's, the confidence and the regions' extent are left.
    assert set(re.findall(r"\d+ %", outline.text)) == {
        "34 %", "38 %", "30 %", "71 %", "95 %", "20 %", "22 %",
    }  # fmt: skip


def test_no_missing_value_is_printed_as_such() -> None:
    scans = scans_table(birads=None, spacing_row_mm=float("nan"), spacing_col_mm=float("nan"))
    outline = read(
        scans=scans,
        region_shares=shares_table(cell_row_mm=float("nan"), cell_col_mm=float("nan")),
        classification_metrics=metrics_table(auc=float("nan")),
    )

    assert not re.search(r"\b(nan|NaN|None)\b|<NA>", outline.text)
    assert "an area of unknown size" in outline.text


@pytest.mark.parametrize(
    ("replaced", "words"),
    [
        ({"scans": scans_table(source="phantoms")}, "Phantoms, not patients."),
        (
            {"pointing_game": pointing_table(ring="relative: 0-0.5 mass radii")},
            "The ring is not in millimetres.",
        ),
        (
            {"training_runs": training_runs_table(start="none")},
            "The network started from random weights.",
        ),
    ],
)
def test_a_banner_stands_on_the_page_only_if_it_applies(
    page: Outline, replaced: dict[str, Any], words: str
) -> None:
    assert words in read(**replaced).text
    assert words not in page.text


def test_a_threshold_chosen_on_the_test_scans_is_called_flattering(page: Outline) -> None:
    points = run_inputs()["operating_points"].assign(chosen_on="test")

    assert "are flattered" in read(operating_points=points).text
    assert "are flattered" not in page.text


def test_names_are_escaped() -> None:
    inputs = run_inputs(
        scans=scans_table(scan_id=["<b>"] + [f"s{n}" for n in range(1, 8)], source="<b>here"),
        pointing_game=pointing_table(run="<b>run", method="<b>cam"),
    )
    inputs["run_context"]["inputs"] = {"<b>scans": "<b>"}
    inputs["run_context"]["parameters"]["reporting"] = "</pre><b>"

    html = write_report(**inputs)

    assert "<b>" not in html
    assert "&lt;b&gt;here" in html
    assert Outline(html).unmatched == []


def test_the_patients_warned_of_are_those_of_the_partition_that_played() -> None:
    partitions = ["train"] * 2 + ["validation"] + ["test"] * 5
    splits = run_inputs()["splits"].assign(partition=partitions)

    assert "The test partition has only 5 patients" in read(splits=splits).text


def test_folds_have_tables_of_their_own_only_if_there_are_several(page: Outline) -> None:
    scans, splits = run_inputs()["scans"], run_inputs()["splits"]
    several = pd.concat([splits, splits.assign(fold=1)])

    text = read(splits=several, partition_characteristics=describe(scans, several)).text

    assert "Characteristics by partition, fold 1" in text
    assert "fold 1" not in page.text


def test_several_methods_answer_one_after_another() -> None:
    games = pd.concat([pointing_table(), pointing_table(method="grad_cam", ci_low=0.4)])

    text = read(pointing_game=games).text

    assert text.count("correctly classified test scans an extreme") == 2
    assert "Shown maps hit more often than blind points" in text
    assert "Not shown maps hit more often than blind points" in text


def test_baselines_are_folded_away_and_never_counted_as_answers() -> None:
    games = pd.concat([pointing_table(), pointing_table(method="random")])

    html = page_source(pointing_game=games)
    sight = Outline(re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)).text

    assert sight.count("correctly classified test scans an extreme") == 1
    assert "maps and networks answer apart" not in sight
    assert "Baselines, which know nothing of the network and are no answers (1)" in html
    alone = page_source(pointing_game=pointing_table(method="random"))
    assert "No map of a network was scored in this run" in alone


def test_a_run_without_commit_inputs_or_environment_says_so() -> None:
    context = run_inputs()["run_context"]
    context |= {"git": {"commit": "", "dirty": None}, "inputs": {}, "env": None}

    text = read(run_context=context).text

    assert "no commit known" in text
    assert "No versioned input" in text
    assert "Environment default" in text


def test_a_fact_of_the_run_that_is_missing_is_named() -> None:
    context = {key: value for key, value in run_inputs()["run_context"].items() if key != "git"}

    with pytest.raises(ValueError, match="run_context lacks git"):
        write_report(**run_inputs(run_context=context))


def test_the_same_inputs_give_the_same_bytes_and_stay_as_they_were() -> None:
    inputs = run_inputs()
    before = copy.deepcopy(inputs)

    assert write_report(**inputs) == write_report(**inputs)

    for name, value in inputs.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, before[name])
        else:
            assert value == before[name]


def test_the_data_card_sets_what_was_read_beside_what_was_published() -> None:
    page = read()

    assert "A toy study, CC0." in page.text
    assert "scans 376 1875" in page.text
    assert "patients 212 –" in page.text
    assert "left out: normal 133" in page.text


def test_the_data_card_counts_findings_errors_first() -> None:
    text = read().text

    assert text.index("empty mask error 1") < text.index("mask touches border warning 2")


def test_a_clean_study_says_so() -> None:
    nothing = pd.DataFrame(columns=["scan_id", "check", "severity", "value", "message"])

    assert "Screening found nothing." in read(screening=nothing).text


def test_the_text_tells_the_partition_and_level_that_the_tables_name() -> None:
    text = read(pointing_game=pointing_table(partition="validation", confidence=0.9)).text

    assert "correctly classified validation scans" in text
    assert "90 % interval" in text


def test_parameters_are_told_with_the_run_that_read_them(page: Outline) -> None:
    assert "Parameters that this run read" in page.text
    assert "4242" in page.text
    assert "Parameters that made the inputs from 2026-01-01T00.00.00.000Z" in page.text
    assert "77" in page.text


def test_where_patients_are_unknown_no_sentence_claims_them() -> None:
    known = read().text
    scans = run_inputs()["scans"].assign(filled_in="lesion_id patient_id")
    unknown = read(scans=scans).text

    assert "All scans of a patient stay in one partition" in known
    assert "Patients are unknown." not in known
    assert "Patients are unknown." in unknown
    assert "interval over scans (patients unknown)" in unknown
    assert "All scans of a patient stay in one partition" not in unknown
    assert "interval over patients" not in unknown


def test_less_than_3000_words_are_in_sight_and_every_section_has_its_heading(page: Outline) -> None:
    assert len(page.sight.split()) < 3000
    for section in WRITTEN:
        if section is not ANSWER:
            assert (section.heading or section.title) in page.text


def test_every_section_stands_in_the_contents(page: Outline) -> None:
    anchors = [f"#{section.anchor}" for section in WRITTEN if section is not ANSWER]

    assert {link["href"] for link in page.all("a")} >= set(anchors)


def test_a_run_id_cannot_end_the_style_of_the_paper_sheets() -> None:
    html = page_source(run_context=run_inputs()["run_context"] | {"run_id": 'x"; } </style><b>'})

    assert 'content: "sonolens, run x\\22 ; } \\3c /style\\3e \\3c b\\3e ";' in html

"""Links to cases list exactly what a number counts, or are none; heads of tables lead to what explains them."""

from urllib.parse import parse_qs

import pandas as pd
import pytest
from tiny_cases import cases_table
from tiny_run import pointing_row
from tiny_scores import RUN

from sonolens.report.case_links import CaseLink, CaseLinks, add_reliance
from sonolens.report.runs import name_rows
from sonolens.report.terms import link_terms
from sonolens.tables.shown import CasesTable

SIX = 6


def six_cases() -> CasesTable:
    """Three malignant scans, three benign; probabilities from 0.1 to 0.6."""
    return cases_table(
        scan_id=[f"s{number}" for number in range(SIX)],
        lesion_id="l",
        patient_id="p",
        label=["malignant", "benign"] * 3,
        called=[False] * 5 + [True],
        outcome=["false negative", "true negative"] * 2 + ["false negative", "false positive"],
        correct=[False, True, False, True, False, False],
        probability=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
        logit=0.0,
        hit_decision=[1.0, 0.5, 0.0, 0.0, 0.0, 0.0],
        birads=["4a & <b>", None, "3", "3", "3", "3"],
        mass_mm=[5.0, 10.0, 10.01, 20.0, 25.0, float("nan")],
        max_distance_mm=0.0,
        min_distance_mm=0.0,
    )


def test_a_link_is_written_where_the_table_has_as_many_cases_and_nowhere_else() -> None:
    links = CaseLinks(six_cases())

    assert links.show("3", 3, label="malignant") == CaseLink("3", "label=malignant")
    assert links.show("4", 4, label="malignant") == CaseLink("4")
    assert links.show("0", 0, label="unheard of") == CaseLink("0")
    assert links.show("1", 1, birads="unknown").query == "birads=unknown"


def test_values_are_written_so_that_nothing_of_them_is_read_as_another_filter() -> None:
    (query,) = {CaseLinks(six_cases()).show("1", 1, birads="4a & <b>").query}

    assert parse_qs(query) == {"birads": ["4a & <b>"]}
    assert "<" not in query


def test_a_filter_that_the_browser_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no filter 'colour'"):
        CaseLinks(six_cases()).show("1", 1, colour="red")


@pytest.mark.parametrize(
    ("threshold", "malignant", "benign"), [(0.3, 4, 2), (0.35, 3, 3), (0.0, 6, 0), (0.9, 0, 6)]
)
def test_limits_part_the_calls_of_a_threshold_and_the_threshold_itself_is_called(
    threshold: float, malignant: int, benign: int
) -> None:
    links = CaseLinks(six_cases())
    limits = links.at_threshold(RUN, threshold)

    for call, number in (("malignant", malignant), ("benign", benign)):
        assert (call in limits) == (number > 0)
        assert number == 0 or links.count(**limits[call]) == number


@pytest.mark.parametrize(
    ("stratum", "number"),
    [("size=<=10 mm", 2), ("size=10-20 mm", 2), ("size=>20 mm", 1), ("birads=3", 4)],
)
def test_a_stratum_leads_to_its_scans(stratum: str, number: int) -> None:
    links = CaseLinks(six_cases())
    asked = links.in_stratum(stratum)

    assert asked is not None
    assert links.count(**asked) == number


@pytest.mark.parametrize("stratum", ["histology=cyst", "size=unknown", "side=left"])
def test_a_stratum_that_the_browser_cannot_list_has_no_link(stratum: str) -> None:
    assert CaseLinks(six_cases()).in_stratum(stratum) is None


def test_a_row_of_the_game_leads_to_what_it_counts_only_where_its_cases_are_all_there() -> None:
    links = CaseLinks(six_cases())
    row = pointing_row("mass", subset="all", label="malignant", n=2, hits=1.5, n_empty=1)

    told = links.show_game(row)
    assert told["hits"].text == "1.5"
    assert dict(parse_qs(told["hits"].query)) == {
        "method": ["cam"],
        "run": [RUN],
        "rule": ["either"],
        "target": ["mass"],
        "label": ["malignant"],
        "hit": ["reached"],
    }
    assert told["n_silent"] == CaseLink("0")
    assert not any(link.query for link in links.show_game(row | {"n": 3}).values())


def test_what_is_kept_is_linked_unless_a_tie_lists_more() -> None:
    links = CaseLinks(six_cases())
    row = {"method": "cam", "run": RUN, "relevant": "mass, peritumoral, below"}

    assert links.show_kept("33 %", row | {"n_kept": 2}).query
    assert not links.show_kept("17 %", row | {"n_kept": 1}).query
    assert not links.show_kept("33 %", row | {"n_kept": 2, "relevant": "mass"}).query


def test_a_call_hangs_on_the_region_that_every_fill_names() -> None:
    fills = {"s0": ("mass", "mass"), "s1": ("mass", "below"), "unscored": ("mass", "mass")}
    rows = [
        {"run": RUN, "scan_id": scan, "null": "none", "fill": fill, "region": region}
        | {"value": -1.0 if region == most else 0.1, "logit": 0.0, "empty_logit": 0.0}
        | {"necessity": 0.0, "sufficiency": 0.0}
        for scan, named in fills.items()
        for fill, most in zip(("mean", "tissue"), named, strict=True)
        for region in ("mass", "below")
    ]
    told = add_reliance(
        six_cases(), pd.DataFrame(rows)
    )  # called benign: what is below 0 speaks for it

    assert told["hangs_most_on"].tolist() == ["mass", "undecided"] + ["not asked"] * 4


def test_what_all_rows_share_is_told_once_but_a_flattered_run_in_every_row() -> None:
    titles = {"run": "Run", "level": "Level"}
    alike = [{"run": "net", "level": "scan"}] * 2

    assert name_rows(alike, titles, kept=("level",)).shared == " (net)"
    assert list(name_rows(alike, titles).columns) == ["run"]  # a row has a name
    assert list(name_rows(alike, titles, flattered=["net"]).columns) == ["run"]
    assert list(name_rows([*alike, {"run": "b", "level": "scan"}], titles).columns) == ["run"]
    assert name_rows([], titles).shared == ""


def test_heads_lead_to_the_entry_of_their_own_section_before_that_of_another() -> None:
    head = '<th scope="col" class="number">Hits</th>'
    entry = '<dt id="{}" data-heads="Hits|Rate">Hit</dt>'
    told = link_terms(
        {"one": head + entry.format("own"), "two": head, "three": entry.format("other")}
    )

    assert '<a class="term" href="#own">Hits</a>' in told["one"]
    assert '<a class="term" href="#own">Hits</a>' in told["two"]  # the first on the page
    assert link_terms({"alone": head}) == {"alone": head}

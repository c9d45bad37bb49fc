"""What was noted in a study: findings, the regions they speak of, and opposites asked once."""

import pandas as pd

from sonolens.evaluation.descriptors.findings import list_findings
from sonolens.tables.descriptors import Descriptors
from sonolens.tables.vocabulary import RELIANCE_REGIONS


def told(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return Descriptors.validate(pd.DataFrame(rows, columns=["scan_id", "descriptor", "value"]))


def test_a_finding_is_noted_or_not_where_it_was_looked_for() -> None:
    table = told(("a", "posterior", "shadowing"), ("b", "posterior", None), ("c", "halo", "yes"))

    shadow, halo = list_findings(table)

    assert (shadow.value, shadow.regions) == ("shadowing", ("below",))
    assert shadow.noted.to_dict() == {"a": True, "b": False}
    assert halo.noted.to_dict() == {"c": True}


def test_a_name_that_tells_no_region_is_asked_of_all() -> None:
    (finding,) = list_findings(told(("a", "shape", "oval"), ("b", "shape", None)))

    assert finding.regions == RELIANCE_REGIONS


def test_of_two_opposites_the_rarer_is_asked() -> None:
    rows = [(name, "margin", "circumscribed") for name in "abc"]
    rows += [("d", "margin", "not circumscribed"), ("d", "margin", "angular")]
    rows += [("e", "margin", "not circumscribed")]

    assert [each.value for each in list_findings(told(*rows))] == ["not circumscribed", "angular"]


def test_several_findings_of_one_scan_stay_apart() -> None:
    rows = [("a", "margin", "angular"), ("a", "margin", "indistinct"), ("b", "margin", "angular")]

    angular, indistinct = list_findings(told(*rows, ("c", "margin", None)))

    assert angular.noted.tolist() == [True, True, False]
    assert indistinct.noted.tolist() == [True, False, False]


def test_where_nothing_was_noted_there_is_nothing_to_ask() -> None:
    assert list_findings(told(("a", "foci", None))) == []
    assert list_findings(Descriptors.empty()) == []

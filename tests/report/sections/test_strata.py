import pandas as pd
from tiny_cases import cases_table
from tiny_scores import NAN, RUN, metric_rows, metrics_table

from sonolens.report.case_links import CaseLinks
from sonolens.report.scores import read_test_scores
from sonolens.report.sections.strata import list_strata

NO_LINKS = CaseLinks(cases_table())


def stratified(n: int = 30, **values: float) -> pd.DataFrame:
    part = metric_rows("scan", n, stratum="birads=4a", **values)
    return pd.concat([part, metrics_table()], ignore_index=True)


def test_a_stratum_is_scored_at_the_point_closest_to_the_corner() -> None:
    (stratum,) = list_strata(
        read_test_scores(stratified(auc=0.61, sensitivity=0.5, specificity=0.6)), NO_LINKS
    )

    assert (stratum.run, stratum.level, stratum.name) == (RUN, "scan", "BI-RADS 4a")
    assert stratum.auc.text == "0.61 [0.51, 0.66]"
    assert stratum.sensitivity.text == "0.50 [0.40, 0.55]"
    assert stratum.specificity.text == "0.60 [0.50, 0.65]"
    assert stratum.caution == ""


def test_small_strata_and_those_of_one_class_are_marked() -> None:
    def caution(**values: float) -> str:
        (stratum,) = list_strata(read_test_scores(stratified(**values)), NO_LINKS)
        return stratum.caution

    assert caution(n=19) == "fewer than 20 cases"
    assert caution(n=20) == ""
    assert caution(n=20, auc=NAN, specificity=NAN) == "one class only"
    assert caution(n=3, auc=NAN) == "fewer than 20 cases, one class only"


def test_without_strata_nothing_is_listed() -> None:
    assert list_strata(read_test_scores(metrics_table()), NO_LINKS) == []

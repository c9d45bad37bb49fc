"""How runs do on the test cases of one kind, and how little can be made of it."""

from dataclasses import dataclass
from typing import Any

from sonolens.report.case_links import CaseLink, CaseLinks
from sonolens.report.numerals import NOTHING
from sonolens.report.runs import confidence_of, name_rows, name_runs
from sonolens.report.scores import JUDGED_BY, Score, ScoreSheet, read_test_scores
from sonolens.report.section import Section, Tables

NAMED = {"name": "Stratum", "run": "Run", "level": "Level"}

FEWEST_CASES = 20
"""A stratum of fewer cases than this is marked as small."""


@dataclass(frozen=True)
class Stratum:
    """How a run does on the test cases of one kind: how many these are, and in `caution` why little can be made of it."""

    run: str
    level: str
    name: str
    cases: CaseLink
    auc: Score
    sensitivity: Score
    specificity: Score
    caution: str


PROPERTIES = {"birads": "BI-RADS"}
"""What a property is called where the name of its column is no word."""


def name_stratum(stratum: str) -> str:
    """Say in words what the cases of a stratum have in common.

    >>> name_stratum("size=<=10 mm"), name_stratum("size=10-20 mm"), name_stratum("birads=4a")
    ('size up to 10 mm', 'size 10 to 20 mm', 'BI-RADS 4a')
    """
    name, _, value = stratum.partition("=")
    if name == "size":
        value = value.replace("<=", "up to ").replace(">", "over ").replace("-", " to ")
    return f"{PROPERTIES.get(name, name.replace('_', ' '))} {value}"


def list_strata(scores: ScoreSheet, links: CaseLinks) -> list[Stratum]:
    """List the scores of every run, level and stratum, at the threshold the paper's rule chose.

    Strata that a run lacks are left out.
    """
    listed = []
    for run, level in scores.cases:
        for name in scores.strata:
            auc = scores.look_up(run=run, level=level, stratum=name, metric="auc")
            sensitivity, specificity = (
                scores.look_up(run=run, level=level, stratum=name, rule=JUDGED_BY, metric=metric)
                for metric in ("sensitivity", "specificity")
            )
            if auc.n or sensitivity.n or specificity.n:
                caution = _caution(auc, sensitivity, specificity)
                told = name_stratum(name)
                asked = links.in_stratum(name) if level == "scan" else None
                counted = CaseLink(str(auc.n))
                if asked is not None:
                    counted = links.show_calls(counted.text, auc.n, run=run, **asked)
                listed.append(
                    Stratum(run, level, told, counted, auc, sensitivity, specificity, caution)
                )
    return listed


def _caution(auc: Score, sensitivity: Score, specificity: Score) -> str:
    reasons = []
    if auc.n < FEWEST_CASES:
        reasons.append(f"fewer than {FEWEST_CASES} cases")
    if NOTHING in {auc.text, sensitivity.text, specificity.text}:
        reasons.append("one class only")
    return ", ".join(reasons)


def _tell(tables: Tables) -> dict[str, Any]:
    scores = read_test_scores(tables["classification_metrics"])
    runs = name_runs(tables["training_runs"])
    strata = list_strata(scores, CaseLinks(tables["cases"]))
    return {
        **runs,
        "scored_confidence": confidence_of(tables["classification_metrics"]),
        "strata": strata,
        "names": name_rows(strata, NAMED, kept=("name",), flattered=runs["flattered"]),
        "strata_names": scores.strata,
    }


SECTION = Section(
    "strata",
    "Strata",
    "strata.html",
    needs=("classification_metrics", "training_runs", "cases"),
    tell=_tell,
)

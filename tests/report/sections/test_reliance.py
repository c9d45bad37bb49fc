"""What the page says of reliance, from tables written down by hand."""

from typing import Any

import pandas as pd
import pytest
from tiny_reliance import reliance_tables

from sonolens.figures.reliance.regions import FILL_NAMES, PLACEBO_NAMES, REGION_NAMES
from sonolens.report.sections.reliance import say_reliance, tell_calls, tell_reliance
from sonolens.tables import vocabulary
from sonolens.tables.reliance import RelianceVerdict

NAN = float("nan")


def verdict(run: str = "net", auc: float = 0.85, auc_low: float = 0.72, **answers: str) -> Any:
    rows = [{"region": region, "answer": answer} for region, answer in answers.items()]
    usual = {"run": run, "n": 30, "auc": auc, "auc_low": auc_low, "fills": 3}
    usual |= {"fills_above_placebo": 1, "fills_discriminating": 1}
    usual |= {"partition": "test", "confidence": 0.95}
    return RelianceVerdict.validate(pd.DataFrame(rows).assign(**usual))


def test_every_region_fill_and_null_has_a_name_for_the_reader() -> None:
    assert set(REGION_NAMES) == set(vocabulary.RELIANCE_REGIONS)
    assert set(FILL_NAMES) == set(vocabulary.FILLS)
    assert set(PLACEBO_NAMES) == {"none", *vocabulary.RELIANCE_NULLS}


def test_regions_are_told_by_their_answer() -> None:
    told = tell_reliance(
        verdict(mass="shown", peritumoral="undecided", below="not shown", other="not shown")
    )

    assert told["net"] == (
        "That decisions hang on a region is shown for mass; undecided for peritumoral ring; not shown for below the "
        "mass, all else (AUC 0.85, lower limit 0.72)."
    )


@pytest.mark.parametrize(
    ("auc", "low", "why"),
    [
        (0.55, 0.43, "the network does not tell the 30 scans asked about apart (AUC 0.55, lower"),
        (NAN, NAN, "the 30 scans asked about are all of one label"),
        (0.85, 0.72, "no scan has a placebo"),
    ],
)
def test_why_a_network_cannot_be_asked_is_said(auc: float, low: float, why: str) -> None:
    cannot = dict.fromkeys(("mass", "other"), "cannot be asked")
    told = tell_reliance(verdict(auc=auc, auc_low=low, **cannot))["net"]

    assert f"cannot be asked: {why}" in told
    assert "nan" not in told


def test_every_run_has_a_sentence() -> None:
    both = pd.concat([verdict(mass="shown"), verdict("other net", mass="not shown")])

    assert [told.split(":")[0] for told in say_reliance(both)] == ["net", "other net"]
    assert not say_reliance(verdict(mass="shown"))[0].startswith("net")


def test_of_many_runs_it_is_counted_where_decisions_are_shown_to_hang() -> None:
    many = pd.concat(
        verdict(f"net {number}", mass="shown" if number < 3 else "undecided", below="not shown")
        for number in range(40)
    )

    assert say_reliance(many) == ["Of 40 runs, decisions are shown to hang on mass in 3."]


def test_right_calls_are_told_by_label_with_what_a_placebo_scores() -> None:
    told = tell_calls(reliance_tables()["reliance_scores"])

    assert told == [
        "Of 4 benign scans called rightly 100 % [51, 100] hang most on mass by every fill, placebo 100 %; on 0 the "
        "fills differ.",
        "Of 4 malignant scans called rightly 100 % [51, 100] hang most on mass by every fill, placebo 0 %; on 0 the "
        "fills differ.",
    ]

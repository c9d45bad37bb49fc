"""Reports tell what experiments by name found in the same data root, and from which results."""

from typing import Any

import pandas as pd
import pytest

from sonolens.datasets.versions import complete_versions
from sonolens.past_runs import PastRun
from sonolens.pipelines.reporting.other_runs import find_experiments, find_planted_answers
from sonolens.tables.experiments import AskedExperiments
from sonolens.tables.truth import PlantedAnswers

STUDY = {"reader": "phantoms", "options": {"masses": 16}}
HERE = {
    "run_id": "5",
    "world": {"decisions": "1", "extreme_points": "1"},
    "settings": {"study": STUDY},
}


def test_a_run_before_any_experiment_tells_of_none(finished: Any) -> None:
    assert finished.catalog.load("asked_experiments").empty
    answers = finished.catalog.load("planted_answers")
    assert set(answers["reason"]) == {"no experiment"}
    assert len(answers) == len(
        finished.catalog.load("truth_card")[["method", "run"]].drop_duplicates()
    )


def test_a_report_tells_the_experiments_that_were_run_since_and_leads_to_their_pages(
    experimented: Any,
) -> None:
    asked = experimented.catalog.load("asked_experiments")

    of = asked.groupby("experiment")["made_from"].unique().map(list).to_dict()
    assert of == {"planted_evidence": ["this study"], "mask_uncertainty": ["this run"]}
    page = experimented.catalog.load("report")
    folder = experimented.data_root / "08_reporting" / "report.html" / "run"
    for address in asked["page"].unique():
        assert f'href="{address}"' in page
        assert (folder / address).resolve().is_file()


def test_the_card_of_a_run_is_answered_by_what_was_planted_for_its_network(
    experimented: Any,
) -> None:
    answers = experimented.catalog.load("planted_answers")
    planted = experimented.catalog.load("planted_runs")
    (version,) = complete_versions(experimented.catalog["planted_evidence"])

    assert set(planted["network"]) == set(experimented.catalog.load("training_runs")["network"])
    assert set(answers["experiment"]) == {version}
    assert set(answers["made_from"]) == {"this study"}
    assert set(answers["reason"]) <= {"answered", "not learnt", "too few scans"}
    assert f"run {version}, planted in the scans of this study" in experimented.catalog.load(
        "report"
    )


def past(run_id: str, tables: dict[str, Any], *, read: dict[str, str], **session: Any) -> PastRun:
    told = {"status": "complete", "outputs": {name: {} for name in tables}, "inputs": read}

    def find(name: str) -> Any:
        if name not in tables:
            raise LookupError(name)
        return tables[name]

    return PastRun(
        run_id, "", [{**told, "settings": {"study": STUDY}, **session}], False, find, lambda _: {}
    )


def uncertainty(rate: float) -> dict[str, Any]:
    row = {"method": "cam", "run": "net", "region": "any", "n": 20, "rate": rate, "chance": 0.3}
    row |= {"ci_low": 0.4, "ci_high": 0.8, "moved_rate": 0.5, "moved_low": 0.4, "moved_high": 0.6}
    row |= {"both_low": 0.3, "both_high": 0.9}
    return {"mask_uncertainty": pd.DataFrame([row]), "mask_uncertainty_page": ""}


def tell(*runs: PastRun) -> pd.DataFrame:
    return AskedExperiments.validate(find_experiments(list(runs), HERE))


def test_of_several_runs_of_an_experiment_that_counts_which_read_this_runs_results() -> None:
    own = past("2", uncertainty(0.6), read={"decisions": "1", "extreme_points": "1"})
    newer = past("4", uncertainty(0.1), read={"decisions": "3", "extreme_points": "3"})
    (row,) = tell(newer, own).to_dict(orient="records")

    assert (row["run"], row["made_from"]) == ("2", "this run")
    assert row["sentence"].startswith("As annotated 60 % [40, 80] of 20")


@pytest.mark.parametrize(
    ("study", "made_from"),
    [
        (STUDY, "this study"),
        ({"reader": "busi", "options": {}}, "another study"),
        (None, "another study"),
    ],
)
def test_an_experiment_on_other_results_says_whose_they_are(study: Any, made_from: str) -> None:
    run = past(
        "4", uncertainty(0.1), read={"decisions": "3", "scans": "2"}, settings={"study": study}
    )
    (row,) = tell(run).to_dict(orient="records")

    assert (row["made_from"], row["source"]) == (made_from, "3")


def test_a_run_that_was_killed_before_its_page_is_not_told() -> None:
    tables = uncertainty(0.6)
    page = tables.pop("mask_uncertainty_page")

    assert tell(past("2", tables, read={"decisions": "1"})).empty
    whole = past("2", tables | {"mask_uncertainty_page": page}, read={"decisions": "1"})
    assert not tell(whole).empty


def test_a_table_that_cannot_be_read_is_warned_of_and_the_next_run_counts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    torn = past("4", uncertainty(0.6), read={"decisions": "1"})
    broken = PastRun("4", "", torn.sessions, False, lambda _: 1 / 0, torn.digest)
    (row,) = tell(broken, past("2", uncertainty(0.6), read={"decisions": "1"})).to_dict("records")

    assert row["run"] == "2"
    assert "run 4" in caplog.text


def planted_tables(network: str = "tiny", stride: int = 16) -> dict[str, Any]:
    cue = "foci_mass_share100_strength100"
    about = {"cue": cue, "network": network, "output_stride": stride, "seed": 0}
    row = about | {"method": "cam", "region": "planted", "auc_ci_low": 0.8, "n": 10, "rate": 0.8}
    row |= {"ci_low": 0.5, "ci_high": 0.9, "chance": 0.2, "p_value": 0.001, "confidence": 0.95}
    return {"planted_evidence": pd.DataFrame([row]), "planted_runs": pd.DataFrame([about])}


def answer(*runs: PastRun, methods: tuple[str, ...] = ("cam",)) -> pd.DataFrame:
    card = pd.DataFrame({"method": methods, "run": "net", "baseline": False, "confidence": 0.95})
    fitted = pd.DataFrame({"run": ["net"], "network": ["tiny"], "output_stride": [16]})
    told = find_planted_answers(list(runs), HERE, card, fitted)
    return PlantedAnswers.validate(told).set_index("method")


def canvas(name: str) -> dict[str, Any]:
    return {"parameters": {"planted_evidence": {"canvas": name}}}


def test_the_nearest_planting_for_the_same_architecture_answers() -> None:
    study = past("2", planted_tables(), read={}, **canvas("study"))
    phantoms = past("4", planted_tables(), read={}, **canvas("phantoms"))
    row = answer(phantoms, study).loc["cam"]

    assert (row["answer"], row["value"], row["against"], row["n"]) == ("shown", 0.8, 0.2, 10)
    assert (row["experiment"], row["made_from"], row["plant"]) == ("2", "this study", "foci_mass")
    assert answer(phantoms).loc["cam", "made_from"] == "phantoms"


@pytest.mark.parametrize("other", [planted_tables("local"), planted_tables(stride=32)])
def test_other_networks_and_other_strides_answer_nothing(other: dict[str, Any]) -> None:
    run = past("2", other, read={}, **canvas("study"))
    row = answer(run).loc["cam"]

    assert (row["answer"], row["reason"]) == ("cannot be asked", "other networks")
    # An older one for the network at hand still answers.
    assert answer(run, past("1", planted_tables(), read={})).loc["cam", "answer"] == "shown"


def test_a_method_that_was_not_asked_there_is_not_answered_here() -> None:
    told = answer(past("2", planted_tables(), read={}), methods=("cam", "occlusion"))

    assert told["reason"].to_dict() == {"cam": "answered", "occlusion": "other methods"}

"""The cards hold to the formats that machines read, and state nothing that nobody stated."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from tiny_journal import UNSTATED, masses_table
from tiny_run import NOTHING_COUNTED, pointing_table, run_inputs, scans_table
from tiny_scores import NAN, metrics_table, training_runs_table

from sonolens.datasets import TableDataset
from sonolens.report.cards import PublicationParameters, write_data_card, write_model_card
from sonolens.report.cards.data_card import CONFORMS_TO, REQUIRED, list_missing
from sonolens.tables.descriptors import Descriptors

STATED = PublicationParameters(
    model_license="mit",
    data_license="https://creativecommons.org/licenses/by/4.0/",
    data_url="https://example.org/scans",
    data_creators=("A. Author", "B. Author"),
    data_published="2024-05-06",
)
EVIL = "<script>alert(\"'1|2'\")</script>"


def data_card(publication: PublicationParameters = UNSTATED, **replaced: Any) -> dict[str, Any]:
    inputs = run_inputs(**replaced)
    noted = pd.DataFrame({"scan_id": ["s0"], "descriptor": ["margin"], "value": ["spiculated"]})
    return write_data_card(
        inputs["run_context"],
        inputs["study_facts"],
        inputs["scans"],
        mass_measurements=masses_table(inputs["scans"]),
        splits=inputs["splits"],
        screening=inputs["screening"],
        descriptors=Descriptors.validate(noted),
        publication=publication,
    )


def model_card(publication: PublicationParameters = UNSTATED, **replaced: Any) -> str:
    inputs = run_inputs(**replaced)
    return write_model_card(
        inputs["run_context"],
        inputs["study_facts"],
        training_runs=inputs["training_runs"],
        classification_metrics=inputs["classification_metrics"],
        pointing_game=inputs["pointing_game"],
        methods_text=inputs["methods_text"],
        publication=publication,
    )


def header(card: str) -> dict[str, Any]:
    return yaml.safe_load(card.split("---\n")[1])


def nodes(value: Any) -> list[dict[str, Any]]:
    """Everything in a JSON document that has properties."""
    if isinstance(value, list):
        return [node for each in value for node in nodes(each)]
    if not isinstance(value, dict):
        return []
    return [value, *(node for each in value.values() for node in nodes(each))]


def test_a_data_card_has_what_croissant_requires_once_it_is_stated() -> None:
    card = data_card(STATED)

    assert list_missing(card) == []
    assert card["@type"] == "sc:Dataset"
    assert card["conformsTo"] == CONFORMS_TO
    assert {"name", "description", "distribution", "recordSet", *REQUIRED} <= card.keys()
    assert [each["name"] for each in card["creator"]] == ["A. Author", "B. Author"]
    assert json.loads(json.dumps(card, allow_nan=False)) == card


def test_what_nobody_stated_is_left_out_and_named() -> None:
    card = data_card()

    assert not REQUIRED.keys() & card.keys()
    assert list_missing(card) == [f"publication.{name}" for name in REQUIRED.values()]


def test_ids_are_unique_and_every_reference_has_its_target() -> None:
    card = data_card(scans=scans_table(**{f"Age (years) {EVIL}": 50}))
    body = nodes([card["distribution"], card["recordSet"]])
    defined = [node["@id"] for node in body if "@type" in node]
    referred = {node["@id"] for node in body if set(node) == {"@id"}}

    assert len(defined) == len(set(defined))
    assert referred <= set(defined)
    assert not any(" " in each or "<" in each for each in defined)


def test_every_column_is_a_field_of_its_type() -> None:
    card = data_card()
    (scans,) = [each for each in card["recordSet"] if each["@id"] == "scans"]
    types = {field["name"]: field["dataType"] for field in scans["field"]}

    assert list(types) == list(run_inputs()["scans"])
    assert types["scan_id"] == "sc:Text"
    assert types["spacing_row_mm"] == "sc:Float"
    (splits,) = [each for each in card["recordSet"] if each["@id"] == "splits"]
    assert {field["name"]: field["dataType"] for field in splits["field"]}["fold"] == "sc:Integer"


def test_a_hash_is_that_of_the_file_that_the_catalog_holds(tmp_path: Path) -> None:
    scans = scans_table(spacing_row_mm=[0.1 + 0.2, *([1 / 3] * 7)])
    file = tmp_path / "scans.csv"
    TableDataset(filepath=str(file)).save(scans)
    card = data_card(scans=TableDataset(filepath=str(file)).load())

    told = {each["@id"]: each["sha256"] for each in card["distribution"]}
    assert told["scans.csv"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_no_id_of_a_scan_or_patient_is_in_a_data_card() -> None:
    card = json.dumps(data_card(scans=scans_table(patient_id=[f"secret{n}" for n in range(8)])))

    assert "secret" not in card


def test_a_model_card_is_an_index_of_results_per_run_and_level() -> None:
    told = header(model_card(STATED))

    assert told["license"] == "mit"
    (network,) = told["model-index"]
    assert network["name"] == "tiny-full-seed0-fold0"
    assert {result["dataset"]["name"] for result in network["results"]} == {
        "toy, per scan",
        "toy, per lesion",
    }
    for result in network["results"]:
        assert result["task"]["type"] == "image-classification"
        assert result["dataset"]["split"] == "test"
        values = {metric["name"]: metric for metric in result["metrics"]}
        assert values["auc"]["type"] == "roc_auc"
        assert values["auc"]["value"] == 0.914
        assert values["sensitivity"]["args"]["rule"] == "closest_to_corner"


def test_a_score_that_does_not_exist_is_not_in_the_index() -> None:
    card = model_card(
        classification_metrics=metrics_table(auc=NAN),
        pointing_game=pointing_table(**NOTHING_COUNTED),
    )

    (network,) = header(card)["model-index"]
    names = {metric["name"] for result in network["results"] for metric in result["metrics"]}
    assert names == {"accuracy", "sensitivity", "specificity", "brier"}
    assert not re.search(r"\bnan\b", card, flags=re.IGNORECASE)


def test_without_a_licence_none_is_claimed() -> None:
    assert "license" not in header(model_card())


def test_fifty_runs_are_fifty_entries() -> None:
    names = tuple(f"net{number}" for number in range(50))
    card = model_card(
        training_runs=training_runs_table(run=list(names)),
        classification_metrics=metrics_table(runs=names),
    )

    assert [each["name"] for each in header(card)["model-index"]] == list(names)


def test_names_do_nothing_in_a_model_card() -> None:
    facts = run_inputs()["study_facts"] | {"name": EVIL, "description": EVIL}
    card = model_card(study_facts=facts)

    _, head, body = card.split("---\n", 2)
    assert yaml.safe_load(head)["model-index"][0]["results"][0]["dataset"]["type"] == EVIL
    assert "<script" not in body
    assert "&lt;script&gt;alert(\"'1\\|2'\")" in body


def test_a_card_of_networks_from_elsewhere_names_what_fitted_them() -> None:
    said = model_card(training_runs=training_runs_table(home_study="elsewhere"))

    assert "fitted to elsewhere, judged on" in said
    assert "It knows scans like those of elsewhere" in said

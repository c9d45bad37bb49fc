"""New scans in a project are told what `sonolens explain` tells of them."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from desk_network import draw_mask, draw_scan, write_desk_network
from PIL import Image
from pydantic import ValidationError

from sonolens.explain import GivenScan, Wanted, explain_on_desk, list_given
from sonolens.pipelines.inference.parameters import NewScansParameters
from sonolens.pipelines.inference.pipeline import explain_new_scans
from sonolens.tables.explanations import Explanations
from sonolens.travel import NetworkFile

BY_CAM = NewScansParameters(method="cam", spacing_mm=(0.2, 0.2))


@pytest.fixture(scope="module")
def network_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_desk_network(tmp_path_factory.mktemp("network") / "tiny.safetensors")


@pytest.fixture
def networks(network_file: Path) -> dict[str, NetworkFile]:
    return {"tiny": NetworkFile(network_file)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, pixels in {
        "scans/a.png": draw_scan(91),
        "scans/b.png": draw_scan(92),
        "masks/a.png": 255 * draw_mask().astype(np.uint8),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(tmp_path / name)
    (tmp_path / "scans" / "c.png").write_bytes(b"no picture")
    return tmp_path


def given(folder: Path) -> list[GivenScan]:
    return list_given([folder / "scans"], masks=[folder / "masks"], names="auto")


def test_a_run_tells_what_the_command_tells(folder: Path, networks, network_file: Path) -> None:
    table, documents = explain_new_scans(given(folder), networks, BY_CAM)
    explain_on_desk(
        network_file,
        scans=[folder / "scans"],
        masks=[folder / "masks"],
        names="auto",
        pages=False,
        out=folder / "out",
        wanted=Wanted(spacing_mm=(0.2, 0.2)),
    )

    with (folder / "out" / "scans.csv").open() as file:
        rows = list(csv.DictReader(file))
    lines = (folder / "out" / "scans.jsonl").read_text().splitlines()
    assert list(documents.values()) == [json.loads(line) for line in lines]
    assert table["name"].tolist() == [row["name"] for row in rows] == ["a", "b", "c"]
    assert table["state"].tolist() == ["explained", "explained", "left out"]
    told = [float(row["probability"]) for row in rows[:2]]
    assert table["probability"].tolist()[:2] == pytest.approx(told, rel=1e-12)


def test_the_table_keeps_its_contract_before_and_after_it_was_a_file(
    folder: Path, networks
) -> None:
    table, _ = explain_new_scans(given(folder), networks, BY_CAM)
    checked = Explanations.validate(table)
    checked.to_csv(folder / "t.csv", index=False)

    assert checked["training_scan"].tolist()[:2] == [False, False]
    assert checked["training_scan"].isna().tolist() == [False, False, True]
    again = Explanations.validate(pd.read_csv(folder / "t.csv", dtype={"name": str}))
    assert again["state"].tolist() == checked["state"].tolist()


def test_more_networks_than_one_are_refused(folder: Path, networks) -> None:
    with pytest.raises(ValueError, match="names 2 networks, but new scans are explained by one"):
        explain_new_scans(given(folder), networks | {"other": networks["tiny"]}, BY_CAM)


def test_scans_none_of_which_can_be_explained_are_told_with_the_first_reason(
    folder: Path, networks
) -> None:
    broken = [each for each in given(folder) if each.name == "c"]

    with pytest.raises(ValueError, match=r"none of 1 new scans can be explained; c: picture c"):
        explain_new_scans(broken, networks, BY_CAM)


@pytest.mark.parametrize("method", ["nonsense", "random"])
def test_a_method_that_explains_no_call_is_refused_before_a_scan_is_read(method: str) -> None:
    with pytest.raises(ValidationError, match="choose from cam"):
        NewScansParameters(method=method, spacing_mm=None)

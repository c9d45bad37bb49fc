import json

import pytest
from kedro.io import DatasetError

from sonolens.datasets import JsonDataset, ReportDataset


def test_a_document_reads_back_as_it_was(tmp_path):
    document = {"a": [1, 2.5, None, True], "text": "ü"}
    dataset = JsonDataset(filepath=str(tmp_path / "d.json"))
    dataset.save(document)

    assert dataset.load() == document
    assert json.loads(dataset.preview()) == document
    assert "ü" in (tmp_path / "d.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("value", [float("nan"), {1, 2}])
def test_what_json_does_not_know_leaves_no_file(tmp_path, value):
    dataset = JsonDataset(filepath=str(tmp_path / "d.json"))

    with pytest.raises(DatasetError, match="JSON"):
        dataset.save({"good": 1, "bad": value})

    assert list(tmp_path.iterdir()) == []


def test_a_cut_document_is_told_as_damaged(tmp_path):
    (tmp_path / "d.json").write_text('{"a": ')

    with pytest.raises(DatasetError, match=r"d\.json is damaged"):
        JsonDataset(filepath=str(tmp_path / "d.json")).load()


def test_a_report_previews_as_its_own_page(tmp_path):
    dataset = ReportDataset(filepath=str(tmp_path / "report.html"))
    dataset.save("<p>masses</p>")

    assert dataset.preview() == "<p>masses</p>"
    assert ReportDataset.preview.__annotations__["return"].__name__ == "HTMLPreview"

import numpy as np
import pandas as pd
import pytest
from kedro.io import DataCatalog

from sonolens.datasets import TableDataset


@pytest.fixture
def dataset(tmp_path):
    return TableDataset(filepath=str(tmp_path / "table.csv"))


def test_numbers_keep_every_digit(dataset):
    numbers = [0.1 + 0.2, 1 / 3, 1e-300, -0.0, np.inf]
    dataset.save(pd.DataFrame({"value": numbers}))

    assert dataset.load()["value"].tolist() == numbers


def test_ids_that_look_like_numbers_stay_text(dataset):
    dataset.save(pd.DataFrame({"scan_id": ["0007", "1e3"], "run": ["1", "02"]}))

    assert dataset.load()["scan_id"].tolist() == ["0007", "1e3"]
    assert dataset.load()["run"].tolist() == ["1", "02"]


def test_empty_is_missing_but_the_words_for_it_are_text(dataset):
    dataset.save(pd.DataFrame({"region": ["none", "NA", "nan", None], "x": [1.5, None, 2, 3]}))

    loaded = dataset.load()
    assert loaded["region"].tolist()[:3] == ["none", "NA", "nan"]
    assert loaded["region"].isna().tolist() == [False, False, False, True]
    assert loaded["x"].isna().tolist() == [False, True, False, False]


def test_the_index_is_not_written_and_lines_end_alike_everywhere(dataset, tmp_path):
    dataset.save(pd.DataFrame({"a": [1]}, index=[9]))

    assert (tmp_path / "table.csv").read_bytes() == b"a\n1\n"


def test_a_table_without_rows_keeps_its_columns(dataset):
    dataset.save(pd.DataFrame({"a": [], "scan_id": []}))

    assert list(dataset.load().columns) == ["a", "scan_id"]


def test_the_catalog_can_change_how_it_is_read(tmp_path):
    dataset = TableDataset(
        filepath=str(tmp_path / "t.csv"), load_args={"sep": ";"}, save_args={"sep": ";"}
    )
    dataset.save(pd.DataFrame({"scan_id": ["01"], "b": [2]}))

    assert (tmp_path / "t.csv").read_bytes() == b"scan_id;b\n01;2\n"
    assert dataset.load().to_dict("records") == [{"scan_id": "01", "b": 2}]


def test_the_preview_shows_the_first_rows_without_nan(dataset):
    dataset.save(pd.DataFrame({"a": [1.0, None, 3.0], "scan_id": ["1", "2", "3"]}))

    preview = dataset.preview(nrows=2)

    assert preview["columns"] == ["a", "scan_id"]
    assert preview["data"] == [
        [1.0, "1"],
        [None, "2"],
    ]
    assert TableDataset.preview.__annotations__["return"].__name__ == "TablePreview"


def test_a_catalog_validator_refuses_a_wrong_table(tmp_path):
    catalog = DataCatalog.from_config(
        {
            "splits": {
                "type": "sonolens.datasets.TableDataset",
                "filepath": f"{tmp_path}/splits.csv",
                "versioned": True,
                "validator": "sonolens.tables.cohort.Splits",
            }
        }
    )
    row = {"scan_id": "1", "lesion_id": "1", "patient_id": "1", "fold": 0, "partition": "train"}
    catalog.save("splits", pd.DataFrame([row]))
    assert catalog.load("splits").to_dict("records") == [row]

    with pytest.raises(Exception, match="partition"):
        catalog.save("splits", pd.DataFrame([row | {"partition": "holdout"}]))

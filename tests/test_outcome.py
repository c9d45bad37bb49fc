import logging

import pytest
from kedro.io import DataCatalog, MemoryDataset

from sonolens.outcome import Outcome, list_runs
from sonolens.past_runs import PastRun
from sonolens.settings import HOOKS

RUN = "2026-01-01T00.00.00.000Z"


def nothing(name):
    raise LookupError(name)


@pytest.fixture
def catalog(tmp_path):
    runs = [PastRun(RUN, "", [{"status": "complete"}], True, nothing, nothing)]
    kept = {
        "index": {"type": "sonolens.datasets.ReportDataset", "filepath": f"{tmp_path}/index.html"},
        "latest": {"type": "sonolens.datasets.LinkDataset", "filepath": f"{tmp_path}/latest"},
    }
    catalog = DataCatalog.from_config(kept)
    catalog["runs"] = MemoryDataset(runs, copy_mode="assign")
    return catalog


def test_the_index_is_written_and_the_newest_report_led_to(catalog):
    list_runs(catalog)

    assert RUN in catalog["index"].load()
    assert catalog["latest"].load() == f"report.html/{RUN}"


def test_an_index_that_cannot_be_written_is_a_warning_and_fails_no_run(catalog, caplog):
    catalog["runs"] = MemoryDataset()

    with caplog.at_level(logging.WARNING):
        list_runs(catalog)

    assert "The index of runs could not be written" in caplog.text


def test_a_catalog_without_an_index_is_left_alone(caplog):
    list_runs(DataCatalog())

    assert not caplog.records


def test_the_outcome_is_told_after_everything_else():
    assert isinstance(HOOKS[-1], Outcome)
    for name in ("after_pipeline_run", "on_pipeline_error"):
        assert getattr(Outcome, name).kedro_impl["trylast"]

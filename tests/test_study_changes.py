import logging

import pandas as pd
import pytest
from kedro.io import DataCatalog

from sonolens.study_changes import StudyChanges

FIRST, SECOND, THIRD = (f"2026-01-0{day}T00.00.00.000Z" for day in (1, 2, 3))


class Project:
    """A data root in which runs select scans, each under an id of its own."""

    def __init__(self, root):
        self.root = root

    def run(self, run_id, labels, *, options=None):
        entries = {
            "scans": {
                "type": "sonolens.datasets.TableDataset",
                "filepath": f"{self.root}/scans.csv",
                "versioned": True,
            },
            "run_record": {
                "type": "sonolens.datasets.RunRecordDataset",
                "filepath": f"{self.root}/run_record.json",
                "versioned": True,
            },
        }
        catalog = DataCatalog.from_config(entries, save_version=run_id)
        settings = {"study": {"reader": "busi", "options": options or {}}}
        session = {"session": "1", "started": run_id, "settings": settings}
        catalog["run_record"].write_session(run_id, session)
        hook = StudyChanges()
        hook.before_pipeline_run({"run_id": run_id}, catalog)
        scans = pd.DataFrame({"scan_id": list("ab"), "label": labels})
        hook.before_dataset_saved("scans", scans)
        catalog.save("scans", scans)


@pytest.fixture
def project(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    return Project(tmp_path)


def test_a_changed_study_is_noticed_by_the_next_run_that_reads_it(project, caplog):
    project.run(FIRST, ["benign", "malignant"])
    project.run(SECOND, ["benign", "malignant"])
    assert caplog.messages == []

    project.run(THIRD, ["malignant", "malignant"])

    (told,) = caplog.messages
    assert f"changed since run {SECOND} read it: another label in 1 ('a')" in told


def test_a_study_that_is_read_with_other_options_is_another_study(project, caplog):
    project.run(FIRST, ["benign", "malignant"])
    project.run(SECOND, ["malignant", "malignant"], options={"masses": 40})

    assert caplog.messages == []


def test_scans_that_cannot_be_read_any_more_stop_nothing(project, caplog):
    project.run(FIRST, ["benign", "malignant"])
    (project.root / "scans.csv" / FIRST / "scans.csv").write_text("cut")

    project.run(SECOND, ["malignant", "malignant"])

    assert "cannot be compared with" in caplog.text


def test_other_datasets_and_hooks_without_a_run_are_left_alone(caplog):
    StudyChanges().before_dataset_saved("scans", pd.DataFrame())

    assert caplog.messages == []

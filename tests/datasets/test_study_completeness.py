"""A study that is not as published is told, or refused where completeness is expected."""

import logging

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError

from sonolens import studies
from sonolens.datasets import StudyDataset


def grey():
    return np.zeros((4, 4), dtype=np.uint8)


@pytest.fixture(autouse=True)
def half_a_study(monkeypatch):
    def read_half(path):
        scans = pd.DataFrame(
            {
                "scan_id": ["a", "b"],
                "lesion_id": ["1", "2"],
                "patient_id": ["1", "2"],
                "label": ["benign", "malignant"],
            }
        )
        readers = dict.fromkeys(scans["scan_id"], grey)
        published = {"scans": 5, "malignant": 1}
        return studies.Study("half", scans, readers, readers, "half", published, {"normal": 1})

    monkeypatch.setitem(studies.READERS, "half", read_half)


def test_a_difference_from_the_publication_is_logged(caplog):
    with caplog.at_level(logging.INFO):
        StudyDataset(reader="half").load()

    assert caplog.messages == [
        "Study half: 2 scans, 1 normal left out; not as published: 3 scans of 5"
    ]


def test_it_is_an_error_where_completeness_is_expected():
    with pytest.raises(DatasetError, match=r"'half' is not as published: 3 scans of 5; complete"):
        StudyDataset(reader="half", expect_complete=True).load()

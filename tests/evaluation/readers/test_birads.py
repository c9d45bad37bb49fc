"""A reader's categories as the AUC to beat: each reader's own, on the cases that the reader gave one."""

import numpy as np
import pandas as pd
from read_scans import readings, scans

from sonolens.evaluation.readers import compare_with_reader_birads
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.readers import ReaderBirads

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)
NAMES = [f"s{number}" for number in range(8)]


def decisions() -> pd.DataFrame:
    malignant = np.arange(8) % 2 == 1
    return scans(*NAMES).assign(
        run="net",
        partition="test",
        label=np.where(malignant, "malignant", "benign"),
        logit=0.0,
        temperature=1.0,
        probability=0.5,
        threshold=0.5,
        called=True,
        correct=malignant,
    )


def test_every_reader_has_an_auc_of_the_own_categories_beside_a_network_that_knows_nothing() -> (
    None
):
    right = ["3", "5"] * 4
    wrong = ["5", "3"] * 4
    table = readings(
        *({"scan_id": s, "reader": "A", "birads": b} for s, b in zip(NAMES, right, strict=True)),
        *({"scan_id": s, "reader": "B", "birads": b} for s, b in zip(NAMES, wrong, strict=True)),
        {"scan_id": "s0", "reader": "C"},
    )
    found = compare_with_reader_birads(
        table,
        decisions(),
        scans(*NAMES, birads=None),
        lesion_probability="mean",
        bootstrap=BOOTSTRAP,
    )

    by_reader = ReaderBirads.validate(found).query("level == 'scan'").set_index("reader")
    assert by_reader["birads_auc"].to_dict() == {"A": 1.0, "B": 0.0}
    assert by_reader["auc"].tolist() == [0.5, 0.5]


def test_without_categories_the_table_is_empty() -> None:
    assert compare_with_reader_birads(
        readings({"scan_id": "s0", "reader": "A"}),
        decisions(),
        scans(*NAMES, birads=None),
        lesion_probability="mean",
        bootstrap=BOOTSTRAP,
    ).empty

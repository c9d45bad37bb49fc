"""A reader's BI-RADS alone as the AUC to beat, reader by reader."""

import pandas as pd

from sonolens.evaluation.classification import LesionProbability, compare_with_birads
from sonolens.evaluation.readers.scan_readings import usable_readings
from sonolens.evaluation.statistics.intervals import Bootstrap
from sonolens.tables.cohort import ScansTable
from sonolens.tables.readers import ReaderBirads, ReadingsTable
from sonolens.tables.training import DecisionsTable


def compare_with_reader_birads(
    readings: ReadingsTable,
    decisions: DecisionsTable,
    scans: ScansTable,
    *,
    lesion_probability: LesionProbability,
    bootstrap: Bootstrap,
) -> pd.DataFrame:
    """Compare the AUC of every run with that of every reader's categories, as `compare_with_birads` does for the study's.

    Returns:
        A `ReaderBirads` table; without rows where no reader gave a test case a category.
    """
    given = usable_readings(readings).dropna(subset="birads")
    tables = []
    for reader, of_reader in given.groupby("reader", sort=False):
        birads = scans["scan_id"].map(of_reader.set_index("scan_id")["birads"])
        compared = compare_with_birads(
            decisions,
            scans.assign(birads=birads),
            lesion_probability=lesion_probability,
            bootstrap=bootstrap,
        )
        tables.append(compared.assign(reader=reader))
    found = [table for table in tables if len(table)]
    return pd.concat(found, ignore_index=True) if found else ReaderBirads.empty()

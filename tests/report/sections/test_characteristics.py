from tiny_journal import describe
from tiny_run import scans_table, splits_table

from sonolens.report.sections.characteristics import list_tables


def test_partitions_are_columns_and_characteristics_are_rows() -> None:
    scans = scans_table()
    (table,), by_label = list_tables(describe(scans, splits_table(scans)))
    rows = dict(table.rows)

    assert table.columns == ("Train", "Validation", "Test", "All")
    assert rows["Scans"] == ("2", "2", "4", "8")
    assert rows["Malignant lesions"] == ("1 (50 %)", "1 (50 %)", "2 (50 %)", "4 (50 %)")
    assert rows["BI-RADS 3"] == ("1 (50 %)", "1 (50 %)", "1 (50 %)", "3 (50 %)")
    assert rows["BI-RADS, unknown"] == ("0", "0", "2", "2")
    assert rows["Size of the mass, mm, median [quartiles]"][0] == "12.5 [12.5, 12.5]"
    assert by_label.columns == ("Benign", "Malignant", "All")
    assert dict(by_label.rows)["BI-RADS 3"] == ("3 (100 %)", "0 (0 %)", "3 (50 %)")


def test_what_is_not_known_is_said_and_never_counted() -> None:
    scans = scans_table(filled_in="patient_id", spacing_row_mm=float("nan"))
    (table,), _ = list_tables(describe(scans, splits_table(scans)))
    rows = dict(table.rows)

    assert rows["Patients"] == ("unknown",) * 4
    assert "Patients with a malignant lesion" not in rows
    assert not [name for name in rows if name.startswith("Depth")]

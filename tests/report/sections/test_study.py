from tiny_run import scans_table

from sonolens.report.sections.study import count_spaced, count_told


def test_a_pixel_size_is_known_only_in_both_directions() -> None:
    assert count_spaced(scans_table()) == 7


def test_what_was_filled_in_is_not_counted_as_read() -> None:
    scans = scans_table(filled_in=["patient_id"] * 3 + [None] * 5)

    told = {
        row["column"]: (row["read"], row["filled"], row["unknown"]) for row in count_told(scans)
    }
    assert told["patient_id"] == (5, 3, 0)
    assert told["lesion_id"] == (8, 0, 0)
    assert told["birads"] == (6, 0, 2)

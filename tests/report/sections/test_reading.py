import pytest
from tiny_run import shares_table

from sonolens.report.sections.reading import average_shares, measure_cells


def test_shares_are_averaged_over_scans() -> None:
    shares = average_shares(shares_table())

    assert [row["region"] for row in shares] == ["mass", "peritumoral", "below"]
    assert shares[0]["area_share"] == pytest.approx(0.2)
    assert shares[0]["cell_share"] == pytest.approx(0.22)


def test_a_cell_is_given_as_depth_times_width() -> None:
    assert [cell.size for cell in measure_cells(shares_table())] == ["5.1 × 5.4 mm"]


def test_a_cell_without_pixel_size_is_of_unknown_size() -> None:
    table = shares_table(cell_row_mm=float("nan"))

    assert [cell.size for cell in measure_cells(table)] == ["unknown"]

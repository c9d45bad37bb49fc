"""The resolution curve is the hits of discs by their width in cells, between chance and what a grid allows."""

from typing import Any

import pandas as pd
import pytest

from sonolens.evaluation.experiments import trace_resolution
from sonolens.tables.planted import ResolutionCurve

DIAMETERS_MM = {"disc_2mm": 2.0, "disc_8mm": 8.0}


def row(plant: str, stride: int, **changes: Any) -> dict[str, Any]:
    cells = {"cell_row_mm": 4.0 * stride / 32, "cell_col_mm": 9.0 * stride / 32}
    return {
        "plant": plant,
        "cue": f"{plant}_share100_strength100",
        "share": 1.0,
        "strength": 1.0,
        "network": "resnet18",
        "output_stride": stride,
        "seed": 0,
        "method": "cam",
        "region": "planted",
        "n": 4,
        "rate": 0.5,
        "ci_low": 0.2,
        "ci_high": 0.8,
        "chance": 0.1,
        "p_value": 0.01,
        "auc": 0.9,
        "auc_ci_low": 0.8,
        "auc_ci_high": 0.95,
        "confidence": 0.95,
        **cells,
        **changes,
    }


def shares(run: str, *cell_shares: float, region: str = "planted") -> pd.DataFrame:
    return pd.DataFrame({"cell_share": cell_shares}).assign(method="cam", run=run, region=region)


def trace(rows: list[dict[str, Any]], of_scans: dict[int, tuple[float, ...]]) -> pd.DataFrame:
    evidence = pd.DataFrame(rows)
    fits = evidence[["cue", "network", "output_stride", "seed"]].drop_duplicates()
    runs = fits.assign(run=fits["cue"] + "-" + fits["output_stride"].astype(str))
    measured = [
        shares(run["run"], *of_scans[run["output_stride"]]) for run in runs.to_dict("records")
    ]
    measured += [shares(run, 0.5, 0.5, region="mass") for run in runs["run"]]
    curve = trace_resolution(evidence, pd.concat(measured), runs, diameters_mm=DIAMETERS_MM)
    return ResolutionCurve.validate(curve)


def test_a_disc_is_measured_in_cells_of_the_same_area() -> None:
    # Cells of 4 by 9 mm are as large as those of 6 by 6; at half the stride of 3 by 3.
    curve = trace(
        [row("disc_2mm", 32), row("disc_2mm", 16), row("disc_8mm", 16)],
        {32: (0.0, 0.1), 16: (0.0, 0.1, 0.2, 0.3)},
    )

    assert curve["cell_mm"].tolist() == pytest.approx([6.0, 3.0, 3.0])
    assert curve["diameter_per_cell"].tolist() == pytest.approx([1 / 3, 2 / 3, 8 / 3])


def test_no_map_can_hit_a_disc_that_lies_between_all_centres() -> None:
    curve = trace(
        [row("disc_2mm", 32), row("disc_2mm", 16)], {32: (0.0, 0.0, 0.0, 0.1), 16: (0.1, 0.2)}
    )

    assert curve["ceiling"].tolist() == pytest.approx([0.25, 1.0])


def test_what_has_no_size_no_cell_or_is_no_disc_has_no_place() -> None:
    other = row("foci_mass", 32)
    relied = row("disc_2mm", 32, method="reliance", cell_row_mm=None, cell_col_mm=None)
    mass = row("disc_2mm", 32, region="mass", rate=0.9)
    curve = trace([row("disc_2mm", 32), other, relied, mass], {32: (0.1,)})

    assert curve[["plant", "method", "rate"]].to_numpy().tolist() == [["disc_2mm", "cam", 0.5]]
    unknown = row("disc_2mm", 32, cell_row_mm=None, cell_col_mm=None)
    assert trace([unknown], {32: (0.1,)}).empty

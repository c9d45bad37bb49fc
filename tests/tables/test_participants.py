"""The contract of the flow refuses a scan that is lost or counted twice."""

import pandas as pd
import pandera.errors
import pytest

from sonolens.tables.participants import ALL, ScanFlow, list_unequal


def flow(**scans: int) -> pd.DataFrame:
    counts = {"screened": 10, "kept": 8, "train": 4, "validation": 2, "test": 2} | scans
    rows = [
        {"box": box, "reason": ALL, "fold": 0 if box in {"train", "validation", "test"} else None}
        | {"partition": box if box in {"train", "validation", "test"} else ALL}
        | {"run": ALL, "method": ALL, "scans": number, "lesions": None, "patients": None}
        for box, number in counts.items()
    ]
    dropped = rows[0] | {"box": "dropped", "reason": "empty_mask", "scans": 2}
    return pd.DataFrame([*rows, dropped])


def test_a_flow_that_adds_up_is_taken() -> None:
    assert list_unequal(flow()) == []
    assert len(ScanFlow.validate(flow())) == 6


@pytest.mark.parametrize("box", ["kept", "train", "screened"])
def test_a_lost_scan_is_refused(box: str) -> None:
    broken = flow(**{box: 3})

    assert list_unequal(broken)
    with pytest.raises(pandera.errors.SchemaError, match="add up"):
        ScanFlow.validate(broken)

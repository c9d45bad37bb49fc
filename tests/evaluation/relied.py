"""What networks rely on, written down by hand: scans by regions, and what a run decided on them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from judged import decide, judged
from scipy.special import expit

from sonolens.tables.reliance import RegionReliance

FOUR = ("mass", "peritumoral", "below", "other")


def relied(
    values: Mapping[tuple[str, str], Sequence[Sequence[float]]],
    *,
    regions: Sequence[str] = FOUR,
    run: str = "net",
    empty: float = 0.0,
    check: bool = True,
) -> pd.DataFrame:
    """A `RegionReliance` table from values by null and fill, scans by regions; NaN has no row."""
    rows = [
        {
            "run": run,
            "scan_id": f"s{place:04d}",
            "null": null,
            "fill": fill,
            "region": region,
            "value": float(value),
            "necessity": float(value),
            "sufficiency": float(value),
            "logit": empty + float(np.nansum(of_scan)),
            "empty_logit": empty,
        }
        for (null, fill), of_scans in values.items()
        for place, of_scan in enumerate(of_scans)
        for region, value in zip(regions, of_scan, strict=True)
        if not np.isnan(value)
    ]
    table = pd.DataFrame(rows)
    return RegionReliance.validate(table) if check else table


def decided(malignant: Sequence[bool], logits: Sequence[float], **options: str) -> pd.DataFrame:
    """Decisions at logit 0 on scans that are patients of their own."""
    return decide(judged(malignant, expit(np.asarray(logits, dtype=float)), **options))

"""Two cases written down by hand: one right call that hits, and one missed cancer without a picture."""

from typing import Any

import pandas as pd
from tiny_scores import RUN

from sonolens.tables.shown import Cases


def cases_table(**columns: Any) -> pd.DataFrame:
    table = {
        "method": "cam",
        "run": RUN,
        "scan_id": ["s5", "s4"],
        "label": ["malignant", "benign"],
        "called": False,
        "outcome": ["false negative", "true negative"],
        "correct": [False, True],
        "probability": [0.2, 0.1],
        "threshold": 0.5,
        "logit": [-1.4, -2.2],
        "temperature": 1.0,
        "silent": False,
        "hit_either": 1.0,
        "hit_decision": [1.0, 0.0],
        "partition": "test",
        "ring": "0-5 mm",
        "tolerance_mm": 0.0,
        "lesion_id": ["l5", "l4"],
        "patient_id": ["p5", "p4"],
        "view": None,
        "birads": ["5", None],
        "device": None,
        "spacing_row_mm": 0.1,
        "spacing_col_mm": 0.1,
        "mass_mm": 8.0,
        "descriptors": None,
        "findings": None,
    }
    for name, region in (("max", "mass"), ("min", "other")):
        table |= {
            f"{name}_region": region,
            f"{name}_distance_mm": [0.0, float("nan")],
            f"{name}_row_px": 5.0,
            f"{name}_col_px": 5.0,
            f"{name}_value": 1.0,
        }
    return Cases.validate(pd.DataFrame(table | columns))


def case_views() -> dict[str, Any]:
    inside = {"inside": "1 2 0 1", "points": "5.000 5.000", "tied": 1}
    outside = {"inside": "0 1 0 1", "points": "5.000 5.000", "tied": 1}
    scan = {"rows": 10, "cols": 12, "cells": {"1x2": "0 1 0 1;1 2 0 1"}, "drawn": "1 0 0"}
    picture = {"picture": "data:image/webp;base64,AA==", "regions": "data:image/png;base64,AA=="}
    cells = {"rows": 1, "cols": 2, "largest": 1.0, "cells": "AACAPwAAgL8="}
    of_map = {"shape": "1x2", "max": inside, "min": outside}
    return {
        "rings": {"unit": "mm", "widths": [2.5, 5.0], "own": 1},
        "scans": {"s5": scan | picture, "s4": scan | {"thumbnail": picture["picture"]}},
        "maps": {f"cam/{RUN}/s5": of_map | cells, f"cam/{RUN}/s4": of_map},
        "shown": 1,
    }

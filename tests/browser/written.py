"""Pages written from tables made by hand: a report whose names are hostile, an index, a comparison and an experiment."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image
from tiny_cases import cases_table
from tiny_chosen import chosen_regions
from tiny_comparison import comparison_table
from tiny_readers import reader_tables
from tiny_run import CAPTIONS, run_inputs
from tiny_scores import RUN

from sonolens.past_runs import PastRun
from sonolens.report import write_report
from sonolens.report.case_views import encode_map, encode_scan
from sonolens.report.experiment import write_experiment
from sonolens.report.run_comparison import write_run_comparison
from sonolens.report.run_index import write_run_index
from sonolens.report.sections.chosen_region import SECTION

HOSTILE = (
    "</script><script>window.ran = 1</script>",
    """"'><img src=x onerror="window.ran = 1">&amp;""",
    "\u202eחזה 12\u202c",
    "🩺🩻",
    "a/very-long-name." * 14,
    "{{ 7 * 7 }} <!-- ]]>",
)
SCAN_PX = (100, 140)
CELLS = (5, 7)
STRONGEST = {"malignant": (2, 4), "benign": (3, 1)}
"""Row and column of the map's cells of largest and of smallest value; every other cell is zero."""

OUTCOMES = {
    "false negative": ("malignant", False),
    "false positive": ("benign", True),
    "true positive": ("malignant", True),
    "true negative": ("benign", False),
}


@dataclass(frozen=True)
class Pages:
    """Where pages lie, and the cases that the report shows."""

    hostile: Path
    index: Path
    comparison: Path
    experiment: Path
    cases: pd.DataFrame


def write_pages(folder: Path) -> Pages:
    """Write every page once."""
    cases, views = hostile_cases()
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "png")
    figure = picture.getvalue()
    inputs = run_inputs(cases=cases, case_views=views, **{each.name: figure for each in CAPTIONS})
    inputs["study_facts"] |= {"name": HOSTILE[0], "description": HOSTILE[1]}
    inputs["run_context"]["label"] = HOSTILE[1]
    inputs |= reader_tables(*HOSTILE[:2])
    run = {"run_id": "2026-02-01T00.00.00.000Z", "label": HOSTILE[0]}
    pages = {
        "hostile": write_report(**inputs),
        "index": write_run_index([past_run(number, label) for number, label in enumerate(HOSTILE)]),
        "comparison": write_run_comparison(comparison_table(first_label=HOSTILE[1]), figure, run),
        "experiment": write_experiment(
            SECTION,
            run,
            scans=pd.DataFrame({"scan_id": ["s"], "patient_id": ["p"], "filled_in": [""]}),
            chosen_regions=chosen_regions(),
            chosen_regions_figure=figure,
        ),
    }
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return Pages(cases=cases, **{name: folder / f"{name}.html" for name in pages})


def past_run(number: int, label: str) -> PastRun:
    """A run that left a study's name and nothing else behind."""

    def read(name: str) -> Any:
        if name == "study_facts":
            return {"name": label}
        raise LookupError(name)

    run_id = f"2026-01-0{number + 1}T03.04.05.678Z"
    return PastRun(run_id, "", [{"label": label, "status": "complete"}], True, read, read)


def hostile_cases() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Maps of two methods for scans of hostile names: every outcome, hits, misses, a tie in part, unknown BI-RADS."""
    rows = []
    for method in ("cam", "edges"):
        for number, scan_id in enumerate(HOSTILE):
            outcome = list(OUTCOMES)[min(number, 3)]
            label, called = OUTCOMES[outcome]
            rows.append(
                {
                    "method": method,
                    "scan_id": scan_id,
                    "lesion_id": scan_id,
                    "patient_id": scan_id,
                    "outcome": outcome,
                    "label": label,
                    "called": called,
                    "correct": called == (label == "malignant"),
                    "probability": 0.1 + 0.1 * number,
                    "logit": number - 3.0,
                    "hit_either": (1.0, 0.0, 0.5)[number % 3],
                    "hit_decision": 0.0,
                    "max_region": ("mass", "other", "peritumoral")[number % 3],
                    "max_distance_mm": (0.0, 7.5, 1.25)[number % 3],
                    "min_region": "other",
                    "min_distance_mm": 4.0 + number,
                    "birads": ("5", None, "4b")[number % 3],
                    "device": (HOSTILE[0], "B")[number % 2],
                    "descriptors": f"margin: {HOSTILE[1]}; posterior: shadow"
                    if number == 1
                    else None,
                    "findings": "mask_touches_border" if number == 4 else None,
                }
            )
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    cases = cases_table(**columns)
    return cases, {
        "rings": {"unit": "mm", "widths": [2.5, 5.0, 7.5], "own": 1},
        "scans": {name: _scan() for name in HOSTILE},
        "maps": {f"{row['method']}/{RUN}/{row['scan_id']}": _map(row["max_region"]) for row in rows},
        "shown": len(rows),
    }  # fmt: skip


def _scan() -> dict[str, Any]:
    grey = np.full(SCAN_PX, 90, dtype=np.uint8)
    levels = np.full(SCAN_PX, 63, dtype=np.uint8)
    levels[30:60, 50:90] = 64 + 63  # the mass
    return {
        "rows": SCAN_PX[0],
        "cols": SCAN_PX[1],
        "cells": {"x".join(map(str, CELLS)): "1 0 0 2;0 0 0 3;0 9 9 30"},
        "drawn": "1 0 0",
        "picture": encode_scan(grey, largest_px=140),
        "regions": _png(levels),
    }


def _png(levels: np.ndarray) -> str:
    written = io.BytesIO()
    Image.fromarray(levels).save(written, "png")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode("ascii")


def _map(region: str) -> dict[str, Any]:
    cells = np.zeros(CELLS, dtype=np.float32)
    cells[STRONGEST["malignant"]], cells[STRONGEST["benign"]] = 1.0, -1.0
    inside = {"mass": "1 9 0 1", "other": "0 9 0 1", "peritumoral": "0 0 0 0.5;0 9 0 0.5"}
    return {
        "shape": "x".join(map(str, CELLS)),
        "max": {"inside": inside[region], "points": "49.5 89.5", "tied": 1},
        "min": {"inside": inside["other"], "points": "69.5 29.5", "tied": 1},
        **encode_map(cells),
    }

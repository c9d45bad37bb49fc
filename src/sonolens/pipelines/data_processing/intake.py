"""The station of intake: study -> screening, scans, raw_images, raw_masks, mass_measurements."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline
from PIL import Image

from sonolens import cohort, regions
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures, spacing_by_scan
from sonolens.pipelines.data_processing.parameters import ScreeningParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.studies import Study, count_study
from sonolens.tables.cohort import ScansTable, ScreeningTable

NamedPictures = Iterator[tuple[str, Image.Image]]


def intake_station() -> Pipeline:
    """Screen a study, and import what is sound."""
    return station(
        "intake",
        {
            screen_scans: "screening",
            select_scans: "scans",
            import_pictures: ["raw_images", "raw_masks"],
            measure_masses: "mass_measurements",
            describe_study: "study_facts",
        },
    )


def screen_scans(study: Study, rules: ScreeningParameters) -> pd.DataFrame:
    """Read every scan once, in parallel, and list what is wrong with it or with its company."""
    inspected = in_parallel(partial(_inspect, study), study.scans["scan_id"])
    facts = track(inspected, description="Screening scans", total=len(study.scans))
    thresholds = rules.model_dump(exclude={"on_error"})
    return cohort.screen_scans(study.scans, facts, **thresholds)


def select_scans(
    study: Study, screening: ScreeningTable, rules: ScreeningParameters
) -> pd.DataFrame:
    """Stop at scans with errors, or leave them out."""
    return cohort.resolve_screening(study.scans, screening, on_error=rules.on_error)


def import_pictures(study: Study, scans: ScansTable) -> tuple[NamedPictures, NamedPictures]:
    """Copy images and masks of the selected scans into the catalog, in parallel and streaming."""
    scan_ids = list(scans["scan_id"])
    images = track(
        in_parallel(partial(_image, study), scan_ids),
        description="Importing scans",
        total=len(scan_ids),
    )
    masks = track(
        in_parallel(partial(_mask, study), scan_ids),
        description="Importing masks",
        total=len(scan_ids),
    )
    return images, masks


def measure_masses(scans: ScansTable, raw_masks: Pictures) -> pd.DataFrame:
    """Measure every mass in millimetres, for results by lesion size."""
    spacing = spacing_by_scan(scans)
    rows = []
    for scan_id in track(scans["scan_id"], description="Measuring masses", total=len(scans)):
        mask = np.asarray(raw_masks[scan_id](), dtype=bool)
        size = regions.measure_mass(mask, spacing_mm=spacing[scan_id])
        rows.append({"scan_id": scan_id, "size_mm": size.size_mm} | asdict(size))
    return pd.DataFrame(rows)


def describe_study(study: Study, scans: ScansTable) -> dict[str, Any]:
    """Say what was read of the study, beside what its authors published."""
    left_out = dict(study.left_out)
    dropped = len(study.scans) - len(scans)
    return {
        "name": study.name,
        "description": study.description,
        "read": count_study(study),
        "published": dict(study.published),
        "left_out": left_out | ({"screening": dropped} if dropped else {}),
    }


def _inspect(study: Study, scan_id: str) -> cohort.ScanFacts:
    return cohort.read_and_inspect(
        scan_id, read_image=study.images[scan_id], read_mask=study.masks[scan_id]
    )


def _image(study: Study, scan_id: str) -> tuple[str, Image.Image]:
    return scan_id, Image.fromarray(study.images[scan_id]())


def _mask(study: Study, scan_id: str) -> tuple[str, Image.Image]:
    return scan_id, Image.fromarray(study.masks[scan_id]())

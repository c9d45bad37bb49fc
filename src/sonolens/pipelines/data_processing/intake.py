"""The station of intake: study -> screening, scans, raw_images, raw_masks, readings, annotations, measurements."""

import logging
from collections.abc import Callable, Hashable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure
from PIL import Image

from sonolens import cohort, regions, ultrasound
from sonolens.arrays import AnnotationMap, Mask, Scan
from sonolens.cohort.sources import note_pictures, tabulate_pictures
from sonolens.figures import screening_sheet
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures, spacing_by_scan
from sonolens.pipelines.data_processing.parameters import ScreeningParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.studies import Study, check_reading, count_study
from sonolens.tables.cohort import PictureChecksumsTable, ScansTable, ScreeningTable
from sonolens.tables.descriptors import Descriptors
from sonolens.tables.readers import Readings, ReadingsTable

logger = logging.getLogger(__name__)

Picture = TypeVar("Picture", Scan, Mask)
MOST_TOLD = 5
"""So many readings that were left out are told; the table has all."""

NamedPictures = Iterable[tuple[str, Image.Image]]


def intake_station() -> Pipeline:
    """Screen a study, and import what is sound."""
    return station(
        "intake",
        {
            screen_scans: ["screening", "picture_checksums"],
            draw_screening_sheet: "screening_sheet",
            select_scans: "scans",
            tabulate_descriptors: "descriptors",
            import_pictures: ["raw_images", "raw_masks"],
            check_readings: "readings",
            import_reader_masks: "reader_masks",
            find_annotations: "annotations",
            measure_masses: "mass_measurements",
            measure_scans: "scan_properties",
            describe_study: "study_facts",
        },
    )


def screen_scans(study: Study, rules: ScreeningParameters) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read every scan once, in parallel, list what is wrong with it or with its company, and hash its pictures."""
    inspected = in_parallel(partial(_inspect, study), study.scans["scan_id"])
    facts = track(inspected, description="Screening scans", total=len(study.scans))
    thresholds = rules.model_dump(exclude={"on_error", "sheet_scans"})
    noted: dict[str, tuple[str, str]] = {}
    screening = cohort.screen_scans(study.scans, note_pictures(facts, into=noted), **thresholds)
    logger.info("Screening of %d scans: %s", len(study.scans), cohort.count_findings(screening))
    return screening, tabulate_pictures(noted, order=study.scans["scan_id"])


def draw_screening_sheet(
    study: Study, screening: ScreeningTable, rules: ScreeningParameters
) -> Figure:
    """Show scans with their masks and findings, also of a study that is refused in the next step."""
    telling = cohort.telling_findings(study.scans, screening)
    shown = cohort.choose_for_sheet(study.scans, telling, count=rules.sheet_scans)
    scans = study.scans.set_index("scan_id").loc[shown]
    tiles = list(
        in_parallel(partial(_screened, study, telling), scans.reset_index().to_dict("records"))
    )
    summary = (
        f"n = {len(study.scans)} scans: {cohort.count_findings(screening)}. Shown: {len(tiles)}, "
        "every kind of finding first, then other scans. Warnings that concern every scan stand only here. Pink: "
        "annotations, which are no tissue."
    )
    return screening_sheet.draw_screening_sheet(tiles, summary=summary)


def select_scans(
    study: Study,
    screening: ScreeningTable,
    picture_checksums: PictureChecksumsTable,
    rules: ScreeningParameters,
) -> pd.DataFrame:
    """Stop at scans with errors, or leave them out; what pictures were when they were read stays with the scans."""
    kept = cohort.resolve_screening(study.scans, screening, on_error=rules.on_error)
    return kept.merge(picture_checksums, on="scan_id", how="left", validate="1:1")


def tabulate_descriptors(study: Study, scans: ScansTable) -> pd.DataFrame:
    """Keep what a radiologist noted of the selected scans, as far as the study tells."""
    if study.descriptors is None:
        return Descriptors.empty()
    known = study.descriptors["scan_id"].isin(scans["scan_id"])
    return study.descriptors[known].reset_index(drop=True)


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


def check_readings(study: Study, scans: ScansTable, raw_images: Pictures) -> pd.DataFrame:
    """Hold what other readers saw against the selected scans, and leave out what does not fit them."""
    if study.readings is None or study.readings.empty:
        return Readings.empty()
    kept = set(scans["scan_id"])
    rows = study.readings.to_dict("records")
    checked = in_parallel(partial(_check_reading, study, raw_images, kept), rows)
    readings = pd.DataFrame(track(checked, description="Checking readings", total=len(rows)))
    reasons = readings["left_out"].dropna()
    for reason in reasons[:MOST_TOLD]:
        logger.warning("Reading left out: %s", reason)
    logger.info("Readings of other readers: %d, %d left out", len(rows), len(reasons))
    return readings


def import_reader_masks(study: Study, readings: ReadingsTable) -> NamedPictures:
    """Copy what other readers drew into the catalog."""
    drawn = readings.loc[readings["drawn"], "reading_id"]
    return ((reading_id, Image.fromarray(study.reader_masks[reading_id]())) for reading_id in drawn)


def find_annotations(study: Study, scans: ScansTable, raw_images: Pictures) -> NamedPictures:
    """Mark what is burnt into every scan, and what lies outside its field: the study's own mask, else what is found."""
    found = in_parallel(partial(_annotate, study, raw_images), scans["scan_id"])
    return track(found, description="Finding annotations", total=len(scans))


def measure_masses(scans: ScansTable, raw_masks: Pictures) -> pd.DataFrame:
    """Measure every mass in millimetres, for results by lesion size."""
    spacing = spacing_by_scan(scans)
    measured = in_parallel(partial(_measure_mass, raw_masks), spacing.items())
    return pd.DataFrame(list(track(measured, description="Measuring masses", total=len(scans))))


def measure_scans(
    scans: ScansTable, raw_images: Pictures, raw_masks: Pictures, annotations: Pictures
) -> pd.DataFrame:
    """Measure, in parallel, what every scan is beside the appearance of its mass."""
    scan_ids = list(scans["scan_id"])
    described = track(
        in_parallel(partial(_describe, raw_images, raw_masks, annotations), scan_ids),
        description="Measuring scans",
        total=len(scan_ids),
    )
    found = zip(scan_ids, described, strict=True)
    return pd.DataFrame([{"scan_id": scan_id} | each for scan_id, each in found])


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
        scan_id,
        read_image=study.images[scan_id],
        read_mask=study.masks[scan_id],
        read_annotations=partial(study.read_annotations, scan_id),
    )


def _measure_mass(raw_masks: Pictures, scan: tuple[str, tuple[float, float]]) -> dict[str, Any]:
    scan_id, spacing_mm = scan
    size = regions.measure_mass(np.asarray(raw_masks[scan_id](), dtype=bool), spacing_mm=spacing_mm)
    return {"scan_id": scan_id, "size_mm": size.size_mm} | asdict(size)


def _describe(
    raw_images: Pictures, raw_masks: Pictures, annotations: Pictures, scan_id: str
) -> dict[str, float | int]:
    mask = np.asarray(raw_masks[scan_id](), dtype=bool)
    described = cohort.describe_scan(np.asarray(raw_images[scan_id]()), mask)
    return asdict(described) | cohort.describe_annotations(np.asarray(annotations[scan_id]()))


def _screened(
    study: Study, telling: ScreeningTable, scan: dict[Hashable, Any]
) -> screening_sheet.ScreenedScan:
    """Read one scan for the sheet; what cannot be read leaves its place empty."""
    scan_id = scan["scan_id"]
    findings = telling[telling["scan_id"] == scan_id]
    image, mask = _read(study.images[scan_id]), _read(study.masks[scan_id])
    aspect = scan["spacing_row_mm"] / scan["spacing_col_mm"]
    fits = image is not None and mask is not None and image.shape == mask.shape
    return screening_sheet.ScreenedScan(
        scan_id=scan_id,
        label=scan["label"],
        scan=image,
        mask=mask if fits else None,
        annotations=None if image is None else _read(lambda: _mark(study, scan_id, image) > 0),
        pixel_aspect=aspect if aspect > 0 else 1.0,
        findings=list(zip(findings["severity"], findings["check"], strict=True)),
    )


def _read(picture: Callable[[], Picture]) -> Picture | None:
    try:
        read = picture()
    except (OSError, ValueError):
        return None
    return read if read.size else None


def _image(study: Study, scan_id: str) -> tuple[str, Image.Image]:
    return scan_id, Image.fromarray(study.images[scan_id]())


def _annotate(study: Study, raw_images: Pictures, scan_id: str) -> tuple[str, Image.Image]:
    return scan_id, Image.fromarray(_mark(study, scan_id, np.asarray(raw_images[scan_id]())))


def _mark(study: Study, scan_id: str, scan: Scan) -> AnnotationMap:
    """Take the study's own annotations of a scan; where it has none that can be used, find them."""
    given = study.read_annotations(scan_id, scan)
    return (
        ultrasound.find_annotations(scan) if given is None else ultrasound.take_annotations(given)
    )


def _check_reading(
    study: Study, raw_images: Pictures, kept: set[str], reading: dict[Hashable, Any]
) -> dict[Hashable, Any]:
    scan_id = reading["scan_id"]
    size = raw_images[scan_id]().size[::-1] if scan_id in kept else None
    read = study.reader_masks.get(reading["reading_id"])
    return check_reading(reading, read, size=size)


def _mask(study: Study, scan_id: str) -> tuple[str, Image.Image]:
    return scan_id, Image.fromarray(study.masks[scan_id]())

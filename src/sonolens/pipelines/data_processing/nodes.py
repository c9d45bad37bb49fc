"""study -> screening, scans, raw_images, raw_masks, mass_measurements, splits, model_inputs."""

from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from sonolens import cohort, regions
from sonolens.arrays import ScanStack
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures, spacing_by_scan
from sonolens.pipelines.data_processing.parameters import ScreeningParameters, SplitParameters
from sonolens.pipelines.parameters import FramingParameters
from sonolens.progress import track
from sonolens.studies import Study, count_study
from sonolens.ultrasound import Framing

NamedPictures = Iterator[tuple[str, Image.Image]]


def screen_scans(study: Study, rules: ScreeningParameters) -> pd.DataFrame:
    """Read every scan once, in parallel, and list what is wrong with it or with its company."""
    inspected = in_parallel(partial(_inspect, study), study.scans["scan_id"])
    facts = track(inspected, description="Screening scans", total=len(study.scans))
    thresholds = rules.model_dump(exclude={"on_error"})
    return cohort.screen_scans(study.scans, facts, **thresholds)


def select_scans(study: Study, screening: pd.DataFrame, rules: ScreeningParameters) -> pd.DataFrame:
    """Stop at scans with errors, or leave them out."""
    return cohort.resolve_screening(study.scans, screening, on_error=rules.on_error)


def import_pictures(study: Study, scans: pd.DataFrame) -> tuple[NamedPictures, NamedPictures]:
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


def measure_masses(scans: pd.DataFrame, raw_masks: Pictures) -> pd.DataFrame:
    """Measure every mass in millimetres, for results by lesion size."""
    spacing = spacing_by_scan(scans)
    rows = []
    for scan_id in track(scans["scan_id"], description="Measuring masses", total=len(scans)):
        mask = np.asarray(raw_masks[scan_id](), dtype=bool)
        size = regions.measure_mass(mask, spacing_mm=spacing[scan_id])
        rows.append({"scan_id": scan_id, "size_mm": size.size_mm} | asdict(size))
    return pd.DataFrame(rows)


def describe_study(study: Study, scans: pd.DataFrame) -> dict[str, Any]:
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


def split_scans(
    study: Study, scans: pd.DataFrame, screening: pd.DataFrame, split: SplitParameters
) -> pd.DataFrame:
    """Deal patients, joined where they share duplicates, to train, validation and test."""
    groups = cohort.join_groups(scans, cohort.listed_duplicates(screening))
    validation_share, seed = split.validation_share, split.seed
    if split.scheme == "holdout":
        return cohort.split_holdout(
            scans,
            validation_share=validation_share,
            test_share=split.test_share,
            seed=seed,
            groups=groups,
        )
    if split.scheme == "kfold":
        return cohort.split_kfold(
            scans,
            folds=split.folds,
            repeats=split.repeats,
            validation_share=validation_share,
            seed=seed,
            groups=groups,
        )
    if study.official_folds is None:
        raise ValueError(
            f"study {study.name!r} has no official folds; set split.scheme to holdout or kfold"
        )
    return cohort.split_official(
        scans, study.official_folds, validation_share=validation_share, seed=seed, groups=groups
    )


def frame_scans(scans: pd.DataFrame, raw_images: Pictures, framing: FramingParameters) -> ScanStack:
    """Stack all scans at the network's input size, in the order of `scans`."""
    stack = np.empty((len(scans), framing.size_px, framing.size_px), dtype=np.uint8)
    framed = in_parallel(partial(_frame, raw_images, framing.size_px), scans["scan_id"])
    for place, scan in enumerate(track(framed, description="Framing scans", total=len(scans))):
        stack[place] = scan
    return stack


def _inspect(study: Study, scan_id: str) -> cohort.ScanFacts:
    return cohort.read_and_inspect(
        scan_id, read_image=study.images[scan_id], read_mask=study.masks[scan_id]
    )


def _image(study: Study, scan_id: str) -> tuple[str, Image.Image]:
    return scan_id, Image.fromarray(study.images[scan_id]())


def _mask(study: Study, scan_id: str) -> tuple[str, Image.Image]:
    return scan_id, Image.fromarray(study.masks[scan_id]())


def _frame(raw_images: Pictures, size_px: int, scan_id: str) -> np.ndarray:
    scan = np.asarray(raw_images[scan_id]())
    return Framing.of(scan, size_px=size_px).frame_scan(scan)

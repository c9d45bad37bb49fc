"""The station of preparation: scans, raw_images, annotations -> splits, model_inputs, shortcut_audit."""

import logging
from functools import partial

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline

from sonolens import cohort
from sonolens.arrays import ScanStack
from sonolens.evaluation import shortcuts
from sonolens.parallel import in_parallel
from sonolens.pipelines.collections import Pictures
from sonolens.pipelines.data_processing.parameters import ShortcutsParameters, SplitParameters
from sonolens.pipelines.parameters import EvaluationParameters, FramingParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.report.sections.shortcuts import tell_shortcuts
from sonolens.studies import Study
from sonolens.tables.cohort import ScansTable, ScreeningTable
from sonolens.tables.filled_in import name_units
from sonolens.tables.shortcuts import ScanPropertiesTable
from sonolens.ultrasound import Framing, blank_annotations

logger = logging.getLogger(__name__)


def preparation_station() -> Pipeline:
    """Split the patients of a study, frame its scans, and ask what else tells the label."""
    return station(
        "preparation",
        {
            split_scans: "splits",
            frame_scans: "model_inputs",
            score_shortcuts: "shortcut_audit",
        },
    )


def split_scans(
    study: Study, scans: ScansTable, screening: ScreeningTable, split: SplitParameters
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


def frame_scans(
    scans: ScansTable, raw_images: Pictures, annotations: Pictures, framing: FramingParameters
) -> ScanStack:
    """Stack all scans at the network's input size, in the order of `scans`, with annotations kept, blanked, or both."""
    stack = np.empty(
        (len(framing.ways), len(scans), framing.size_px, framing.size_px), dtype=np.uint8
    )
    framed = in_parallel(partial(_frame, raw_images, annotations, framing), scans["scan_id"])
    for place, ways in enumerate(track(framed, description="Framing scans", total=len(scans))):
        stack[:, place] = ways
    return stack.reshape(-1, framing.size_px, framing.size_px)


def score_shortcuts(
    scans: ScansTable,
    scan_properties: ScanPropertiesTable,
    screening: ScreeningTable,
    asking: ShortcutsParameters,
    scoring: EvaluationParameters,
) -> pd.DataFrame:
    """Score how well the label is told by what a network could learn instead of the mass."""
    audit = shortcuts.audit_shortcuts(
        scans,
        scan_properties,
        cohort.join_groups(scans, cohort.listed_duplicates(screening)),
        folding=asking.folding,
        bootstrap=scoring.bootstrap,
    )
    logger.info("%s", tell_shortcuts(audit, units=name_units(scans)))
    return audit


def _frame(
    raw_images: Pictures, annotations: Pictures, framing: FramingParameters, scan_id: str
) -> list[np.ndarray]:
    """Frame one scan in every way that is asked for."""
    scan = np.asarray(raw_images[scan_id]())
    frame = Framing.of(scan, size_px=framing.size_px).frame_scan
    return [
        frame(
            blank_annotations(scan, np.asarray(annotations[scan_id]())) if way == "blank" else scan
        )
        for way in framing.ways
    ]

"""study -> scans, raw_images, raw_masks, splits, model_inputs."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from PIL import Image

from sonolens.arrays import ScanStack
from sonolens.cohort import split_holdout
from sonolens.pipelines.collections import Pictures
from sonolens.pipelines.data_processing.parameters import FramingParameters, SplitParameters
from sonolens.progress import track
from sonolens.studies import Study
from sonolens.ultrasound import Framing

NamedPictures = Iterator[tuple[str, Image.Image]]


def import_study(study: Study) -> tuple[NamedPictures, NamedPictures, pd.DataFrame]:
    """Copy a study into the catalog: its images, its masks and the table that lists them.

    Images and masks stream, one at a time. Each image is checked against its mask as it is read,
    so a fault in either leaves nothing behind.
    """
    scan_ids = list(study.scans["scan_id"])
    images = (
        (scan_id, Image.fromarray(study.image(scan_id)))
        for scan_id in track(scan_ids, description="Importing scans", total=len(scan_ids))
    )
    masks = (
        (scan_id, Image.fromarray(study.masks[scan_id]()))
        for scan_id in track(scan_ids, description="Importing masks", total=len(scan_ids))
    )
    return images, masks, study.scans


def split_scans(scans: pd.DataFrame, split: SplitParameters) -> pd.DataFrame:
    """Deal the patients to train, validation and test."""
    return split_holdout(
        scans,
        validation_share=split.validation_share,
        test_share=split.test_share,
        seed=split.seed,
    )


def frame_scans(scans: pd.DataFrame, raw_images: Pictures, framing: FramingParameters) -> ScanStack:
    """Stack all scans at the network's input size, in the order of `scans`."""
    stack = np.empty((len(scans), framing.size_px, framing.size_px), dtype=np.uint8)
    named = track(scans["scan_id"], description="Framing scans", total=len(scans))
    for place, scan_id in enumerate(named):
        scan = np.asarray(raw_images[scan_id]())
        stack[place] = Framing.of(scan, size_px=framing.size_px).frame_scan(scan)
    return stack

"""The station of planting: params -> planted_scans, planted_inputs, planted_regions.

Whatever a study has, scans and later runs, bears the name of its cue in front.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline
from PIL import Image

from sonolens.arrays import FramedScan, Mask, ScanStack
from sonolens.parallel import in_parallel
from sonolens.pipelines.explainability.regions import draw_regions
from sonolens.pipelines.parameters import FramingParameters, RegionsParameters
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.studies import Study
from sonolens.ultrasound import Framing


def planting_station() -> Pipeline:
    """Plant one cue per phantom study, and draw what is judged and explained of it."""
    return station(
        "planting",
        {
            split_planted_scans: "planted_scans",
            draw_planted_scans: "planted_inputs",
            draw_planted_regions: "planted_regions",
        },
    )


def split_planted_scans(planted: PlantedEvidenceParameters) -> pd.DataFrame:
    """List the scans of every cue's phantom study, and split its patients into partitions."""
    tables = []
    for cue in planted.cues:
        scans = planted.plan_study(cue).scans
        partition = planted.split(scans).set_index("scan_id")["partition"]
        listed = scans.assign(cue=cue, partition=scans["scan_id"].map(partition))
        ids = ("scan_id", "lesion_id", "patient_id")
        tables.append(listed.assign(**{name: f"{cue}-" + scans[name] for name in ids}))
    return pd.concat(tables, ignore_index=True)


def draw_planted_scans(
    planted: PlantedEvidenceParameters, framing: FramingParameters
) -> Iterator[tuple[str, ScanStack]]:
    """Draw one phantom study per cue and frame its scans, study after study."""
    return (
        (cue, _frame_study(cue, planted.plan_study(cue), size_px=framing.size_px))
        for cue in planted.cues
    )


def draw_planted_regions(
    planted_scans: pd.DataFrame, planted: PlantedEvidenceParameters, regions: RegionsParameters
) -> Iterator[tuple[str, Image.Image]]:
    """Draw the mass, its ring and what lies below on the scans that are explained."""
    masks = {
        f"{cue}-{scan_id}": partial(_picture_mask, read)
        for cue in planted.cues
        for scan_id, read in planted.plan_study(cue).masks.items()
    }
    return draw_regions(
        masks, pd.concat([scans for _, scans in explained_scans(planted_scans)]), regions
    )


def by_study(planted_scans: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every cue with its scans, their index the place in its stack."""
    for cue, scans in planted_scans.groupby("cue", sort=False):
        yield str(cue), scans.reset_index(drop=True)


def explained_scans(planted_scans: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every cue with its malignant test scans, their index the place in its stack."""
    for cue, scans in by_study(planted_scans):
        yield cue, scans.query("partition == 'test' and label == 'malignant'")


def _frame_study(cue: str, study: Study, *, size_px: int) -> ScanStack:
    scan_ids = list(study.scans["scan_id"])
    framed = in_parallel(partial(_draw_framed, study, size_px), scan_ids)
    return np.stack(
        list(track(framed, description=f"Drawing phantoms, {cue}", total=len(scan_ids)))
    )


def _draw_framed(study: Study, size_px: int, scan_id: str) -> FramedScan:
    scan = study.images[scan_id]()
    return Framing.of(scan, size_px=size_px).frame_scan(scan)


def _picture_mask(read: Callable[[], Mask]) -> Image.Image:
    return Image.fromarray(read())

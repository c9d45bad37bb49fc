"""The station of planting: params, and the study if it is the canvas -> planted_scans, planted_inputs, planted_regions, planted_sheet.

Whatever a study has, scans and later runs, bears the name of its cue in front.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline
from matplotlib.figure import Figure
from PIL import Image

from sonolens.arrays import FramedScan, Mask, ScanStack
from sonolens.evaluation.experiments.doses import Dose
from sonolens.figures import planted_sheet as figure
from sonolens.parallel import Pending, in_parallel
from sonolens.pipelines.explainability.regions import draw_regions
from sonolens.pipelines.parameters import FramingParameters, RegionsParameters
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.planted_evidence.studies import PLANTS
from sonolens.pipelines.planted_evidence.tissue import Tissue, list_planted
from sonolens.pipelines.planted_evidence.tissue_plants import TISSUE_PLANTS
from sonolens.pipelines.stations import station
from sonolens.progress import track
from sonolens.studies import Study
from sonolens.tables.vocabulary import Unions
from sonolens.ultrasound import ANNOTATION_KINDS, Framing

IDS = ("scan_id", "lesion_id", "patient_id")
SCANS_SHOWN = 3

UnreadStudy: TypeAlias = Callable[[], Study]
"""The study, read when it is called for: phantoms as a canvas need none."""


def planting_station() -> Pipeline:
    """Plant one cue per study, and draw what is judged and explained of it."""
    return station(
        "planting",
        {
            split_planted_scans: "planted_scans",
            draw_planted_scans: "planted_inputs",
            draw_planted_regions: "planted_regions",
            draw_planted_sheet: "planted_sheet",
        },
    )


def split_planted_scans(
    canvas_study: UnreadStudy, planted: PlantedEvidenceParameters, regions: RegionsParameters
) -> pd.DataFrame:
    """List the scans of every cue's study, and split its patients into partitions."""
    listed = (
        list_planted(Tissue(canvas_study(), planted, regions))
        if planted.canvas == "study"
        else _list_phantoms(planted)
    )
    return listed.assign(**{name: listed["cue"] + "-" + listed[name] for name in IDS})


def draw_planted_scans(
    planted_scans: pd.DataFrame,
    canvas_study: UnreadStudy,
    planted: PlantedEvidenceParameters,
    regions: RegionsParameters,
    framing: FramingParameters,
) -> Iterator[tuple[str, ScanStack]]:
    """Draw the study of every cue and frame its scans, study after study."""
    return (
        (cue, _frame_study(cue, shown, size_px=framing.size_px))
        for cue, shown in _show(planted_scans, canvas_study, planted, regions)
    )


def draw_planted_regions(
    planted_scans: pd.DataFrame,
    canvas_study: UnreadStudy,
    planted: PlantedEvidenceParameters,
    regions: RegionsParameters,
) -> Pending[list[tuple[str, Image.Image]]]:
    """Draw the mass, its ring and what lies below on the scans that are explained, and marks that were planted."""
    masks: dict[str, Callable[[], Image.Image]] = {}
    marks: dict[str, Callable[[], Image.Image]] = {}
    for cue, shown in _show(planted_scans, canvas_study, planted, regions):
        masks |= {f"{cue}-{name}": partial(_picture, read) for name, read in shown.masks.items()}
        marks |= {
            f"{cue}-{name}": partial(_picture_mark, read)
            for name, read in shown.annotations.items()
        }
    explained = pd.concat([scans for _, scans in explained_scans(planted_scans)])
    return draw_regions(masks, explained, regions, annotations=marks)


def draw_planted_sheet(
    planted_scans: pd.DataFrame,
    canvas_study: UnreadStudy,
    planted: PlantedEvidenceParameters,
    regions: RegionsParameters,
) -> Figure:
    """Draw what was planted in a few scans, beside the same scans without it where there are such."""
    doses = {Dose.parse(cue): cue for cue in planted_scans["cue"].unique()}
    rising = sorted(doses, key=lambda dose: (dose.strength, dose.share))
    strongest = {dose.plant: doses[dose] for dose in rising if dose.share > 0}
    tiles = []
    for cue, shown in _show(planted_scans, canvas_study, planted, regions):
        if cue not in strongest.values():
            continue
        of_cue = shown.scans[shown.scans["bears"]]
        for scan_id in of_cue["scan_id"].head(SCANS_SHOWN):
            without = canvas_study().images[scan_id]() if planted.canvas == "study" else None
            tiles.append(
                figure.PlantedTile(
                    plant=Dose.parse(cue).plant,
                    scan_id=scan_id,
                    without=without,
                    scan=shown.images[scan_id](),
                    mass=shown.masks[scan_id](),
                )
            )
    return figure.draw_planted_sheet(tiles)


def own_scans(planted_scans: pd.DataFrame, cue: str) -> pd.DataFrame:
    """The scans of one cue by their own names, which their fits are told: checkpoints know them by these."""
    scans = planted_scans[planted_scans["cue"] == cue].reset_index(drop=True)
    return scans.assign(**{name: scans[name].str.removeprefix(f"{cue}-") for name in IDS})


def by_study(planted_scans: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every cue with its scans, their index the place in its stack."""
    for cue, scans in planted_scans.groupby("cue", sort=False):
        yield str(cue), scans.reset_index(drop=True)


def explained_scans(planted_scans: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield every cue with its malignant test scans that bear it, their index the place in its stack.

    Where none bears it - the null - all malignant test scans are explained: what is found there is a false alarm.
    """
    for cue, scans in by_study(planted_scans):
        malignant = scans.query("partition == 'test' and label == 'malignant'")
        yield cue, malignant[malignant["bears"]] if malignant["bears"].any() else malignant


def played_regions(cue: str) -> Unions:
    """The regions of a cue's pointing game, ``planted`` among them."""
    if cue in PLANTS:
        return PLANTS[cue].played_regions
    return TISSUE_PLANTS[Dose.parse(cue).plant].played_regions


def _list_phantoms(planted: PlantedEvidenceParameters) -> pd.DataFrame:
    tables = []
    for cue in planted.cues:
        scans = planted.plan_phantoms(cue).scans
        partition = planted.split(scans).set_index("scan_id")["partition"]
        tables.append(
            scans.assign(
                cue=cue,
                partition=scans["scan_id"].map(partition),
                bears=scans["label"] == "malignant",
                true_label=scans["label"],
            )
        )
    return pd.concat(tables, ignore_index=True)


def _show(
    planted_scans: pd.DataFrame,
    canvas_study: UnreadStudy,
    planted: PlantedEvidenceParameters,
    regions: RegionsParameters,
) -> Iterator[tuple[str, Study]]:
    """Yield every cue with its study: phantoms, or the user's scans with the plant in those that bear it."""
    for cue in planted_scans["cue"].unique():
        scans = own_scans(planted_scans, cue)
        if planted.canvas == "study":
            tissue = Tissue(canvas_study(), planted, regions)
            yield cue, tissue.show(Dose.parse(cue), scans)
        else:
            phantoms = planted.plan_phantoms(cue)
            yield cue, replace(phantoms, scans=scans)


def _frame_study(cue: str, study: Study, *, size_px: int) -> ScanStack:
    scan_ids = list(study.scans["scan_id"])
    framed = in_parallel(partial(_draw_framed, study, size_px), scan_ids)
    return np.stack(list(track(framed, description=f"Drawing scans, {cue}", total=len(scan_ids))))


def _draw_framed(study: Study, size_px: int, scan_id: str) -> FramedScan:
    scan = study.images[scan_id]()
    return Framing.of(scan, size_px=size_px).frame_scan(scan)


def _picture(read: Callable[[], Mask]) -> Image.Image:
    return Image.fromarray(read())


def _picture_mark(read: Callable[[], Mask]) -> Image.Image:
    return Image.fromarray(read() * np.uint8(ANNOTATION_KINDS["given"]))

"""The scans of a study as a canvas: which take part, what they are called, and what each is with its plant."""

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import isnan
from zlib import crc32

import numpy as np
import pandas as pd

from sonolens import cohort
from sonolens.arrays import Mask, Scan
from sonolens.evaluation.experiments.doses import Dose
from sonolens.pipelines.collections import spacing_by_scan
from sonolens.pipelines.parameters import RegionsParameters
from sonolens.pipelines.planted_evidence.parameters import PlantedEvidenceParameters
from sonolens.pipelines.planted_evidence.tissue_plants import TISSUE_PLANTS, find_site, has_room
from sonolens.progress import track
from sonolens.studies import Study
from sonolens.tables.cohort import ScansTable
from sonolens.ultrasound.plants import PLANT_FUNCTIONS, Canvas

FEWEST_MASSES = 12

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tissue:
    """A study whose scans bear plants.

    Attributes:
        study: As it was read.
        planted: What is planted, and how scans become echoes.
        regions: How the regions of a scan are drawn; plants lie in them.
    """

    study: Study
    planted: PlantedEvidenceParameters
    regions: RegionsParameters

    def choose_scans(self) -> ScansTable:
        """Choose masses by lot whose scans all have room for every plant, so that all doses show the same scans.

        Raises:
            ValueError: If fewer than `FEWEST_MASSES` can take part.
        """
        asked = self.planted.study_canvas
        scans = self.study.scans
        lesions = np.sort(scans["lesion_id"].unique().astype(object))
        lots = np.random.default_rng(self.planted.study_seed).permutation(lesions)
        scan_ids = scans.groupby("lesion_id")["scan_id"].agg(list)
        chosen: list[object] = []
        refused: dict[str, str] = {}
        for lesion in track(lots, description="Looking for room", total=len(lots)):
            if len(chosen) == asked.masses:
                break
            reason = next(filter(None, map(self._find_obstacle, scan_ids[lesion])), "")
            if reason:
                refused[str(lesion)] = reason
            else:
                chosen.append(lesion)
        if refused:
            first, reason = next(iter(refused.items()))
            logger.info("%d masses carry no plant; the first, %s: %s", len(refused), first, reason)
        if len(chosen) < FEWEST_MASSES:
            raise ValueError(
                f"only {len(chosen)} masses of study {self.study.name!r} can carry {', '.join(asked.plants)}, and "
                f"{FEWEST_MASSES} are needed; name fewer plants, or a larger study"
            )
        return scans[scans["lesion_id"].isin(chosen)].reset_index(drop=True)

    def show(self, dose: Dose, scans: pd.DataFrame) -> Study:
        """Show the scans of a dose: those that bear it with the plant, all others as they are.

        Args:
            dose: The plant, and how strong it is.
            scans: The scans that take part, by their own names; those that `bears` it.
        """
        shown = list(scans["scan_id"])
        bearing = set(scans.loc[scans["bears"], "scan_id"])
        images: dict[str, Callable[[], Scan]] = {
            scan_id: partial(self._plant, dose, scan_id)
            if scan_id in bearing
            else self.study.images[scan_id]
            for scan_id in shown
        }
        masks = {scan_id: self.study.masks[scan_id] for scan_id in shown}
        marks = {scan_id: partial(self._mark, dose.plant, scan_id) for scan_id in shown}
        return replace(
            self.study, scans=scans, images=images, masks=masks, annotations=marks, readings=None
        )

    def prepare(self, plants: Collection[str], scan_id: str) -> Iterator[tuple[str, Canvas]]:
        """Prepare one scan to be planted in, once per plant.

        Raises:
            ValueError: If scan or mask cannot be used, or a site is empty.
        """
        scan, mask = self.study.image(scan_id), self.study.masks[scan_id]()
        spacing_mm = self._spacing(scan_id, len(scan))
        region_map = self.regions.partition(
            mask, spacing_mm=self._known_spacing(scan_id), scan_id=scan_id
        )
        for plant in plants:
            yield (
                plant,
                Canvas(
                    scan=scan,
                    mass=mask,
                    site=find_site(
                        plant, mask, region_map, spacing_mm=spacing_mm, rng=self._dice(scan_id)
                    ),
                    spacing_mm=spacing_mm,
                    dynamic_range_db=self.planted.study_canvas.dynamic_range_db,
                ),
            )

    def _plant(self, dose: Dose, scan_id: str) -> Scan:
        ((_, canvas),) = self.prepare([dose.plant], scan_id)
        plant = PLANT_FUNCTIONS[TISSUE_PLANTS[dose.plant].plant]
        return plant(canvas, strength=dose.strength, rng=self._dice(f"{dose.plant}/{scan_id}"))

    def _dice(self, about: str) -> np.random.Generator:
        """Dice that fall alike whenever they are thrown about one thing."""
        return np.random.default_rng([self.planted.study_seed, crc32(about.encode())])

    def _mark(self, plant: str, scan_id: str) -> Mask:
        """Tell what is no tissue: the site of a mark. What was burnt in before stays tissue, for it tells no label."""
        if not TISSUE_PLANTS[plant].is_mark:
            return np.zeros_like(self.study.masks[scan_id]())
        ((_, canvas),) = self.prepare([plant], scan_id)
        return canvas.site

    def _find_obstacle(self, scan_id: str) -> str:
        """Say why a scan cannot carry every plant, or nothing."""
        try:
            for plant, canvas in self.prepare(self.planted.study_canvas.plants, scan_id):
                wide = TISSUE_PLANTS[plant].is_wide
                if wide and not has_room(canvas.site, spacing_mm=canvas.spacing_mm):
                    return f"scan {scan_id!r} has no room for {plant}"
        except (OSError, ValueError) as error:
            return str(error)
        return ""

    def _known_spacing(self, scan_id: str) -> tuple[float, float]:
        of_scan = self.study.scans[self.study.scans["scan_id"] == scan_id]
        return spacing_by_scan(of_scan)[scan_id]

    def _spacing(self, scan_id: str, rows: int) -> tuple[float, float]:
        """Read the spacing, or take the scan to be as deep as assumed and its pixels to be square."""
        row_mm, col_mm = self._known_spacing(scan_id)
        if isnan(row_mm) or isnan(col_mm):
            row_mm = col_mm = self.planted.study_canvas.assumed_depth_mm / rows
        return row_mm, col_mm


def list_planted(tissue: Tissue) -> pd.DataFrame:
    """List the scans of every dose, with the labels that were drawn, their partitions, and who bears the plant."""
    planted = tissue.planted
    chosen = tissue.choose_scans()
    scans = chosen.assign(
        true_label=chosen["label"],
        label=cohort.draw_labels(
            chosen, malignant_share=planted.malignant_share, seed=planted.study_seed
        ),
    )
    partition_of = planted.split(scans).set_index("scan_id")["partition"]
    scans = scans.assign(partition=scans["scan_id"].map(partition_of))
    return pd.concat(
        [
            scans.assign(
                cue=dose.cue,
                bears=cohort.choose_bearers(
                    scans, scans["partition"], share=dose.share, seed=planted.study_seed
                ),
            )
            for dose in planted.study_canvas.doses
        ],
        ignore_index=True,
    )

"""What a network is asked about a scan's regions: the framed scan, its regions and placebos, and what fills are of."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sonolens.arrays import ScanStack
from sonolens.evaluation.reliance import Question, pair_strangers
from sonolens.pipelines.collections import Pictures
from sonolens.pipelines.explainability.asked_networks import framed_scans
from sonolens.pipelines.explainability.parameters import RelianceParameters
from sonolens.removal import FillSources, Players, divide_scan, find_tissue, move_regions
from sonolens.tables.cohort import ScansTable
from sonolens.tables.training import DecisionsTable
from sonolens.tables.vocabulary import LABELS


def prepare_questions(
    model_inputs: ScanStack,
    region_masks: Pictures,
    scans: ScansTable,
    decisions: DecisionsTable,
    patient_ids: "pd.Series[str]",
    reliance: RelianceParameters,
) -> Iterator[tuple[str, Question]]:
    """Prepare one question after the other.

    Donors, speckle and regions of a scan are the same whichever others are asked about; the stranger whose regions
    are exchanged for its own is one of those others.

    Args:
        decisions: Those of one run; its training scans of other patients are donors.
        patient_ids: The patient of every scan that is asked about, indexed by scan.

    Yields:
        The scan and what is asked of it.

    Raises:
        ValueError: If fill ``donor`` is asked for and a label has too few training scans of other patients.
    """
    numbers = pd.Index(scans["scan_id"])
    training = decisions[decisions["partition"] == "train"]
    strangers = pair_strangers(patient_ids, seed=reliance.seed)
    framed = framed_scans(model_inputs, scans, list(patient_ids.index))
    for scan, (scan_id, patient), stranger in zip(
        framed, patient_ids.items(), strangers, strict=True
    ):
        number = int(numbers.get_loc(scan_id))
        others = training[training["patient_id"] != patient]
        donors = _draw_donors(others, reliance, number) if "donor" in reliance.fills else []
        partitions = _divide(
            region_masks, str(scan_id), stranger, size_px=scan.shape[0], reliance=reliance
        )
        sources = FillSources(
            tissue=find_tissue(partitions["none"]),
            donors=framed_scans(model_inputs, scans, donors),
            seed=reliance.seed + number,
        )
        yield str(scan_id), Question(scan, partitions, sources)


def _divide(
    region_masks: Pictures,
    scan_id: str,
    stranger: str | None,
    *,
    size_px: int,
    reliance: RelianceParameters,
) -> dict[str, Players]:
    """Divide a framed scan among its own regions, and among placebos as far as it has any."""
    own = np.asarray(region_masks[scan_id]())
    divided = {"none": own}
    if "moved" in reliance.nulls and (moved := move_regions(own)) is not None:
        divided["moved"] = moved
    if "exchanged" in reliance.nulls and stranger is not None:
        divided["exchanged"] = np.asarray(region_masks[stranger]())
    return {
        null: divide_scan(region_map, size_px=size_px, feather_px=reliance.feather_px)
        for null, region_map in divided.items()
    }


def _draw_donors(others: pd.DataFrame, reliance: RelianceParameters, number: int) -> list[str]:
    """Draw training scans of each label for the scan of a number."""
    rng = np.random.default_rng([reliance.seed, number])
    drawn: list[str] = []
    for label in LABELS:
        pool = others.loc[others["label"] == label, "scan_id"].to_numpy()
        if len(pool) < reliance.donor_pairs:
            raise ValueError(
                f"fill donor needs {reliance.donor_pairs} {label} training scans of other patients but there are "
                f"{len(pool)}; lower reliance.donor_pairs, or leave donor out of reliance.fills"
            )
        drawn += rng.choice(pool, reliance.donor_pairs, replace=False).tolist()
    return drawn

"""From a file to a scan that a network can be asked about, or to the line that says why not."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sonolens.arrays import AnnotationMap, FramedScan
from sonolens.cohort import SEVERITY, describe_annotations, inspect_scan, judge_scan
from sonolens.explain import settings
from sonolens.explain.naming import name_scans, tell_refusal
from sonolens.studies import OneScan, find_mask_of, find_scans, read_one
from sonolens.travel.card import CardFraming
from sonolens.ultrasound import Framing, blank_annotations, find_annotations

ABOUT_MASKS = {"empty_mask"}
"""Findings that say nothing where no mask was given."""

TOLD_ELSEWHERE = {"absent_spacing"}


@dataclass(frozen=True)
class GivenScan:
    """A file that is to be explained.

    Attributes:
        number: Its place among the scans given, from 1.
        name: What it is called in all that is written.
        file: Where it lies.
        mask: Where its mask lies, if it has one.
        refused: Why it cannot be asked about, as far as this is known before it is read; empty if it can.
    """

    number: int
    name: str
    file: Path
    mask: Path | None = None
    refused: str = ""


@dataclass(frozen=True)
class Refused:
    """A scan that was left out, and why in one line."""

    number: int
    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Prepared:
    """A scan that is ready.

    Attributes:
        given: What it is called.
        one: What was read.
        annotations: What is no tissue on it, by kind.
        annotation_shares: How much of the picture that is, in all and by kind; see `describe_annotations`.
        framed: As the network sees it.
        remarks: What screening warns of.
    """

    given: GivenScan
    one: OneScan
    annotations: AnnotationMap
    annotation_shares: Mapping[str, float]
    framed: FramedScan
    remarks: tuple[str, ...]


def list_given(paths: Sequence[Path], *, masks: Sequence[Path], names: str) -> list[GivenScan]:
    """List the scans that are meant by files and folders.

    Args:
        paths: Files, and folders whose scans are taken (`find_scans`).
        masks: None, one per scan in their order, or one folder whose files bear the scans' names.
        names: How scans are called; one of `NAMES`.

    Raises:
        FileNotFoundError: A path does not exist.
        ValueError: A folder holds no scan, or there are as many masks as nobody can assign.
    """
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist; name a scan or a folder of scans")
        found = find_scans(path) if path.is_dir() else [path]
        if not found:
            raise ValueError(f"folder {path.name!r} holds no picture and no DICOM file")
        files += found
    called = name_scans(files, names=names)
    given = [
        GivenScan(n, name, f) for n, (name, f) in enumerate(zip(called, files, strict=True), 1)
    ]
    return _assign_masks(given, masks)


def prepare(
    given: GivenScan,
    framing: CardFraming,
    *,
    spacing_mm: tuple[float, float] | None,
    frame: int | None,
) -> Prepared | Refused:
    """Read, inspect and frame one scan; whatever is wrong with it costs this scan alone."""
    if given.refused:
        return Refused(given.number, given.name, given.refused)
    try:
        one = read_one(given.file, mask=given.mask, spacing_mm=spacing_mm, frame=frame)
        remarks = _inspect(one, given)
    except (OSError, ValueError) as error:
        return Refused(
            given.number, given.name, tell_refusal(error, file=given.file, name=given.name)
        )
    annotations = find_annotations(one.scan)
    seen = blank_annotations(one.scan, annotations) if framing.annotations == "blank" else one.scan
    framed = Framing.of(seen, size_px=framing.size_px).frame_scan(seen)
    return Prepared(
        given=given,
        one=one,
        annotations=annotations,
        annotation_shares=describe_annotations(annotations),
        framed=framed,
        remarks=remarks,
    )


def _assign_masks(given: list[GivenScan], masks: Sequence[Path]) -> list[GivenScan]:
    if not masks:
        return given
    if len(masks) == 1 and masks[0].is_dir():
        lying = [file for file in sorted(masks[0].rglob("*")) if file.is_file()]
        return [_find_mask(each, lying) for each in given]
    if len(masks) != len(given):
        raise ValueError(
            f"there are {len(masks)} masks for {len(given)} scans; give one each in their order, or one folder whose "
            "files bear the names of the scans"
        )
    return [
        GivenScan(each.number, each.name, each.file, mask)
        for each, mask in zip(given, masks, strict=True)
    ]


def _find_mask(given: GivenScan, lying: Sequence[Path]) -> GivenScan:
    try:
        mask, why_not = find_mask_of(given.file, lying), ""
    except ValueError as error:
        mask, why_not = None, str(error)
    return GivenScan(given.number, given.name, given.file, mask, why_not)


def _inspect(one: OneScan, given: GivenScan) -> tuple[str, ...]:
    """Judge a scan as a study's scans are judged.

    Returns:
        What it is warned of.

    Raises:
        ValueError: It has an error.
    """
    for side in one.spacing_mm:
        if not math.isnan(side) and not 0 < side < math.inf:
            raise ValueError(f"a pixel of {side:g} mm is no length; give height and width in mm")
    mask = np.zeros(one.scan.shape, dtype=bool) if one.mask is None else one.mask
    facts = inspect_scan(one.scan, mask, scan_id=given.name, remarks=one.remarks)
    left_out = TOLD_ELSEWHERE | (ABOUT_MASKS if one.mask is None else set())
    found = [
        finding
        for finding in judge_scan(
            facts,
            spacing_mm=one.spacing_mm,
            min_side_px=settings.MIN_SIDE_PX,
            max_mask_components=settings.MAX_MASK_COMPONENTS,
            depth_mm=settings.DEPTH_MM,
        )
        if finding.check not in left_out
    ]
    for finding in found:
        if SEVERITY[finding.check] == "error":
            raise ValueError(finding.message)
    return tuple(
        tell_refusal(ValueError(finding.message), file=given.file, name=given.name)
        for finding in found
    )

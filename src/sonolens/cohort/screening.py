"""What is wrong with a study's scans, found before anything is learnt from them."""

import logging
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from sonolens.cohort.drawing_findings import judge_company, judge_content, judge_drawing
from sonolens.cohort.duplicates import MIN_KINSHIP, group_duplicates
from sonolens.cohort.file_names import (
    find_formula_like_ids,
    find_unportable_ids,
    find_unusable_ids,
)
from sonolens.cohort.finding import Finding
from sonolens.cohort.identities import find_crowded_patients, find_likely_ids
from sonolens.cohort.inspection import ScanFacts
from sonolens.tables import vocabulary
from sonolens.tables.cohort import ScansTable, ScreeningTable

logger = logging.getLogger(__name__)

SEVERITY = {
    "unreadable": "error",
    "tiny_scan": "error",
    "no_content": "error",
    "coloured_scan": "warning",
    "mask_size": "error",
    "empty_mask": "error",
    "mask_levels": "warning",
    "inverted_mask": "error",
    "large_mask": "warning",
    "tiny_mask": "error",
    "open_outline": "error",
    "thin_mask": "warning",
    "stray_pixels": "warning",
    "mask_at_border": "warning",
    "many_components": "warning",
    "same_mask": "warning",
    "bright_masses": "warning",
    "unusable_annotations": "warning",
    "absent_spacing": "warning",
    "implausible_spacing": "error",
    "identical_scans": "warning",
    "near_identical_scans": "warning",
    "kindred_scans": "warning",
    "conflicting_duplicates": "error",
    "lesion_with_two_labels": "error",
    "patient_with_many_lesions": "warning",
    "column_like_an_id": "warning",
    "unusable_id": "error",
    "unportable_id": "warning",
    "formula_like_id": "warning",
}
"""Every check and how grave its findings are, in the order in which a scan's findings are listed."""

ON_ERROR = ("stop", "drop")
"""What becomes of a study with errors: it is refused, or their scans are left out."""

KEPT_TOGETHER = ("identical_scans", "near_identical_scans", "kindred_scans")
"""Checks whose findings name a group; every scan has at most one of them."""

COLUMNS = ("scan_id", "check", "severity", "value", "message")
FINDINGS_NAMED = 3
"""How many findings an error or log line tells before it only counts."""


def screen_scans(
    scans: ScansTable,
    facts: Iterable[ScanFacts],
    *,
    min_side_px: int,
    max_mask_components: int,
    min_depth_mm: float,
    max_depth_mm: float,
    min_correlation: float,
    min_kinship: float = MIN_KINSHIP,
) -> pd.DataFrame:
    """Judge every scan by itself and beside all others.

    Args:
        facts: One per scan, in any order; further ones are ignored.
        min_side_px: A scan with a shorter side is tiny.
        max_mask_components: A mask in more pieces has many.
        min_depth_mm: A shallower field of view, rows times row spacing, is implausible.
        max_depth_mm: A deeper one is implausible.
        min_correlation: From this correlation of their textures, once laid on each other, two scans
            are near-identical: one scan, saved another way.
        min_kinship: From this one they are kindred: they may show one mass in two frames.

    Returns:
        One row per finding, in the order of `scans` and then of `SEVERITY`: `scan_id`, `check`,
        `severity` (`error` or `warning`), `value` as text (for duplicates the name of their group)
        and `message`. Empty if nothing was found.

    Raises:
        ValueError: If a scan has no facts.
    """
    facts_of = {fact.scan_id: fact for fact in facts}
    lacking = [scan_id for scan_id in scans["scan_id"] if scan_id not in facts_of]
    if lacking:
        raise ValueError(
            f"scan {lacking[0]!r} and {len(lacking) - 1} more were not inspected; "
            "inspect every scan of the table before screening it"
        )
    findings: list[Finding] = []
    for row in scans.to_dict("records"):
        findings += judge_scan(
            facts_of[row["scan_id"]],
            spacing_mm=(row["spacing_row_mm"], row["spacing_col_mm"]),
            min_side_px=min_side_px,
            max_mask_components=max_mask_components,
            depth_mm=(min_depth_mm, max_depth_mm),
        )
    duplicates = _find_duplicates(
        scans, facts_of, min_correlation=min_correlation, min_kinship=min_kinship
    )
    label_of = dict(zip(scans["scan_id"], scans["label"], strict=True))
    alike = dict(zip(duplicates["scan_id"], duplicates["group"], strict=True))
    findings += judge_company([facts_of[scan_id] for scan_id in scans["scan_id"]], alike=alike)
    findings += _judge_duplicates(duplicates, label_of=label_of)
    findings += _judge_lesions(scans)
    findings += _judge_ids(scans)
    return _tabulate(findings, order=list(scans["scan_id"]))


def listed_duplicates(screening: ScreeningTable) -> pd.Series:
    """Read out of the screening which scans must stay together: the same, or kindred.

    Args:
        screening: What `screen_scans` returned.

    Returns:
        The group of every scan that has a duplicate or a kindred scan, indexed by scan id.
    """
    rows = screening[screening["check"].isin(KEPT_TOGETHER)]
    return rows.set_index("scan_id")["value"].rename("group")


def resolve_screening(
    scans: ScansTable, screening: ScreeningTable, *, on_error: str
) -> pd.DataFrame:
    """Keep the scans without errors, or refuse to go on.

    Args:
        screening: What `screen_scans` found in them.
        on_error: `stop` refuses a study with any error, `drop` leaves the scans with errors out and
            logs them. Duplicates with different labels all have an error, so all of them go.

    Returns:
        The scans kept, in their order and numbered from 0.

    Raises:
        ValueError: If there are errors and `on_error` is `stop`, if no benign or no malignant scan
            is kept, or if `on_error` is neither.
    """
    if on_error not in ON_ERROR:
        raise ValueError(f"on_error {on_error!r} is unknown; choose {' or '.join(ON_ERROR)}")
    errors = screening[
        (screening["severity"] == "error") & screening["scan_id"].isin(scans["scan_id"])
    ]
    kept = scans[~scans["scan_id"].isin(errors["scan_id"])].reset_index(drop=True)
    if errors.empty:
        return kept
    told = f"{len(scans) - len(kept)} of {len(scans)} scans: {_tell(errors)}"
    if on_error == "stop":
        raise ValueError(
            f"screening found errors in {told}; repair the data set, or leave these scans out "
            "with screening.on_error: drop"
        )
    counts = kept["label"].value_counts().reindex(list(vocabulary.LABELS), fill_value=0)
    if (counts == 0).any():
        raise ValueError(
            f"without the scans with errors the study keeps {counts['benign']} benign and "
            f"{counts['malignant']} malignant scans, but needs both; screening found errors in {told}"
        )
    logger.warning("Left out by screening: %s", told.replace("[", "(").replace("]", ")"))
    return kept


def judge_scan(
    facts: ScanFacts,
    *,
    spacing_mm: tuple[float, float],
    min_side_px: int,
    max_mask_components: int,
    depth_mm: tuple[float, float],
) -> Iterator[Finding]:
    """Judge a scan, its mask and its spacing without regard to other scans.

    Args:
        facts: From `sonolens.cohort.inspect_scan`.
        spacing_mm: Height and width of a pixel; NaN where unknown.
        min_side_px: As for `screen_scans`.
        max_mask_components: Likewise.
        depth_mm: Depths of the field below and above which the spacing is implausible.
    """
    yield from _judge_picture(
        facts, min_side_px=min_side_px, max_mask_components=max_mask_components
    )
    yield from judge_content(facts)
    yield from judge_drawing(facts, spacing_mm=spacing_mm)
    yield from _judge_spacing(facts, spacing_mm=spacing_mm, depth_mm=depth_mm)


def _judge_picture(
    facts: ScanFacts, *, min_side_px: int, max_mask_components: int
) -> Iterator[Finding]:
    """Judge what was read, or that nothing could be."""
    scan_id = facts.scan_id
    if facts.unreadable:
        yield Finding(scan_id, "unreadable", "", facts.unreadable)
        return
    size, mask_size = (f"{rows} x {cols}" for rows, cols in (facts.size_px, facts.mask_size_px))
    if min(facts.size_px) < min_side_px:
        message = f"scan is {size} pixels, less than {min_side_px} on a side; get it in full size"
        yield Finding(scan_id, "tiny_scan", size, message)
    if facts.size_px != facts.mask_size_px:
        message = f"mask is {mask_size} pixels but the scan {size}; draw it on the native scan"
        yield Finding(scan_id, "mask_size", mask_size, message)
    if facts.mask_components == 0:
        message = "mask is empty, so there is no region to point at; draw the mass or drop the scan"
        yield Finding(scan_id, "empty_mask", "0", message)
    if facts.mask_at_border:
        message = "mask reaches the scan's border, so the ring or the region below is cut off"
        yield Finding(scan_id, "mask_at_border", "", message)
    if facts.mask_components > max_mask_components:
        pieces = str(facts.mask_components)
        message = (
            f"mask has {pieces} pieces, more than {max_mask_components}; see whether all are masses"
        )
        yield Finding(scan_id, "many_components", pieces, message)


def _judge_spacing(
    facts: ScanFacts, *, spacing_mm: tuple[float, float], depth_mm: tuple[float, float]
) -> Iterator[Finding]:
    """Judge the spacing by the depth of the field that it makes."""
    if np.isnan(spacing_mm).any():
        message = "pixel spacing is unknown, so no ring in millimetres can be drawn"
        yield Finding(facts.scan_id, "absent_spacing", "", message)
    rows, (low, high) = facts.size_px[0], depth_mm
    depth = rows * spacing_mm[0]
    if not facts.unreadable and (depth < low or depth > high):
        message = (
            f"{rows} rows of {spacing_mm[0]:g} mm make a field {depth:.4g} mm deep, outside "
            f"{low:g}-{high:g} mm; give the native spacing in mm"
        )
        yield Finding(facts.scan_id, "implausible_spacing", f"{depth:.4g} mm", message)


def _find_duplicates(
    scans: ScansTable,
    facts_of: dict[str, ScanFacts],
    *,
    min_correlation: float,
    min_kinship: float,
) -> pd.DataFrame:
    """Group the scans that could be read with their copies and kindred."""
    fingerprints = {
        scan_id: fingerprint
        for scan_id in scans["scan_id"]
        if (fingerprint := facts_of[scan_id].fingerprint) is not None
    }
    return group_duplicates(
        fingerprints,
        min_correlation=min_correlation,
        min_kinship=min_kinship,
        patient_of=dict(zip(scans["scan_id"], scans["patient_id"], strict=True)),
    )


def _judge_duplicates(duplicates: pd.DataFrame, *, label_of: dict[str, str]) -> Iterator[Finding]:
    """Name every scan's relatives, and the copies of one scan that cannot agree on a label."""
    label = duplicates["scan_id"].map(label_of)
    in_conflict = label.groupby(duplicates["same_scan"]).transform("nunique") > 1
    rows = duplicates.assign(label=label, in_conflict=in_conflict).to_dict("records")
    for row in rows:
        scan_id, group, closest = row["scan_id"], row["group"], row["closest"]
        alike = f"{closest!r} (correlation {row['correlation']:.3f} once laid on it)"
        if row["identical"]:
            message = f"same pixels as {closest!r}; they stay in one partition"
            yield Finding(scan_id, "identical_scans", group, message)
        elif row["same"]:
            message = f"the same scan, saved another way, as {alike}; they stay in one partition"
            yield Finding(scan_id, "near_identical_scans", group, message)
        else:
            message = f"may show the same mass as {alike}; they stay in one partition"
            if row["label"] != label_of[closest]:
                message += (
                    f", but are labelled {row['label']} and {label_of[closest]}: look at both"
                )
            yield Finding(scan_id, "kindred_scans", group, message)
        if row["in_conflict"]:
            message = (
                f"labelled {row['label']}, but the same scan is labelled otherwise elsewhere in "
                f"the group of {row['same_scan']!r}; find out which is right or drop the group"
            )
            yield Finding(scan_id, "conflicting_duplicates", row["same_scan"], message)


def _judge_lesions(scans: ScansTable) -> Iterator[Finding]:
    """Name the scans of lesions that are called both benign and malignant."""
    torn = scans[scans.groupby("lesion_id")["label"].transform("nunique") > 1]
    for scan_id, lesion_id in zip(torn["scan_id"], torn["lesion_id"], strict=True):
        message = (
            f"lesion {lesion_id!r} has benign and malignant scans; correct labels or lesion ids"
        )
        yield Finding(scan_id, "lesion_with_two_labels", lesion_id, message)


def _judge_ids(scans: ScansTable) -> Iterator[Finding]:
    """Name patients who may be several, columns that may tell the patient, and ids that are read otherwise elsewhere."""
    for scan_id, value, message in find_crowded_patients(scans):
        yield Finding(scan_id, "patient_with_many_lesions", value, message)
    for scan_id, value, message in find_likely_ids(scans):
        yield Finding(scan_id, "column_like_an_id", value, message)
    for odd in find_unusable_ids(scans):
        yield Finding(odd.scan_id, "unusable_id", odd.value, odd.message)
    for odd in find_unportable_ids(scans):
        yield Finding(odd.scan_id, "unportable_id", odd.value, odd.message)
    for odd in find_formula_like_ids(scans):
        yield Finding(odd.scan_id, "formula_like_id", odd.value, odd.message)


def _tabulate(findings: list[Finding], *, order: list[str]) -> pd.DataFrame:
    """List findings by scan and then by check."""
    place_of = {scan_id: place for place, scan_id in enumerate(order)}
    checks = list(SEVERITY)
    findings = sorted(findings, key=lambda f: (place_of[f.scan_id], checks.index(f.check)))
    rows = [(f.scan_id, f.check, SEVERITY[f.check], f.value, f.message) for f in findings]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def _tell(errors: pd.DataFrame) -> str:
    """Tell the first findings and how many more there are, in one line."""
    told = "; ".join(
        f"{row.scan_id!r} ({row.check}): {row.message}"
        for row in errors.head(FINDINGS_NAMED).itertuples()
    )
    more = len(errors) - FINDINGS_NAMED
    return f"{told}; and {more} more findings" if more > 0 else told

"""Screening: each check fires on what it names and on nothing else; errors stop or drop."""

import dataclasses
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from sonolens.cohort import (
    Fingerprint,
    ScanFacts,
    join_groups,
    listed_duplicates,
    read_and_inspect,
    resolve_screening,
    screen_scans,
)
from sonolens.cohort.screening import SEVERITY
from sonolens.parallel import in_parallel
from sonolens.studies.busbra import read_busbra
from sonolens.tables import vocabulary

THRESHOLDS = {
    "min_side_px": 64,
    "max_mask_components": 3,
    "min_depth_mm": 10.0,
    "max_depth_mm": 120.0,
    "min_correlation": 0.9,
}


def scans_of(**labels: str) -> pd.DataFrame:
    """One scan per patient, 0.1 mm per pixel."""
    names = list(labels)
    return pd.DataFrame(
        {
            "scan_id": names,
            "lesion_id": names,
            "patient_id": names,
            "view": None,
            "label": list(labels.values()),
            "birads": None,
            "spacing_row_mm": 0.1,
            "spacing_col_mm": 0.1,
            "device": None,
            "source": "test",
        }
    )


def sound(scan_id: str, *, place: int = 0, pixels: str = "", **changes) -> ScanFacts:
    """Facts without fault: 400 rows of 0.1 mm, a texture of its own for each place."""
    speckle = ndimage.gaussian_filter(np.random.default_rng(place).random((64, 64)), 1.5)
    thumbnail = (200 * speckle).astype(np.float16)
    facts = ScanFacts(
        scan_id=scan_id,
        size_px=(400, 500),
        mask_size_px=(400, 500),
        mask_components=1,
        fingerprint=Fingerprint(pixels or scan_id, thumbnail),
    )
    return dataclasses.replace(facts, **changes)


TWO = scans_of(a="benign", b="malignant")


def findings_of_a(scans: pd.DataFrame = TWO, **changes) -> list[tuple[str, str, str]]:
    found = screen_scans(scans, [sound("a", **changes), sound("b", place=1)], **THRESHOLDS)
    assert set(found["scan_id"]) <= {"a"}
    return list(found[["check", "severity", "value"]].itertuples(index=False, name=None))


def test_a_sound_study_has_no_finding() -> None:
    found = screen_scans(TWO, [sound("b", place=1), sound("a")], **THRESHOLDS)

    assert found.empty
    assert list(found) == ["scan_id", "check", "severity", "value", "message"]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        (
            {"size_px": (63, 500), "mask_size_px": (63, 500), "fingerprint": None},
            ("tiny_scan", "error", "63 x 500"),
        ),
        ({"mask_size_px": (500, 400)}, ("mask_size", "error", "500 x 400")),
        ({"mask_components": 0}, ("empty_mask", "error", "0")),
        ({"mask_components": 4}, ("many_components", "warning", "4")),
        ({"mask_at_border": True}, ("mask_at_border", "warning", "")),
    ],
)
def test_a_fault_is_found_with_its_severity_and_value(changes, finding) -> None:
    scans = TWO.assign(spacing_row_mm=0.3)

    assert findings_of_a(scans, **changes) == [finding]


@pytest.mark.parametrize(
    "changes",
    [{"size_px": (400, 64), "mask_size_px": (400, 64)}, {"mask_components": 3}],
)
def test_a_value_at_the_threshold_is_fine(changes) -> None:
    assert findings_of_a(**changes) == []


def test_an_unreadable_scan_has_its_reason_as_message_and_no_other_finding() -> None:
    facts = [ScanFacts("a", unreadable="picture 'a.png' cannot be read"), sound("b")]

    found = screen_scans(TWO, facts, **THRESHOLDS)

    assert found[["scan_id", "check", "severity"]].to_numpy().tolist() == [
        ["a", "unreadable", "error"]
    ]
    assert found["message"].iloc[0] == "picture 'a.png' cannot be read"


@pytest.mark.parametrize("column", ["spacing_row_mm", "spacing_col_mm"])
def test_spacing_that_is_not_known_in_both_directions_is_absent(column: str) -> None:
    scans = TWO.copy()
    scans.loc[0, column] = np.nan

    assert findings_of_a(scans) == [("absent_spacing", "warning", "")]


@pytest.mark.parametrize(
    ("spacing_mm", "value"),
    [(0.01, "4 mm"), (0.0249, "9.96 mm"), (0.3001, "120 mm"), (1.0, "400 mm")],
)
def test_a_field_outside_10_to_120_mm_is_implausible(spacing_mm: float, value: str) -> None:
    scans = TWO.copy()
    scans.loc[0, "spacing_row_mm"] = spacing_mm

    assert findings_of_a(scans) == [("implausible_spacing", "error", value)]


@pytest.mark.parametrize("spacing_mm", [0.025, 0.3])
def test_a_field_of_exactly_10_or_120_mm_is_plausible(spacing_mm: float) -> None:
    scans = TWO.copy()
    scans.loc[0, "spacing_row_mm"] = spacing_mm

    assert findings_of_a(scans) == []


def test_depth_is_rows_times_row_spacing() -> None:
    wide = TWO.assign(spacing_col_mm=9.0)

    assert findings_of_a(wide, size_px=(100, 4000), mask_size_px=(100, 4000)) == []


FAMILY = scans_of(d="benign", c="benign", b="benign", a="malignant", z="malignant")


def test_duplicates_are_named_by_their_group_and_warned_about() -> None:
    facts = [
        sound("d", pixels="same"),
        sound("c", pixels="same"),
        sound("b", pixels="other"),
        sound("a", place=1),
        sound("z", place=2),
    ]

    found = screen_scans(FAMILY, facts, **THRESHOLDS)

    assert found[["scan_id", "check", "severity", "value"]].to_numpy().tolist() == [
        ["d", "identical_scans", "warning", "b"],
        ["c", "identical_scans", "warning", "b"],
        ["b", "near_identical_scans", "warning", "b"],
    ]
    assert "'c'" in found["message"].iloc[0]
    assert "'c' (correlation 1.000" in found["message"].iloc[2]
    assert listed_duplicates(found).to_dict() == {"d": "b", "c": "b", "b": "b"}


def blended(scan_id: str, *, share: float) -> ScanFacts:
    """Facts of a scan that shares some of its texture with that of place 0."""
    own, other = (sound(scan_id, place=place).fingerprint for place in (0, 7))
    assert own is not None
    assert other is not None
    mixed = share * own.thumbnail + np.sqrt(1 - share**2) * other.thumbnail
    return sound(scan_id, fingerprint=Fingerprint(scan_id, mixed.astype(np.float16)))


def test_kindred_scans_stay_together_and_their_labels_may_differ() -> None:
    facts = [sound("d"), sound("b", place=1), blended("a", share=0.85), sound("c", place=2)]
    facts += [sound("z", place=3)]

    found = screen_scans(FAMILY, facts, **THRESHOLDS)

    assert found[["scan_id", "check", "severity", "value"]].to_numpy().tolist() == [
        ["d", "kindred_scans", "warning", "a"],
        ["a", "kindred_scans", "warning", "a"],
    ]
    assert "are labelled benign and malignant: look at both" in found["message"].iloc[0]
    assert listed_duplicates(found).to_dict() == {"d": "a", "a": "a"}


def test_kindred_scans_of_one_patient_are_no_finding() -> None:
    scans = scans_of(a="benign", b="benign", c="malignant").assign(patient_id=["p", "p", "q"])
    facts = [sound("a"), blended("b", share=0.85), sound("c", place=2)]

    assert screen_scans(scans, facts, **THRESHOLDS).empty


def test_a_conflict_is_between_copies_and_not_between_their_kindred() -> None:
    facts = [sound("d"), sound("c"), blended("a", share=0.85), sound("b", place=1)]
    facts += [sound("z", place=3)]

    found = screen_scans(FAMILY, facts, **THRESHOLDS)

    assert (found["severity"] == "warning").all()
    assert listed_duplicates(found).to_dict() == {"d": "a", "c": "a", "a": "a"}


@pytest.mark.parametrize("pixels", ["same", ""])
def test_every_scan_of_a_group_with_two_labels_is_an_error(pixels: str) -> None:
    facts = [sound("d", pixels=pixels), sound("a", pixels=pixels)]
    facts += [sound(name, place=place) for place, name in enumerate("cbz", start=1)]

    found = screen_scans(FAMILY, facts, **THRESHOLDS)

    errors = found[found["severity"] == "error"]
    assert errors[["scan_id", "check", "value"]].to_numpy().tolist() == [
        ["d", "conflicting_duplicates", "a"],
        ["a", "conflicting_duplicates", "a"],
    ]
    assert "labelled benign" in errors["message"].iloc[0]
    kept = resolve_screening(FAMILY, found, on_error="drop")
    assert kept["scan_id"].tolist() == ["c", "b", "z"]


def test_a_lesion_called_both_is_an_error_in_all_its_scans() -> None:
    scans = scans_of(a="benign", b="malignant", c="malignant").assign(lesion_id=["l1", "l1", "l2"])
    facts = [sound(name, place=place) for place, name in enumerate("abc")]

    found = screen_scans(scans, facts, **THRESHOLDS)

    assert found[["scan_id", "check", "severity", "value"]].to_numpy().tolist() == [
        ["a", "lesion_with_two_labels", "error", "l1"],
        ["b", "lesion_with_two_labels", "error", "l1"],
    ]


def test_findings_stand_in_the_order_of_the_scans_and_then_of_the_checks() -> None:
    scans = TWO.iloc[::-1].assign(spacing_row_mm=np.nan)
    facts = [
        sound("a", mask_components=0, mask_size_px=(1, 1)),
        sound("b", place=1, mask_at_border=True),
    ]

    found = screen_scans(scans, facts, **THRESHOLDS)

    assert found["scan_id"].tolist() == ["b", "b", "a", "a", "a"]
    assert found["check"].tolist() == [
        "mask_at_border",
        "absent_spacing",
        "mask_size",
        "empty_mask",
        "absent_spacing",
    ]
    assert set(found["check"]) <= set(SEVERITY)


def test_a_scan_that_was_not_inspected_is_named() -> None:
    with pytest.raises(ValueError, match="scan 'b' and 0 more were not inspected"):
        screen_scans(TWO, [sound("a")], **THRESHOLDS)


def faulty(*names: str, severity: str = "error") -> pd.DataFrame:
    check = "empty_mask" if severity == "error" else "mask_at_border"
    rows = [(name, check, severity, "", f"mask of {name}") for name in names]
    return pd.DataFrame(rows, columns=["scan_id", "check", "severity", "value", "message"])


FIVE = scans_of(a="benign", b="benign", c="malignant", d="malignant", e="benign")


@pytest.mark.parametrize("on_error", ["stop", "drop"])
def test_warnings_neither_stop_nor_drop(on_error: str) -> None:
    kept = resolve_screening(FIVE, faulty("a", "c", severity="warning"), on_error=on_error)

    pd.testing.assert_frame_equal(kept, FIVE)


def test_stop_tells_the_first_three_findings_and_counts_the_rest() -> None:
    screening = pd.concat([faulty("e", severity="warning"), faulty("a", "b", "c", "d")])

    with pytest.raises(ValueError, match="screening found errors in 4 of 5 scans") as raised:
        resolve_screening(FIVE, screening, on_error="stop")

    told = str(raised.value)
    assert "'a' (empty_mask): mask of a; 'b' (empty_mask): mask of b; 'c'" in told
    assert "mask of d" not in told
    assert "and 1 more findings; repair the data set" in told
    assert "screening.on_error: drop" in told
    assert "\n" not in told


def test_drop_leaves_out_the_scans_with_errors_and_tells(caplog) -> None:
    with caplog.at_level(logging.WARNING, logger="sonolens"):
        kept = resolve_screening(FIVE, faulty("b", "d"), on_error="drop")

    assert kept["scan_id"].tolist() == ["a", "c", "e"]
    assert kept.index.tolist() == [0, 1, 2]
    assert len(FIVE) == 5
    assert "2 of 5 scans: 'b' (empty_mask): mask of b; 'd'" in caplog.text


def test_a_message_with_brackets_is_logged_without_them(caplog) -> None:
    screening = faulty("b").assign(message="mode [I;16]")

    with caplog.at_level(logging.WARNING, logger="sonolens"):
        resolve_screening(FIVE, screening, on_error="drop")

    assert "mode (I;16)" in caplog.messages[0]


def test_dropping_all_scans_of_a_label_is_refused_with_the_counts() -> None:
    with pytest.raises(ValueError, match="keeps 3 benign and 0 malignant scans"):
        resolve_screening(FIVE, faulty("c", "d"), on_error="drop")


def test_an_unknown_way_to_resolve_is_refused() -> None:
    with pytest.raises(ValueError, match="on_error 'ignore' is unknown; choose stop or drop"):
        resolve_screening(FIVE, faulty("a"), on_error="ignore")


@pytest.mark.real_scans
def test_busbra_lacks_spacing_and_has_one_mask_at_the_border(real_scans: Path) -> None:
    study = read_busbra(str(real_scans / "BUSBRA"))

    def inspect(scan_id):
        return read_and_inspect(
            scan_id, read_image=study.images[scan_id], read_mask=study.masks[scan_id]
        )

    facts = list(in_parallel(inspect, study.scans["scan_id"]))

    found = screen_scans(study.scans, facts, **THRESHOLDS)

    assert found["check"].value_counts().to_dict() == {
        "absent_spacing": 376,
        "near_identical_scans": 4,
        "mask_at_border": 1,
    }
    assert resolve_screening(study.scans, found, on_error="stop").equals(study.scans)
    groups = join_groups(study.scans, listed_duplicates(found))
    patients = study.scans.set_index("scan_id")["patient_id"]
    joined = groups.groupby(patients).first().groupby(level=0).first()
    assert joined[joined != joined.index].to_dict() == {"91": "56"}


def test_every_check_stands_in_the_contract_of_the_table() -> None:
    assert tuple(SEVERITY) == vocabulary.CHECKS


def test_odd_ids_are_warnings() -> None:
    scans = scans_of(**{f"s{place}": "benign" for place in range(10)}, last="malignant")
    scans = scans.assign(patient_id=["P"] * 6 + list("QRSTU"), exam=list("AABBCCDDEEE"))
    scans["exam"] += "1"
    facts = [sound(name, pixels=name) for name in scans["scan_id"]]
    facts = [dataclasses.replace(fact, fingerprint=None) for fact in facts]

    found = screen_scans(scans, facts, **THRESHOLDS)

    assert found.groupby("check")["scan_id"].count().to_dict() == {"patient_with_many_lesions": 6}
    assert set(found["severity"]) == {"warning"}
    alone = screen_scans(scans.assign(patient_id=scans["scan_id"]), facts, **THRESHOLDS)
    assert alone["check"].tolist() == ["column_like_an_id"]


@pytest.mark.parametrize("part", ["Images", "Masks"])
def test_a_broken_file_costs_its_scan_and_is_listed_with_the_reason(
    busbra_folder: Path, part: str
) -> None:
    broken = next((busbra_folder / part).glob("*0012-r.png"))
    broken.write_bytes(broken.read_bytes()[:60])
    study = read_busbra(str(busbra_folder))
    facts = [
        read_and_inspect(scan_id, read_image=study.images[scan_id], read_mask=study.masks[scan_id])
        for scan_id in study.scans["scan_id"]
    ]
    screening = screen_scans(study.scans, facts, **THRESHOLDS)

    kept = resolve_screening(study.scans, screening, on_error="drop")

    errors = screening[screening["severity"] == "error"]
    assert errors["scan_id"].tolist() == ["bus_0012-r"]
    assert errors["check"].tolist() == ["unreadable"]
    assert broken.name in errors["message"].iloc[0]
    assert kept["scan_id"].tolist() == ["bus_0007-l", "bus_0007-r", "bus_0012-l"]

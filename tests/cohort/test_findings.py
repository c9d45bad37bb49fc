"""Findings are counted by scan, and a sheet shows every kind of them before it shows more of one."""

import pandas as pd
import pytest

from sonolens.cohort.findings import (
    SOUND_SHOWN,
    choose_for_sheet,
    count_findings,
    telling_findings,
)


def found(*rows):
    table = pd.DataFrame(rows, columns=["scan_id", "check", "severity"])
    return table.assign(value="", message="")


def study(count):
    return pd.DataFrame({"scan_id": [f"s{number:03}" for number in range(count)]})


def test_scans_are_counted_once_and_errors_are_told_first():
    screening = found(
        ("s0", "mask_at_border", "warning"),
        ("s1", "tiny_scan", "error"),
        ("s1", "empty_mask", "error"),
        ("s2", "empty_mask", "error"),
        ("s0", "absent_spacing", "warning"),
        ("s1", "absent_spacing", "warning"),
    )

    assert count_findings(screening) == (
        "2 scans with errors (empty_mask 2, tiny_scan 1); "
        "2 scans with warnings (absent_spacing 2, mask_at_border 1)"
    )
    assert count_findings(found()) == "no findings"


def test_a_rare_finding_is_not_crowded_out_by_a_common_one():
    common = [(f"s{number:03}", "absent_spacing", "warning") for number in range(90)]
    screening = found(
        *common, ("s095", "many_components", "warning"), ("s096", "unreadable", "error")
    )

    shown = choose_for_sheet(study(100), screening, count=10)

    assert shown[0] == "s096"
    assert {"s000", "s095"} <= set(shown)
    assert len(shown) == len(set(shown)) == 10


def test_sound_scans_keep_places_and_are_spread_over_the_study():
    common = [(f"s{number:03}", "absent_spacing", "warning") for number in range(50)]

    shown = choose_for_sheet(study(100), found(*common), count=20)

    sound = [scan_id for scan_id in shown if scan_id >= "s050"]
    assert len(sound) == SOUND_SHOWN
    assert sound == sorted(sound)
    assert sound[-1] >= "s085"


@pytest.mark.parametrize("count", [1, 5, 8, 100])
def test_no_more_are_shown_than_asked_for_or_than_there_are(count):
    assert len(choose_for_sheet(study(8), found(), count=count)) == min(count, 8)
    every = found(*((f"s{number:03}", "tiny_scan", "error") for number in range(8)))
    assert len(choose_for_sheet(study(8), every, count=count)) == min(count, 8)


def test_a_warning_of_every_scan_tells_none_from_another_but_an_error_does():
    every = [(f"s{number:03}", "absent_spacing", "warning") for number in range(3)]
    wrong = [(f"s{number:03}", "empty_mask", "error") for number in range(3)]
    few = ("s001", "stray_pixels", "warning")

    telling = telling_findings(study(3), found(*every, few, *wrong))

    assert telling["check"].tolist() == ["empty_mask"] * 3 + ["stray_pixels"]

"""Scans and lesions are told apart by what is known of them."""

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import stratify_cases

SCANS = pd.DataFrame(
    {
        "scan_id": ["a1", "a2", "b1", "c1", "d1"],
        "lesion_id": ["a", "a", "b", "c", "d"],
        "birads": ["4a", "4b", "3", None, None],
        "device": ["GE", "Toshiba", "GE", "GE", None],
        "view": ["transverse", "longitudinal", "longitudinal", None, "transverse"],
        "size_mm": [9.0, 11.0, 10.0, np.nan, 35.0],
    }
)


def strata(scans=SCANS, bounds=(10.0, 20.0)) -> dict[str, dict[str, pd.Series]]:
    found = stratify_cases(scans, size_bounds_mm=bounds)
    return {
        level: {series.cat.categories[0].split("=")[0]: series for series in properties}
        for level, properties in found.items()
    }


def test_a_scan_has_its_own_properties() -> None:
    of_scans = strata()["scan"]

    assert of_scans["birads"]["a1"] == "birads=4a"
    assert of_scans["birads"]["c1"] == "birads=unknown"
    assert of_scans["device"].to_dict()["a2"] == "device=Toshiba"
    assert of_scans["view"].to_dict()["d1"] == "view=transverse"


def test_a_size_at_a_bound_belongs_below_it() -> None:
    assert strata()["scan"]["size"].to_dict() == {
        "a1": "size=<=10 mm",
        "a2": "size=10-20 mm",
        "b1": "size=<=10 mm",
        "c1": "size=unknown",
        "d1": "size=>20 mm",
    }


def test_bounds_are_free_and_may_be_fractions() -> None:
    names = strata(bounds=(9.5,))["scan"]["size"].cat.categories

    assert list(names) == ["size=<=9.5 mm", "size=>9.5 mm", "size=unknown"]


def test_a_lesion_has_the_worst_category_and_the_largest_size_of_its_scans() -> None:
    of_lesions = strata()["lesion"]

    assert of_lesions["birads"].to_dict() == {
        "a": "birads=4b",
        "b": "birads=3",
        "c": "birads=unknown",
        "d": "birads=unknown",
    }
    assert of_lesions["size"]["a"] == "size=10-20 mm"


def test_a_lesion_seen_by_two_devices_says_so() -> None:
    assert strata()["lesion"]["device"].to_dict() == {
        "a": "device=several",
        "b": "device=GE",
        "c": "device=GE",
        "d": "device=unknown",
    }


def test_a_lesion_has_no_view() -> None:
    assert "view" not in strata()["lesion"]


def test_categories_rise_and_the_unknown_come_last() -> None:
    assert list(strata()["scan"]["birads"].cat.categories) == [
        "birads=3",
        "birads=4a",
        "birads=4b",
        "birads=unknown",
    ]


@pytest.mark.parametrize("value", ["GE", None])
def test_what_is_the_same_everywhere_parts_nothing(value) -> None:
    found = strata(SCANS.assign(device=value))

    assert "device" not in found["scan"]
    assert "device" not in found["lesion"]


def test_histology_and_side_part_scans_and_lesions() -> None:
    told = SCANS.assign(
        histology=["cyst", "cyst", "fibroadenoma", "cyst", None],
        side=["left", "right", "single", "left", "left"],
    )

    found = strata(told)

    assert list(found["lesion"]) == ["birads", "size", "device", "histology", "side"]
    assert found["lesion"]["histology"].tolist() == [
        *("histology=cyst", "histology=fibroadenoma", "histology=cyst", "histology=unknown")
    ]
    assert found["lesion"]["side"]["a"] == "side=several"
    assert found["scan"]["side"]["b1"] == "side=single"


def test_one_device_known_of_some_scans_only_parts_them() -> None:
    found = strata(SCANS.assign(device=["GE", "GE", None, None, None]))

    assert list(found["scan"]["device"].cat.categories) == ["device=GE", "device=unknown"]


def test_without_bounds_or_sizes_there_are_no_strata_of_size() -> None:
    assert "size" not in strata(bounds=())["scan"]
    assert "size" not in strata(SCANS.drop(columns="size_mm"))["scan"]


def test_nothing_known_gives_no_strata() -> None:
    bare = SCANS[["scan_id", "lesion_id"]]

    assert stratify_cases(bare, size_bounds_mm=()) == {"scan": [], "lesion": []}

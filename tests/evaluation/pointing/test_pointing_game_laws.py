"""Laws of the pointing game: names stand for themselves, so exchanging them exchanges rows and no number.

The study is drawn so that no two axes of the table look alike; a number read from the wrong place of any
axis breaks a law.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.classification import decide_scans
from sonolens.evaluation.pointing import (
    describe_points,
    look_up_regions,
    measure_region_shares,
    score_pointing_game,
)
from sonolens.evaluation.statistics import Bootstrap
from sonolens.ultrasound import cell_centres, to_shares

GRID = (6, 8)
CENTRES = cell_centres(GRID, on=GRID)
UNKNOWN = (np.nan, np.nan)
NO_SPACING = dict(zip(("spacing_row_mm", "spacing_col_mm"), UNKNOWN, strict=True))
KEY = ["method", "run", "region", "rule", "subset", "label"]
RULES_WITHOUT_CALL = ["either", "max", "min"]


@dataclass(frozen=True)
class Study:
    """Scans on a grid of `GRID` pixels, and where the maps of several methods and runs point.

    Attributes:
        patients: The patient of every scan.
        malignant: Whether its mass is malignant.
        called: Per run, whether it calls each scan malignant.
        region_maps: The regions of every scan.
        points: Per method and run and per extreme, the pixels at which each scan's map is extreme.
        mean_points: The same of the mean map of the run's training scans, the same pixels on any scan.
    """

    patients: np.ndarray
    malignant: np.ndarray
    called: dict[str, np.ndarray]
    region_maps: list[np.ndarray]
    points: dict[tuple[str, str], dict[str, list[list[int]]]]
    mean_points: dict[tuple[str, str], dict[str, list[int]]]


def draw_study(seed: int = 0, scans: int = 48) -> Study:
    """Wrong calls, benign masses, minima and later methods each look at the regions less often."""
    rng = np.random.default_rng(seed)
    malignant = rng.random(scans) < 0.55
    region_maps = [draw_region_map(rng, without_below=scan % 7 == 3) for scan in range(scans)]
    called = {
        run: malignant ^ (rng.random(scans) < wrong) for run, wrong in (("r1", 0.4), ("r2", 0.55))
    }
    points: dict[tuple[str, str], dict[str, list[list[int]]]] = {}
    for place, key in enumerate((method, run) for method in ("cam", "drs") for run in called):
        points[key] = {"max": [], "min": []}
        for scan, region_map in enumerate(region_maps):
            right = called[key[1]][scan] == malignant[scan]
            for extreme, chosen in points[key].items():
                aim = 0.75 - 0.3 * (extreme == "min") - 0.25 * (not right) - 0.05 * place
                chosen.append(draw_pixels(rng, region_map, aim=aim - 0.15 * (not malignant[scan])))
        # A constant map has no extreme, neither a maximum nor a minimum.
        for extreme in points[key]:
            points[key][extreme][5 + place] = []
    mean_points = {
        key: {extreme: rng.choice(len(CENTRES), 2, replace=False).tolist() for extreme in extremes}
        for key, extremes in points.items()
    }
    patients = np.array([f"p{scan // 2 if scan < 20 else scan}" for scan in range(scans)])
    return Study(patients, malignant, called, region_maps, points, mean_points)


def draw_region_map(rng: np.random.Generator, *, without_below: bool) -> np.ndarray:
    """A mass of random size and place, a ring at its sides and on top, and what lies below it."""
    region_map = np.zeros(GRID, dtype=np.uint8)
    top, left = rng.integers(1, 3), rng.integers(1, 5)
    high, wide = rng.integers(1, 3), rng.integers(1, 4)
    region_map[top - 1 : top + high, left - 1 : left + wide + 1] = 2
    region_map[top + high :, left : left + wide] = 0 if without_below else 3
    region_map[top : top + high, left : left + wide] = 1
    return region_map


def draw_pixels(rng: np.random.Generator, region_map: np.ndarray, *, aim: float) -> list[int]:
    """One pixel or two that tie, in the mass with probability `aim`, else anywhere."""
    mass = np.flatnonzero(region_map == 1)
    return [
        int(rng.choice(mass)) if rng.random() < aim else int(rng.integers(region_map.size))
        for _ in range(1 + (rng.random() < 0.2))
    ]


def play(study: Study) -> pd.DataFrame:
    """Score the study and index the table by its names; all that knows the game's signature."""
    scan_ids = [f"s{scan:02d}" for scan in range(len(study.patients))]
    points = pd.DataFrame(
        {"method": method, "run": run, "scan_id": scan_id, "extreme": extreme, "value": 1.0} | row
        for (method, run), extremes in study.points.items()
        for extreme, of_scans in extremes.items()
        for scan_id, region_map, pixels in zip(scan_ids, study.region_maps, of_scans, strict=True)
        for row in describe_points(CENTRES[pixels], region_map, spacing_mm=UNKNOWN)
    ).assign(ring="0-5 mm")
    shares = pd.DataFrame(
        {"method": method, "run": run, "scan_id": scan_id} | share
        for method, run in study.points
        for scan_id, region_map in zip(scan_ids, study.region_maps, strict=True)
        for share in measure_region_shares(region_map, GRID, spacing_mm=UNKNOWN)
    )
    mean = pd.DataFrame(
        {"method": method, "run": run, "extreme": extreme, "share": 0.5, "n_maps": 9}
        | {"row_share": down, "col_share": across}
        for (method, run), extremes in study.mean_points.items()
        for extreme, pixels in extremes.items()
        for down, across in to_shares(CENTRES[pixels], GRID)
    )
    predictions = pd.DataFrame(
        {
            "run": run,
            "scan_id": scan_ids,
            "lesion_id": scan_ids,
            "label": np.where(study.malignant, "malignant", "benign"),
            "partition": "test",
            "logit": 0.0,
            "probability": np.where(called, 0.7, 0.3),
        }
        for run, called in study.called.items()
    )
    predictions = predictions.explode(
        ["scan_id", "lesion_id", "label", "probability"], ignore_index=True
    )
    scans = pd.DataFrame({"scan_id": scan_ids, "patient_id": study.patients}).assign(**NO_SPACING)
    thresholds = pd.DataFrame(
        {"run": list(study.called), "level": "scan", "threshold": 0.5}
    ).assign(rule="closest_to_corner")
    region_maps = {
        scan_id: lambda region_map=region_map: region_map
        for scan_id, region_map in zip(scan_ids, study.region_maps, strict=True)
    }
    table = score_pointing_game(
        points,
        shares,
        decide_scans(predictions, scans, thresholds),
        mean_extremes=mean,
        lookup=look_up_regions(points, mean, scans, region_maps),
        partition="test",
        permutations=200,
        bootstrap=Bootstrap(resamples=100, confidence=0.95, seed=0),
    )
    return table.set_index(KEY).sort_index()


def renamed(table: pd.DataFrame, **names: Mapping[str, str]) -> pd.DataFrame:
    """Exchange names on some axes of the table; names that are not told stay."""
    told = table.reset_index()
    for axis, name_of in names.items():
        told[axis] = told[axis].map(lambda name, name_of=name_of: name_of.get(name, name))
    return told.set_index(KEY).sort_index()


def with_extremes_swapped(study: Study) -> Study:
    def swapped(of_extremes: Mapping[str, Sequence]) -> dict:
        return {"max": of_extremes["min"], "min": of_extremes["max"]}

    return replace(
        study,
        points={key: swapped(extremes) for key, extremes in study.points.items()},
        mean_points={key: swapped(extremes) for key, extremes in study.mean_points.items()},
    )


def with_labels_swapped(study: Study) -> Study:
    called = {run: ~calls for run, calls in study.called.items()}
    return replace(study, malignant=~study.malignant, called=called)


def with_calls_turned(study: Study) -> Study:
    return replace(study, called={run: ~calls for run, calls in study.called.items()})


def with_regions_renamed(study: Study, codes: Sequence[int]) -> Study:
    return replace(
        study, region_maps=[np.array(codes, np.uint8)[each] for each in study.region_maps]
    )


def with_maps_renamed(study: Study, name_of: Callable[[str], str]) -> Study:
    """Let every method and run hand its maps and calls to the one of another name."""

    def handed(by_map: Mapping[tuple[str, str], dict]) -> dict:
        return {(name_of(method), name_of(run)): told for (method, run), told in by_map.items()}

    return replace(
        study,
        points=handed(study.points),
        mean_points=handed(study.mean_points),
        called={name_of(run): calls for run, calls in study.called.items()},
    )


def swap(first: str, second: str) -> dict[str, str]:
    return {first: second, second: first}


def assert_same(table: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert len(table) == len(expected) > 0
    pd.testing.assert_frame_equal(table, expected, rtol=1e-12, atol=1e-12)


def without_call(table: pd.DataFrame) -> pd.DataFrame:
    """The rules that do not ask how the scan was called."""
    return table[table.index.get_level_values("rule").isin(RULES_WITHOUT_CALL)]


@pytest.fixture(scope="module")
def study() -> Study:
    return draw_study()


@pytest.fixture(scope="module")
def played(study: Study) -> pd.DataFrame:
    return play(study)


@pytest.mark.parametrize("axis", KEY)
@pytest.mark.parametrize("column", ["rate", "ci_low", "p_value", "p_adjusted"])
def test_no_two_names_of_an_axis_tell_the_same_numbers(
    played: pd.DataFrame, axis: str, column: str
) -> None:
    names = played.index.unique(axis)
    told = {name: played[column].xs(name, level=axis).to_numpy() for name in names}

    for one, other in itertools.combinations(names, 2):
        assert not np.array_equal(told[one], told[other], equal_nan=True), (one, other)


def test_swapping_labels_calls_and_extremes_swaps_the_labels_and_the_rules_max_and_min(
    study: Study, played: pd.DataFrame
) -> None:
    turned = play(with_extremes_swapped(with_labels_swapped(study)))

    assert_same(turned, renamed(played, label=swap("benign", "malignant"), rule=swap("max", "min")))


def test_swapping_labels_and_calls_swaps_the_labels(study: Study, played: pd.DataFrame) -> None:
    turned = play(with_labels_swapped(study))

    assert_same(
        without_call(turned), without_call(renamed(played, label=swap("benign", "malignant")))
    )


def test_swapping_extremes_swaps_the_rules_max_and_min(study: Study, played: pd.DataFrame) -> None:
    turned = play(with_extremes_swapped(study))

    assert_same(without_call(turned), without_call(renamed(played, rule=swap("max", "min"))))


def test_turning_every_call_swaps_correct_and_wrong(study: Study, played: pd.DataFrame) -> None:
    turned = play(with_calls_turned(study))

    assert_same(
        without_call(turned), without_call(renamed(played, subset=swap("correct", "wrong")))
    )


def test_turning_every_call_and_map_keeps_what_argues_for_the_decision(
    study: Study, played: pd.DataFrame
) -> None:
    turned = play(with_extremes_swapped(with_calls_turned(study)))

    subsets = swap("correct", "wrong")
    assert_same(turned, renamed(played, subset=subsets, rule=swap("max", "min")))


@pytest.mark.parametrize("codes", [(0, 2, 3, 1), (0, 3, 2, 1)])
def test_exchanging_region_codes_exchanges_regions_and_leaves_any(
    study: Study, played: pd.DataFrame, codes: tuple[int, ...]
) -> None:
    turned = play(with_regions_renamed(study, codes))

    regions = ("other", "mass", "peritumoral", "below")
    names = {regions[code]: regions[codes[code]] for code in (1, 2, 3)}
    assert_same(turned, renamed(played, region=names))


def test_renaming_methods_and_runs_renames_their_rows(study: Study, played: pd.DataFrame) -> None:
    names = swap("cam", "drs") | swap("r1", "r2")

    turned = play(with_maps_renamed(study, names.__getitem__))

    assert_same(turned, renamed(played, method=names, run=names))

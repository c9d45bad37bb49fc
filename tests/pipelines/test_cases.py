"""Cases as the page gets them: the game that its script plays is the study's own, at every ring; odd studies pass too."""

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sonolens.evaluation import pointing
from sonolens.pipelines.explainability.points import measure_region_shares
from sonolens.pipelines.parameters import EvaluationParameters, RegionsParameters
from sonolens.pipelines.reporting.cases import draw_case_views, tabulate_cases
from sonolens.pipelines.reporting.parameters import ReportingParameters
from sonolens.report.layout import open_templates
from sonolens.report.sections.cases import SECTION
from sonolens.tables.cohort import MassMeasurements, Screening
from sonolens.tables.descriptors import Descriptors
from sonolens.tables.pointing import MeanMapExtremes
from sonolens.tables.reliance import RegionReliance
from sonolens.tables.shown import Cases
from sonolens.tables.vocabulary import REGION_NAMES

BROWSER = Path(__file__).parents[2] / "src" / "sonolens" / "report" / "browser"
KEY = ["method", "run", "region", "rule", "subset", "label"]
NODE = shutil.which("node")
SCORING = EvaluationParameters(
    partition="test", tolerance_mm=0.0, confidence=0.9, resamples=100, permutations=100, seed=0,
    lesion_probability="mean", size_bounds_mm=(10.0,), calibration_bins=2,
)  # fmt: skip
REPORTING = ReportingParameters(
    examples_per_label=1, wrong_examples=0, seed=0, ring_to_mm=4.0, ring_step_mm=0.5,
    picture_px=64, picture_megabytes=1.0,
)  # fmt: skip
HOSTILE = """<script>alert(1)<!--&"'é"""

PLAY = """
import { readFileSync } from "node:fs";
const { readCases } = await import(process.argv[1] + "/data.mjs");
const { play } = await import(process.argv[1] + "/game.mjs");
const told = JSON.parse(readFileSync(0, "utf8"));
const cases = readCases(told);
const rows = [];
for (const method of new Set(cases.map((each) => each.method)))
  for (const run of new Set(cases.map((each) => each.run)))
    for (const [ring, width] of told.rings.widths.entries())
      for (const rule of ["either", "decision", "max", "min"])
        for (const subset of ["correct", "wrong", "all"])
          for (const label of ["benign", "malignant", "both"]) {
            const chosen = cases.filter((each) => each.method === method && each.run === run
              && (subset === "all" || each.correct === (subset === "correct"))
              && (label === "both" || each.label === label));
            for (const rate of play(chosen, { rule, ring, confidence: told.confidence }))
              rows.push({ method, run, width, rule, subset, label, ...rate });
          }
console.log(JSON.stringify(rows));
"""


class Study:
    """Scans with drawn masses, annotations and maps of two methods and two runs; a study without a finished run."""

    def __init__(
        self,
        *,
        scans: int = 6,
        mode: str = "millimetres",
        spacing: float | None = 0.3,
        methods: int = 1,
    ) -> None:
        rng = np.random.default_rng(scans)
        row_mm, col_mm = (np.nan, np.nan) if spacing is None else (spacing, 0.7 * spacing)
        ids = [HOSTILE if not n else f"s{n}" for n in range(scans)]
        self.scans = pd.DataFrame(
            {
                "scan_id": ids, "lesion_id": ids, "patient_id": ids, "view": None,
                "label": [("malignant", "benign")[n % 2] for n in range(scans)], "birads": None,
                "spacing_row_mm": row_mm, "spacing_col_mm": col_mm, "device": None, "source": "toy",
            }
        )  # fmt: skip
        self.pictures, self.masks, self.annotations, self.maps = {}, {}, {}, {}
        for scan_id in ids:
            rows, cols = rng.integers(25, 41, size=2)
            mask = np.zeros((rows, cols), dtype=bool)
            top, left = rng.integers(2, 12, size=2)
            mask[top : top + 8, left : left + 9] = True
            marked = (rng.random((rows, cols)) > 0.97).astype(np.uint8)
            grey = rng.integers(0, 255, size=(rows, cols), dtype=np.uint8)
            for where, array in (
                (self.pictures, grey),
                (self.masks, mask),
                (self.annotations, marked),
            ):
                where[scan_id] = Image.fromarray(array).copy
            for method, cells in (("cam", (7, 5)), ("edges", (9, 9)))[:methods]:
                for run in ("one", "two"):
                    values = rng.integers(-4, 5, size=cells).astype(np.float32)  # ties
                    if scan_id == ids[-1] and run == "one":
                        values[:] = 0
                    self.maps[f"{method}/{run}/{scan_id}"] = values.copy
        self.regions = RegionsParameters(
            ring={"mode": mode, "inner_mm": 0.0, "outer_mm": 2.0, "outer_radii": 0.5},
            below={"lateral_trim": 0.0, "max_depth_mm": None, "exclude_ring": True},
            sweep_outer_mm=[1.2, 3.0],
        )
        probability = rng.random(2 * scans).round(3)
        self.decisions = pd.DataFrame(
            {
                "run": ["one"] * scans + ["two"] * scans, "scan_id": ids * 2, "lesion_id": ids * 2,
                "partition": "test", "label": self.scans["label"].tolist() * 2, "logit": probability * 4 - 2,
                "temperature": 1.0, "probability": probability, "patient_id": ids * 2, "threshold": 0.5,
            }
        )  # fmt: skip
        called = self.decisions["probability"] >= 0.5
        self.decisions["called"] = called
        self.decisions["correct"] = called == (self.decisions["label"] == "malignant")
        self.points = self.locate(self.draw(self.regions))

    def draw(self, rule: Any) -> dict[str, Callable[[], np.ndarray]]:
        spacing = dict(
            zip(
                self.scans["scan_id"],
                self.scans[["spacing_row_mm", "spacing_col_mm"]].to_numpy(float).tolist(),
                strict=True,
            )
        )
        return {
            scan_id: rule.partition(
                np.asarray(read()), spacing_mm=tuple(spacing[scan_id]), scan_id=scan_id,
                annotations=np.asarray(self.annotations[scan_id]()),
            ).copy
            for scan_id, read in self.masks.items()
        }  # fmt: skip

    def locate(self, region_maps: dict[str, Callable[[], np.ndarray]]) -> pd.DataFrame:
        rows = []
        spacing = self.scans.set_index("scan_id")[["spacing_row_mm", "spacing_col_mm"]].astype(
            float
        )
        for name, read in self.maps.items():
            method, run, scan_id = name.split("/")
            found = pointing.locate_extreme_points(
                read(),
                region_maps[scan_id](),
                spacing_mm=tuple(spacing.loc[scan_id].tolist()),
                rule="cell",
            )
            rows += [{"method": method, "run": run, "scan_id": scan_id} | each for each in found]
        return pd.DataFrame(rows).assign(ring=self.regions.ring.label)

    def told(self, scoring: EvaluationParameters = SCORING, **replaced: Any) -> dict[str, Any]:
        """What the section of the page makes of this study."""
        empty = {
            "mass_measurements": MassMeasurements,
            "descriptors": Descriptors,
            "screening": Screening,
        }
        given = {name: contract.empty() for name, contract in empty.items()} | replaced
        region_masks = {
            key: partial(lambda read: Image.fromarray(read()), read)
            for key, read in self.draw(self.regions).items()
        }
        self.cases = Cases.validate(
            tabulate_cases(
                self.points, region_masks, self.decisions, self.scans, given["mass_measurements"],
                given["descriptors"], given["screening"], scoring,
            )
        )  # fmt: skip
        self.views = draw_case_views(
            self.pictures, self.masks, self.annotations, self.maps, self.points, self.cases, self.regions,
            given.get("reporting", REPORTING),
        )  # fmt: skip
        game = pd.DataFrame({"partition": ["test"], "confidence": [scoring.confidence]})
        tables = {"cases": self.cases, "case_views": self.views, "pointing_game": game}
        tables["region_reliance"] = RegionReliance.empty()
        return dict(SECTION.tell(tables))

    def score(self, rule: Any, scoring: EvaluationParameters = SCORING) -> pd.DataFrame:
        region_maps = self.draw(rule)
        renamed = pointing.name_regions(self.points, region_maps, ring=rule.ring.label)
        nowhere = MeanMapExtremes.empty()
        return pointing.score_pointing_game(
            renamed, measure_region_shares(self.maps, region_maps, self.scans, scoring), self.decisions,
            mean_extremes=nowhere, partition="test", permutations=1, bootstrap=scoring.bootstrap,
            lookup=pointing.look_up_regions(
                renamed, nowhere, self.scans, region_maps, tolerance_mm=scoring.tolerance_mm
            ),
        )  # fmt: skip


def play_in_node(rows: dict[str, Any]) -> pd.DataFrame:
    if NODE is None:
        pytest.skip("no node on this machine: the page's script is played by it")
    command = [NODE, "--input-type=module", "-e", PLAY, str(BROWSER)]
    done = subprocess.run(
        command, input=json.dumps(rows), capture_output=True, text=True, check=True
    )
    return pd.DataFrame(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("study", "scoring"),
    [
        (Study(methods=2), SCORING),
        (Study(mode="relative", spacing=None), SCORING),
        (Study(), SCORING.model_copy(update={"tolerance_mm": 0.6})),
    ],
    ids=["mm", "radii without spacing", "with a tolerance"],
)
def test_the_game_on_the_page_is_the_study_s_own_at_every_ring(
    study: Study, scoring: EvaluationParameters
) -> None:
    rows = study.told(scoring)["rows"]
    played = play_in_node(rows).rename(columns={"silent": "n_silent", "empty": "n_empty"})
    rings = {
        f"{ring.outer:.6g}": ring for ring in (study.regions.ring.widened(mm) for mm in (2.0, 3.0))
    }

    assert rows["rings"]["own"] == [f"{each:g}" for each in rows["rings"]["widths"]].index(
        f"{study.regions.ring.outer:g}"
    )
    for width, ring in rings.items():
        scored = study.score(study.regions.model_copy(update={"ring": ring}), scoring).set_index(
            KEY
        )
        here = played[[f"{each:.6g}" == width for each in played["width"]]].set_index(KEY)
        counts = ["n", "n_silent", "n_empty"]
        pd.testing.assert_frame_equal(
            here[counts], scored.loc[here.index, counts], check_dtype=False
        )
        for name in ("hits", "rate", "chance"):
            expected = scored.loc[here.index, name].to_numpy(dtype=float)
            np.testing.assert_allclose(here[name].astype(float), expected, rtol=0, atol=1e-12)


def test_cases_come_errors_first_and_their_hits_are_those_of_the_game() -> None:
    study = Study()
    study.told()
    of_one = study.cases[(study.cases["method"] == "cam") & (study.cases["run"] == "one")]
    game = study.score(study.regions).set_index(KEY)

    for rule in ("either", "decision"):
        hits = game.loc[("cam", "one", "any", rule, "all", "both"), "hits"]
        assert of_one[f"hit_{rule}"].sum() == pytest.approx(hits)
    ranks = study.cases["outcome"].map({"false negative": 0, "false positive": 1}).fillna(2)
    assert ranks.is_monotonic_increasing
    assert of_one["silent"].sum() == 1
    assert of_one.loc[of_one["silent"], ["hit_either", "max_row_px"]].isna().all(axis=None)
    assert set(of_one.loc[of_one["max_region"].isin(REGION_NAMES), "hit_either"]) <= set(
        of_one["hit_either"]
    )


def test_what_names_hold_ends_no_script() -> None:
    study = Study(scans=2)
    html = open_templates().get_template("cases.html").render(**study.told())

    blocks = html.count("<script")
    assert blocks == html.count("</script>") == 2
    assert "<!--" not in html
    held = html.split("data-case-rows-json>")[1].split("</script>")[0]

    assert study.scans["scan_id"][0] in json.loads(held)["columns"]["scan_id"]


def test_notes_of_a_scan_stand_in_one_cell() -> None:
    study = Study(scans=2)
    notes = pd.DataFrame(
        [("s1", "margin", "spiculated"), ("s1", "halo", None), ("s1", "posterior", "shadow")],
        columns=["scan_id", "descriptor", "value"],
    )
    found = pd.DataFrame(
        [
            {
                "scan_id": "s1",
                "check": "tiny_scan",
                "severity": "warning",
                "value": None,
                "message": "m",
            }
        ]
    )

    study.told(descriptors=notes, screening=found)

    of_scan = study.cases[study.cases["scan_id"] == "s1"]
    assert set(of_scan["descriptors"]) == {"margin: spiculated; posterior: shadow"}
    assert set(of_scan["findings"]) == {"tiny_scan"}
    assert (
        study.cases.loc[study.cases["scan_id"] != "s1", ["descriptors", "findings"]]
        .isna()
        .all(axis=None)
    )


def test_pictures_end_with_their_budget_and_thumbnails_go_on() -> None:
    study = Study()
    study.told(reporting=REPORTING.model_copy(update={"picture_megabytes": 0.014}))

    shown = study.views["shown"]
    keys = study.cases[["method", "run", "scan_id"]].agg("/".join, axis=1).tolist()
    assert 0 < shown < len(keys)
    assert [("cells" in study.views["maps"][key]) for key in keys] == [
        n < shown for n in range(len(keys))
    ]
    assert all(
        ("picture" in scan) != ("thumbnail" in scan) for scan in study.views["scans"].values()
    )


def test_one_scan_of_one_class_and_of_no_pictures_has_a_page() -> None:
    study = Study(scans=1, spacing=None, mode="relative")

    html = (
        open_templates()
        .get_template("cases.html")
        .render(**study.told(reporting=REPORTING.model_copy(update={"picture_megabytes": 0})))
    )

    assert "have their pictures in it" in html
    assert "NaN" not in html


def test_regions_of_another_rule_are_refused() -> None:
    study = Study()
    study.told()
    wider = study.regions.model_copy(update={"ring": study.regions.ring.widened(4.0)})

    with pytest.raises(ValueError, match="run explainability again with these parameters"):
        draw_case_views(
            study.pictures, study.masks, study.annotations, study.maps, study.points, study.cases, wider, REPORTING
        )  # fmt: skip

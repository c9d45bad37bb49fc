"""How many maps have an extreme on what is no tissue, on cases worked out by hand."""

import pandas as pd
import pytest

from sonolens.evaluation.pointing import score_annotation_hits
from sonolens.evaluation.statistics import Bootstrap
from sonolens.tables.pointing import AnnotationHits, ExtremePoints, RegionShares
from sonolens.tables.training import Decisions

BOOTSTRAP = Bootstrap(resamples=200, confidence=0.95, seed=0)


class Study:
    """Collects maps of correct or wrong calls, with the share of annotations among their cells."""

    def __init__(self):
        self.points, self.shares, self.decisions = [], [], []

    def add(self, scan, *, high, low, cells=0.0, correct=True, method="cam", run="net"):
        """Add a map; `high` and `low` name the regions that share its maximum and its minimum."""
        of_map = {"method": method, "run": run, "scan_id": scan}
        for extreme, regions in (("max", high), ("min", low)):
            for region in regions:
                place = None if region == "none" else 0.5
                self.points.append(
                    of_map
                    | {"extreme": extreme, "value": 1.0, "row_px": place, "col_px": place}
                    | {"row_share": place, "col_share": place, "share": 1 / len(regions)}
                    | {"region": region, "distance_to_mass_mm": None, "ring": "0-5 mm"}
                )
        self.shares.append(
            of_map
            | {"region": "annotation", "cell_share": cells, "area_share": cells, "drawn": cells > 0}
        )
        self.decisions.append({"scan_id": scan, "run": run, "correct": correct})
        return self

    def score(self, **without_shares):
        decisions = pd.DataFrame(self.decisions).drop_duplicates(["scan_id", "run"])
        decisions = decisions.assign(
            patient_id=decisions["scan_id"], lesion_id=decisions["scan_id"], partition="test"
        )
        for name in Decisions.to_schema().columns:
            if name not in decisions:
                decisions[name] = "malignant" if name in {"label", "call"} else 0.5
        points = pd.DataFrame(self.points, columns=list(ExtremePoints.to_schema().columns))
        shares = pd.DataFrame(self.shares, columns=list(RegionShares.to_schema().columns))
        if without_shares:
            shares = shares.iloc[:0]
        found = score_annotation_hits(
            points, shares, decisions, partition="test", bootstrap=BOOTSTRAP
        )
        AnnotationHits.validate(found)
        return found


def one(study):
    (row,) = study.score().to_dict("records")
    return row


@pytest.mark.parametrize(
    ("high", "low", "hits"),
    [
        (["annotation"], ["other"], 1.0),
        (["mass"], ["annotation"], 1.0),
        (["annotation"], ["annotation"], 1.0),
        (["mass"], ["below"], 0.0),
        (["annotation", "mass"], ["other"], 0.5),
        (["annotation", "mass"], ["annotation", "other"], 0.75),  # 1 - 1/2 * 1/2
        (["annotation", "annotation", "mass"], ["other"], 2 / 3),
    ],
)
def test_a_scan_scores_the_shares_of_its_tied_extremes(high, low, hits):
    row = one(Study().add("a", high=high, low=low, cells=0.1))

    assert row["n"] == 1
    assert row["hits"] == pytest.approx(hits)


def test_blind_points_hit_with_either_of_two_throws():
    study = Study()
    study.add("a", high=["mass"], low=["mass"], cells=0.1)
    study.add("b", high=["mass"], low=["mass"], cells=0.0)

    row = one(study)

    assert row["chance"] == pytest.approx((0.19 + 0.0) / 2)  # 1 - 0.9 ** 2
    assert row["n_annotated"] == 1


def test_only_correct_calls_with_a_map_that_points_count():
    study = Study()
    study.add("hit", high=["annotation"], low=["mass"], cells=0.2)
    study.add("wrong", high=["annotation"], low=["mass"], cells=0.2, correct=False)
    study.add("flat", high=["none"], low=["none"], cells=0.2)
    study.add("half flat", high=["none"], low=["annotation"], cells=0.2)
    study.add("miss", high=["mass"], low=["mass"], cells=0.2)

    row = one(study)

    assert (row["n"], row["hits"], row["rate"]) == (2, 1.0, 0.5)


def test_methods_and_runs_are_told_apart_in_the_order_in_which_they_come():
    study = Study()
    study.add("a", high=["annotation"], low=["mass"], cells=0.2, method="random", run="z")
    study.add("a", high=["mass"], low=["mass"], cells=0.2, method="cam", run="z")
    study.add("a", high=["mass"], low=["mass"], cells=0.2, method="cam", run="a")

    found = study.score()

    assert found[["method", "run", "hits"]].to_numpy().tolist() == [
        ["random", "z", 1.0],
        ["cam", "z", 0.0],
        ["cam", "a", 0.0],
    ]


def test_a_map_without_a_share_has_no_chance_and_is_refused():
    with pytest.raises(ValueError, match="scan 'a' has extreme points but no share"):
        Study().add("a", high=["mass"], low=["mass"]).score(without_shares=True)

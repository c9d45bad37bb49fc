import numpy as np
import pandas as pd
import pytest

from sonolens.evaluation.truth import Accord, judge_methods
from sonolens.tables.evidence import LocalizationScores, Repeatability, SanityChecks
from sonolens.tables.truth import TruthCard

ABOUT = {"partition": "test", "confidence": 0.95}
RUN = "net-seed0"


def localization(**values):
    row = {"method": "cam", "run": RUN, "score": "average_precision", "region": "mass"}
    row |= {"evidence": "called", "subset": "correct", "label": "both", "n": 20, "n_left_out": 0}
    row |= {"mean": 0.5, "ci_low": 0.4, "ci_high": 0.6, "chance": 0.2, "ceiling": 0.9}
    row |= {"mean_mask": 0.3, "beyond_mean_mask": 0.2}
    row |= {"beyond_mean_mask_low": 0.1, "beyond_mean_mask_high": 0.3}
    return LocalizationScores.validate(pd.DataFrame([row | ABOUT | values]))


def sanity(*rows):
    about = {"method": "cam", "run": RUN, "n": 20, "n_left_out": 0} | ABOUT
    columns = ("depth", "measure", "mean", "ci_low", "ci_high")
    table = pd.DataFrame([about | dict(zip(columns, row, strict=True)) for row in rows])
    return SanityChecks.validate(table) if rows else SanityChecks.empty()


def repeats(*rows):
    about = {"configuration": "net", "method": "cam", "measure": "rank_correlation", "pairs": 1}
    about |= {"n": 20, "n_left_out": 0, "mean": 0.7, "stranger": 0.2} | ABOUT
    columns = ("varied", "above_stranger", "ci_low", "ci_high")
    table = pd.DataFrame([about | dict(zip(columns, row, strict=True)) for row in rows])
    return Repeatability.validate(table) if rows else Repeatability.empty()


FAITHFUL = (3, "rank_correlation", 0.1, 0.0, 0.2)


def judge(localized=None, checks=(FAITHFUL,), fitted_again=(), accord=None):
    card = judge_methods(
        localization() if localized is None else localized,
        sanity(*checks),
        repeats(*fitted_again),
        accords={} if accord is None else {("cam", RUN): accord},
        configuration_of={RUN: "net"},
        baselines=("edges",),
    )
    return TruthCard.validate(card).set_index("question")


def test_every_question_is_asked_of_every_method_and_run():
    assert judge()["answer"].to_dict() == {
        "follows_weights": "shown",
        "repeats": "cannot be asked",
        "beats_mean_mask": "shown",
        "agrees_with_reliance": "cannot be asked",
    }


def test_maps_that_stay_alike_without_weights_are_not_shown_to_follow_them():
    checks = (
        (0, "rank_correlation", 1.0, 1.0, 1.0),
        (3, "rank_correlation", -0.1, -0.2, 0.0),
        (3, "absolute_rank_correlation", 0.45, 0.3, 0.55),
        (3, "ssim", 0.9, 0.8, 0.95),
    )
    row = judge(checks=checks).loc["follows_weights"]

    # The sizes of the values keep their order, although the signs do not.
    assert (row["answer"], row["value"], row["against"]) == ("not shown", 0.45, 0.5)


def test_the_last_depth_tells_whether_maps_follow_the_weights():
    checks = ((2, "rank_correlation", 0.9, 0.8, 0.95), FAITHFUL)

    assert judge(checks=checks).loc["follows_weights", "answer"] == "shown"


def test_maps_no_better_than_the_mean_mask_are_not_shown_to_beat_it():
    localized = localization(beyond_mean_mask_low=-0.01)

    assert judge(localized).loc["beats_mean_mask", "answer"] == "not shown"


def test_without_training_masks_the_mean_mask_cannot_be_asked():
    unknown = dict.fromkeys(localization().filter(like="mean_mask"), np.nan)

    assert judge(localization(**unknown)).loc["beats_mean_mask", "answer"] == "cannot be asked"


def test_other_scores_than_the_average_precision_of_the_mass_are_not_asked():
    rows = [localization(), localization(score="iou"), localization(evidence="positive")]
    rows += [localization(subset="all"), localization(region="below", score="energy")]

    assert len(judge(pd.concat(rows))) == 4


@pytest.mark.parametrize(
    ("low", "answer"), [(0.01, "shown"), (0.0, "not shown"), (np.nan, "not shown")]
)
def test_agreement_with_reliance_must_lie_above_chance(low, answer):
    row = judge(accord=Accord(0.6, 0.5, low, 0.3, n=20, regions=2)).loc["agrees_with_reliance"]

    assert row["answer"] == answer
    assert row["value"] == pytest.approx(0.1)


def test_where_all_calls_hang_on_one_region_agreement_cannot_be_asked():
    accord = Accord(1.0, 1.0, np.nan, np.nan, n=20, regions=1)

    assert judge(accord=accord).loc["agrees_with_reliance", "answer"] == "cannot be asked"


def test_fits_of_other_seeds_are_asked_before_those_of_other_folds():
    fitted_again = (("fold", 0.1, -0.1, 0.3), ("seed", 0.4, 0.3, 0.5))
    row = judge(fitted_again=fitted_again).loc["repeats"]

    assert (row["answer"], row["value"]) == ("shown", 0.4)


def test_of_four_scans_nothing_is_asked():
    few = judge(localization(n=4), accord=Accord(1.0, 0.3, 0.5, 0.9, n=4, regions=2))

    assert (
        few.loc[["beats_mean_mask", "agrees_with_reliance"], "answer"].tolist()
        == ["cannot be asked"] * 2
    )
    assert few.loc["agrees_with_reliance", "n"] == 4


def test_what_knows_no_network_is_marked():
    assert judge(localization(method="edges"))["baseline"].all()


def test_no_scored_map_leaves_an_empty_card():
    assert judge(LocalizationScores.empty()).empty

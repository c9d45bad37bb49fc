"""The gallery shows what was drawn, in a fixed order."""

import pandas as pd

from sonolens.evaluation.classification import decide_scans
from sonolens.figures.gallery import draw_gallery
from sonolens.tables.shown import Gallery

# Of each label eight scans are called right and four wrong at the threshold 0.4.
PREDICTIONS = pd.DataFrame(
    {
        "run": "r",
        "scan_id": [f"s{place:02d}" for place in range(24)],
        "lesion_id": [f"l{place // 2:02d}" for place in range(24)],
        "partition": "test",
        "label": ["benign"] * 12 + ["malignant"] * 12,
        "logit": 0.0,
        "probability": [0.1] * 8 + [0.4] * 4 + [0.4] * 8 + [0.1] * 4,
    }
)
OPERATING_POINTS = pd.DataFrame(
    {
        "run": "r",
        "level": ["scan", "scan", "lesion"],
        "rule": ["youden", "closest_to_corner", "closest_to_corner"],
        "threshold": [0.9, 0.4, 0.9],
    }
)
SCANS = PREDICTIONS[["scan_id"]].assign(patient_id="p")


def gallery(
    predictions: pd.DataFrame = PREDICTIONS, *, each: int = 2, wrong: int = 1, seed: int = 0
) -> pd.DataFrame:
    return draw_gallery(
        decide_scans(predictions, SCANS, OPERATING_POINTS),
        partition="test",
        correct_per_label=each,
        wrong=wrong,
        seed=seed,
    )


def test_correct_benign_come_first_then_correct_malignant_then_wrong() -> None:
    shown = gallery(wrong=3)

    assert shown["correct"].tolist() == [True] * 4 + [False] * 3
    assert shown["label"].tolist()[:4] == ["benign"] * 2 + ["malignant"] * 2
    Gallery.validate(shown)


def test_wrong_calls_of_both_labels_are_shown_in_turn() -> None:
    wrong = gallery(wrong=4).query("not correct")

    assert sorted(wrong["label"]) == ["benign", "benign", "malignant", "malignant"]


def test_wrong_calls_of_one_label_fill_the_places_of_the_other() -> None:
    wrong = gallery(PREDICTIONS[:12], wrong=2).query("not correct")

    assert wrong["label"].tolist() == ["benign", "benign"]


def test_a_wrong_call_is_shown_though_another_scan_of_its_lesion_is_called_rightly() -> None:
    """The only wrong call of benign lesions is one of two scans of one of four lesions."""
    predictions = PREDICTIONS[:9].assign(
        lesion_id=["a", "b", "c", "d", "a", "b", "c", "d", "a"], patient_id="p"
    )
    for seed in range(8):
        shown = gallery(predictions, each=4, wrong=1, seed=seed)
        assert shown["correct"].tolist() == [True] * 3 + [False]


def test_a_probability_at_the_threshold_is_called_malignant() -> None:
    shown = gallery(each=9, wrong=9)

    at_threshold = shown[shown["probability"] == 0.4]
    assert (at_threshold["correct"] == (at_threshold["label"] == "malignant")).all()


def test_no_lesion_is_shown_twice() -> None:
    shown = gallery(each=4, wrong=4, seed=1)

    lesions = PREDICTIONS.set_index("scan_id").loc[shown["scan_id"], "lesion_id"]
    assert lesions.is_unique


def test_the_draw_depends_on_the_seed_and_not_on_the_row_order() -> None:
    assert gallery(PREDICTIONS.iloc[::-1]).equals(gallery())
    assert not gallery(seed=4).equals(gallery())


def test_fewer_are_shown_where_there_are_fewer() -> None:
    assert len(gallery(PREDICTIONS[:8], each=9, wrong=9)) == 4


def test_other_partitions_are_left_out() -> None:
    assert gallery(PREDICTIONS.assign(partition="train")).empty

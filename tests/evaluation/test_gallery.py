"""The gallery shows what was drawn, in a fixed order."""

import pandas as pd

from sonolens.evaluation.gallery import draw_gallery

JUDGED = pd.DataFrame(
    {
        "scan_id": [f"s{place:02d}" for place in range(24)],
        "lesion_id": [f"l{place // 2:02d}" for place in range(24)],
        "label": ["benign"] * 12 + ["malignant"] * 12,
        "correct": ([True] * 8 + [False] * 4) * 2,
    }
).set_index("scan_id", drop=False)


def test_benign_come_first_then_malignant_then_wrong() -> None:
    shown = draw_gallery(JUDGED, correct_per_label=2, wrong=3, seed=0)

    assert JUDGED.loc[shown[:4], "correct"].all()
    assert JUDGED.loc[shown[:4], "label"].tolist() == ["benign"] * 2 + ["malignant"] * 2
    assert not JUDGED.loc[shown[4:], "correct"].any()
    assert len(shown) == 7


def test_no_lesion_is_shown_twice() -> None:
    shown = draw_gallery(JUDGED, correct_per_label=4, wrong=4, seed=1)

    assert JUDGED.loc[shown, "lesion_id"].is_unique


def test_the_draw_depends_on_the_seed_and_not_on_the_row_order() -> None:
    first = draw_gallery(JUDGED, correct_per_label=2, wrong=1, seed=0)

    assert draw_gallery(JUDGED.iloc[::-1], correct_per_label=2, wrong=1, seed=0) == first
    assert draw_gallery(JUDGED, correct_per_label=2, wrong=1, seed=4) != first


def test_fewer_are_shown_where_there_are_fewer() -> None:
    assert len(draw_gallery(JUDGED[:8], correct_per_label=9, wrong=9, seed=0)) == 4

"""Notes exchanged within the label: every way by hand, and what exchanges must not see."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.evaluation.statistics.label_exchange import Exchange, exchange_notes


def masses(labels: str, patients: str | None = None) -> pd.DataFrame:
    """Scans of a lesion and, unless told, a patient each; b is benign, m malignant."""
    names = [f"s{number:02d}" for number in range(len(labels))]
    return pd.DataFrame(
        {
            "scan_id": names,
            "lesion_id": names if patients is None else list(patients),
            "patient_id": names if patients is None else list(patients),
            "label": [{"b": "benign", "m": "malignant"}[label] for label in labels],
        }
    )


def exchange(measured, noted, scans: pd.DataFrame, **changes) -> Exchange:
    options = {"permutations": 200, "levels": [0.05], "seed": 0} | changes
    return exchange_notes(
        np.asarray(measured, dtype=float), np.asarray(noted, dtype=bool), scans, **options
    )


def p_by_hand(measured, noted, labels: str) -> float:
    """Try every way to note as many scans of each label, one scan a patient."""
    measured, noted = np.asarray(measured, dtype=float), np.asarray(noted, dtype=bool)
    of = [[place for place, name in enumerate(labels) if name == label] for label in "bm"]
    sums = [
        sum(measured[list(chosen)].sum() for chosen in both)
        for both in itertools.product(
            *(itertools.combinations(rows, int(noted[rows].sum())) for rows in of)
        )
    ]
    far = np.abs(np.array(sums) - np.mean(sums))
    return float((far >= abs(measured[noted].sum() - np.mean(sums)) - 1e-9).mean())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-3, 3), st.booleans(), st.sampled_from("bm")),
        min_size=4,
        max_size=8,
    )
)
def test_of_few_patients_every_exchange_is_tried(rows: list[tuple[int, bool, str]]) -> None:
    measured, noted, labels = zip(*rows, strict=True)
    found = exchange(measured, noted, masses("".join(labels)))

    if found.exchanges:
        assert found.exact
        assert found.p_value == pytest.approx(p_by_hand(measured, noted, "".join(labels)))


def test_drawn_exchanges_come_near_to_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    noted = rng.random(16) < 0.5
    measured = rng.normal(size=16) + 0.8 * noted
    scans = masses("b" * 8 + "m" * 8)
    exact = exchange(measured, noted, scans)
    monkeypatch.setattr("sonolens.evaluation.statistics.label_exchange.MOST_EXACT", 1)
    drawn = exchange(measured, noted, scans, permutations=5000, levels=[])

    assert exact.exact
    assert not drawn.exact
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.03)


def test_what_goes_with_the_label_alone_is_not_found() -> None:
    # Noted in most malignant and few benign masses; measured is the label and nothing else.
    scans = masses("b" * 6 + "m" * 6)
    measured = [0] * 6 + [9] * 6
    noted = [1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0]

    assert exchange(measured, noted, scans).p_value == 1


def test_what_follows_the_note_within_the_label_is_found() -> None:
    scans = masses("b" * 6 + "m" * 6)
    noted = [1, 1, 1, 0, 0, 0] * 2

    # Of 20 x 20 ways only this one and its reverse are as far from the mean.
    assert exchange(noted, noted, scans).p_value == pytest.approx(2 / 400)


def test_scans_of_a_patient_are_exchanged_together() -> None:
    # Four patients of two scans each: 6 ways, not the 70 of eight single scans.
    scans = masses("b" * 8, "aabbccdd")
    noted = [1, 1, 1, 1, 0, 0, 0, 0]

    found = exchange(noted, noted, scans)

    assert (found.exchanges, found.p_value) == (6, pytest.approx(2 / 6))


def test_a_lesion_may_have_more_scans_than_another() -> None:
    # The lesion a has two scans; it and b and c may each be the one that is noted.
    found = exchange([3, 3, 0, 0], [1, 1, 0, 0], masses("bbbb", "aabc"))

    # Its scans are 3 above their mean of 1.5 together, the others 1.5 below it each.
    assert (found.exchanges, found.p_value) == (3, pytest.approx(1 / 3))


def test_where_scans_of_a_lesion_differ_in_it_lesions_must_have_as_many() -> None:
    # Of the lesions with two scans one is noted on its second scan; c has one scan and keeps its note.
    assert exchange([1, 2, 3, 4, 5], [0, 1, 0, 0, 1], masses("bbbbb", "aabbc")).exchanges == 2


def test_patients_with_other_lesions_or_labels_keep_their_notes() -> None:
    scans = masses("bbbm").assign(patient_id=["a", "b", "b", "c"])

    # One benign lesion, two of them, and a malignant one: nobody is alike.
    found = exchange([1, 2, 3, 4], [1, 0, 0, 1], scans)

    assert (found.exchanges, found.exact) == (0, True)
    assert np.isnan(found.p_value)


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    noted, measured = rng.random(40) < 0.4, rng.normal(size=40)
    scans = masses("bm" * 20)
    order = rng.permutation(40)

    there = exchange(measured, noted, scans)
    back = exchange(measured[order], noted[order], scans.iloc[order].reset_index(drop=True))

    assert not there.exact
    assert there == back


def test_more_is_drawn_while_a_level_is_near() -> None:
    rng = np.random.default_rng(1)
    noted, measured = rng.random(60) < 0.5, rng.normal(size=60)
    scans = masses("bm" * 30)
    far = exchange(measured, noted, scans, levels=[1e-9])
    near = exchange(measured, noted, scans, levels=[far.p_value])

    assert far.exchanges == 200
    assert near.exchanges > 200


def test_equal_values_are_no_difference() -> None:
    assert exchange([0.1] * 12, [1, 0] * 6, masses("b" * 6 + "m" * 6)).p_value == 1

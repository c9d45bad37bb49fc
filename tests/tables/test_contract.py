"""A table is named in a signature: another one is refused under pytest."""

import pandas as pd
import pytest
from jaxtyping import TypeCheckError
from pandera.errors import SchemaError, SchemaErrors

from sonolens.evaluation.classification import decide_scans, trace_roc
from sonolens.tables import contract
from sonolens.tables.classification import OperatingPoints
from sonolens.tables.cohort import Scans, Splits
from sonolens.tables.training import Decisions, Predictions, TrainingHistory

SCANS, PREDICTIONS, POINTS = (each.empty() for each in (Scans, Predictions, OperatingPoints))


def test_a_table_in_the_place_of_another_is_refused() -> None:
    with pytest.raises(TypeCheckError):
        decide_scans(SCANS, SCANS, POINTS)
    with pytest.raises(TypeCheckError):
        decide_scans(PREDICTIONS, SCANS, PREDICTIONS)


def test_a_table_in_its_own_place_passes_with_columns_more_or_fewer() -> None:
    decide_scans(PREDICTIONS, SCANS.assign(size_mm=1.0), POINTS)
    decide_scans(PREDICTIONS.drop(columns="temperature"), SCANS[["scan_id", "patient_id"]], POINTS)


def test_decisions_are_predictions_but_not_the_other_way() -> None:
    trace_roc(Decisions.empty(), lesion_probability="mean")
    with pytest.raises(TypeCheckError):
        decide_scans(PREDICTIONS, pd.DataFrame(columns=list(Decisions.to_schema().columns)), POINTS)


SOUND = pd.DataFrame(
    {"scan_id": "s1", "lesion_id": "m1", "patient_id": "p1", "fold": [0, 1], "partition": "test"}
)
"""Splits."""


@pytest.mark.parametrize(
    "wrong",
    [
        SOUND.assign(partition=["test", "tset"]),
        SOUND.assign(fold=0),
        SOUND.drop(columns="patient_id"),
        SOUND.assign(age=50),
        pd.concat([SOUND, SOUND], ignore_index=True),
    ],
)
def test_a_table_is_refused_however_alike_the_one_before_it_was(wrong: pd.DataFrame) -> None:
    Splits.validate(SOUND)

    for _ in range(2):
        with pytest.raises((SchemaError, SchemaErrors)):
            Splits.validate(wrong)


def test_a_table_of_other_types_becomes_what_the_one_before_it_was() -> None:
    sound = Splits.validate(SOUND)

    as_text = Splits.validate(SOUND.astype({"fold": "str"}))

    pd.testing.assert_frame_equal(as_text, sound)


def test_what_is_made_of_a_sound_table_changes_nothing_that_is_known() -> None:
    for _ in range(3):
        sound = Splits.validate(SOUND)
        assert sound["partition"].tolist() == ["test", "test"]
        sound["partition"] = "tset"
        with pytest.raises((SchemaError, SchemaErrors)):
            Splits.validate(sound)


def test_a_table_that_one_contract_finds_sound_is_new_to_another() -> None:
    Splits.validate(SOUND)

    with pytest.raises((SchemaError, SchemaErrors)):
        Scans.validate(SOUND)


def test_a_table_seen_again_keeps_the_sign_of_its_zeros() -> None:
    table = pd.DataFrame({"run": ["r"], "epoch": 1, "train_loss": 0.0, "validation_loss": 0.1})
    table = table.assign(test_loss=0.1, learning_rate=0.1, seconds=1.0, best=True)
    TrainingHistory.validate(table)

    again = TrainingHistory.validate(table.assign(train_loss=-0.0))

    assert str(again.loc[0, "train_loss"]) == "-0.0"


@pytest.mark.parametrize(("most_cells", "is_kept"), [(10, True), (9, False)])
def test_a_large_table_is_not_kept_and_a_small_one_is(
    most_cells: int, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "SMALL_CELLS", most_cells)  # the table has ten
    monkeypatch.setattr(Splits, "_sound", None)

    Splits.validate(SOUND)

    assert (Splits._sound is not None) == is_kept

"""Networks from elsewhere judge a study as they were frozen, and not the scans that fitted them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from desk_network import (
    BIAS,
    SIZE_PX,
    TEMPERATURE,
    TRAINING,
    draw_scan,
    make_card,
    write_desk_network,
)
from PIL import Image
from quick_settings import QUICK_SCORING
from scipy.special import expit

from sonolens.pipelines.external_validation.arrival import (
    hold_out_scans,
    judge_as_frozen,
    take_networks,
)
from sonolens.pipelines.external_validation.beside_home import measure_drift
from sonolens.pipelines.external_validation.parameters import ExternalValidationParameters
from sonolens.pipelines.parameters import (
    FramingParameters,
    InferenceParameters,
)
from sonolens.tables.cohort import Screening, Splits
from sonolens.tables.conformal import ConformalThresholds
from sonolens.tables.training import TrainingHistory
from sonolens.travel import NetworkFile
from sonolens.travel.card import SetRule

FRAMING = FramingParameters(size_px=SIZE_PX, annotations="keep")
INFERENCE = InferenceParameters(device="cpu", batch_size=8, logit_tolerance=0.001)
IDS = [f"s{number}" for number in range(8)]


def asked(on_overlap: str) -> ExternalValidationParameters:
    return ExternalValidationParameters(
        local_share=0.5,
        seed=0,
        on_overlap=on_overlap,
        biopsy_thresholds=(0.1,),
        interval_widths={"observed_to_expected": 1.0, "calibration_slope": 0.4, "auc": 0.1},
    )


def table_of(ids: list[str]) -> pd.DataFrame:
    """Two scans of every patient, benign and malignant patients by turns."""
    return pd.DataFrame(
        {
            "scan_id": ids,
            "lesion_id": ids,
            "patient_id": [f"p{place // 2}" for place in range(len(ids))],
            "view": pd.Series([None] * len(ids), dtype="str"),
            "label": [("benign", "malignant")[place // 2 % 2] for place in range(len(ids))],
            "birads": pd.Series([None] * len(ids), dtype="str"),
            "spacing_row_mm": 0.2,
            "spacing_col_mm": 0.2,
            "device": ["ACME Echo 9", "Other 1"] * (len(ids) // 2),
            "source": "here",
        }
    )


SCANS = table_of(IDS)


@dataclass
class OfPicture:
    pixels: np.ndarray

    def __call__(self) -> Image.Image:
        return Image.fromarray(self.pixels)


def pictures(**known: np.ndarray) -> dict[str, OfPicture]:
    """New speckle, but for the scans that are given."""
    drawn = {each: draw_scan(200 + place) for place, each in enumerate(IDS)}
    return {each: OfPicture(pixels) for each, pixels in (drawn | known).items()}


@pytest.fixture
def silent(tmp_path: Path) -> NetworkFile:
    """A network that says its bias of every scan."""
    return NetworkFile(write_desk_network(tmp_path / "one.safetensors", silent=True))


def test_a_network_arrives_with_its_name_its_home_and_what_it_was_frozen_with(
    silent: NetworkFile,
) -> None:
    weights, runs, history, points, sets = take_networks({"one": silent, "two": silent}, FRAMING)

    assert runs["run"].tolist() == runs["configuration"].tolist() == ["one", "two"]
    assert runs[["fold", "home_study", "best_epoch"]].drop_duplicates().to_numpy().tolist() == [
        [0, "tiny study", 1]
    ]
    assert list(history.columns) == list(TrainingHistory.empty().columns)
    assert history.empty
    assert points[points["run"] == "two"].set_index("rule")["threshold"].to_dict() == {
        "closest_to_corner": 0.5,
        "sensitivity_95": 0.1,
    }
    assert list(sets.columns) == list(ConformalThresholds.empty().columns)
    assert sets.empty
    header = weights["two"]().header
    assert (header["run"], header["fold"], header["annotations"]) == ("two", "0", "as framed")


def test_the_limits_of_its_sets_arrive_too(tmp_path: Path) -> None:
    rule = SetRule(
        level="scan",
        taxonomy="label",
        group="benign",
        alpha=0.1,
        calibrated_on="validation",
        threshold=0.7,
        n=12,
        n_patients=9,
        fell_back=False,
    )
    decisions = make_card(0.0).decisions.model_copy(update={"sets": (rule,)})
    file = write_desk_network(tmp_path / "n.safetensors", silent=True, decisions=decisions)

    *_, sets = take_networks({"one": NetworkFile(file)}, FRAMING)

    assert sets[["run", "group", "alpha", "threshold"]].to_numpy().tolist() == [
        ["one", "benign", 0.1, 0.7]
    ]


@pytest.mark.parametrize(
    ("framing", "said"),
    [
        (
            {"size_px": 48, "annotations": "keep"},
            r"sees scans framed at 64 px, but framing\.size_px is 48; run with --params framing\.size_px=64",
        ),
        (
            {"size_px": 64, "annotations": "blank"},
            r"annotations 'keep', but framing\.annotations is 'blank'; .*framing\.annotations=both",
        ),
    ],
)
def test_a_network_that_sees_scans_otherwise_is_refused_with_the_remedy(
    silent: NetworkFile, framing: dict, said: str
) -> None:
    with pytest.raises(ValueError, match=rf"^network 'one' .*{said}"):
        take_networks({"one": silent}, FramingParameters(**framing))

    take_networks({"one": silent}, FramingParameters(size_px=64, annotations="both"))


def test_a_study_that_fitted_a_network_is_refused_or_its_patient_is_not_scored(
    silent: NetworkFile,
) -> None:
    networks, screening = {"one": silent}, Screening.empty()
    known = pictures(s5=TRAINING[3])

    with pytest.raises(ValueError, match=r"scan 's5' and 0 more fitted or chose one of the netw"):
        hold_out_scans(SCANS, screening, known, networks, asked("stop"))

    splits = hold_out_scans(SCANS, screening, known, networks, asked("drop"))
    partition = splits.set_index("scan_id")["partition"]
    assert partition[partition == "validation"].index.tolist() == ["s4", "s5"]  # both of p2
    assert set(partition.drop(["s4", "s5"])) == {"train", "test"}


def test_nobody_is_left_out_of_a_study_that_no_network_knows(silent: NetworkFile) -> None:
    splits = hold_out_scans(SCANS, Screening.empty(), pictures(), {"one": silent}, asked("stop"))

    of_patients = splits.groupby("patient_id")["partition"].agg(set)
    assert all(len(each) == 1 for each in of_patients)
    assert splits["partition"].value_counts().to_dict() == {"train": 4, "test": 4}


def test_the_temperature_of_a_judgement_is_the_one_that_the_network_came_with(
    silent: NetworkFile,
) -> None:
    networks = {"one": silent}
    weights, runs, *_ = take_networks(networks, FRAMING)
    splits = SCANS[["scan_id", "lesion_id", "patient_id"]].assign(fold=0, partition="test")
    inputs = np.stack([draw_scan(each, shape=(SIZE_PX, SIZE_PX)) for each in range(len(IDS))])

    judged = judge_as_frozen(
        weights, runs, networks, SCANS, Splits.validate(splits), inputs, INFERENCE
    )

    assert judged["scan_id"].tolist() == IDS
    assert judged["logit"].to_numpy() == pytest.approx(BIAS)
    assert set(judged["temperature"]) == {TEMPERATURE}
    assert judged["probability"].to_numpy() == pytest.approx(expit(BIAS / TEMPERATURE))


def properties() -> pd.DataFrame:
    box = {"mass_row_px": 5.0, "mass_col_px": 5.0, "mass_height_px": 10, "mass_width_px": 10}
    size = {"rows_px": 96, "cols_px": 128, "mass_area_px": 100}
    return SCANS[["scan_id"]].assign(**size, mean_grey=100.0, contrast=6.0, **box)


@pytest.mark.parametrize("familiar", [False, True])
def test_scans_are_held_against_those_that_trained_a_network_and_by_its_features_if_it_has_any(
    tmp_path: Path, familiar: bool
) -> None:
    file = NetworkFile(write_desk_network(tmp_path / "n.safetensors", familiar=familiar))
    networks = {"one": file}
    weights, *_ = take_networks(networks, FRAMING)
    strange = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (SIZE_PX, 1))
    inputs = np.stack([strange] * len(IDS))
    seen = pictures(s0=np.tile(strange, (1, 3)))

    drift = measure_drift(
        networks, weights, inputs, seen, SCANS, properties(), INFERENCE, QUICK_SCORING
    ).set_index("property")

    assert set(drift["run"]) == {"one"}
    assert (drift.loc["rows_px", "n"], drift.loc["rows_px", "beyond"]) == (8, 1 / 8)
    assert (drift.loc["device", "n"], drift.loc["device", "beyond"]) == (8, 1 / 2)
    assert ("familiarity" in drift.index) == familiar
    if familiar:
        assert drift.loc["familiarity", "beyond"] == 1

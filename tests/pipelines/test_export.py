"""The nodes of `export` on a small study of the test's own: what travels, and what does not."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from quick_settings import QUICK_SCORING

from sonolens.evaluation.classification import score_classification
from sonolens.evaluation.statistics import Bootstrap
from sonolens.models import (
    NetworkWeights,
    build_network,
    pack_weights,
    pool_features,
    predict_logits,
    write_weights,
)
from sonolens.pipelines.export.description import (
    choose_fixed_places,
    describe_training,
    measure_familiarity,
)
from sonolens.pipelines.export.packing import describe_behaviour, export_networks
from sonolens.pipelines.parameters import (
    FramingParameters,
    InferenceParameters,
)
from sonolens.report.cards import PublicationParameters
from sonolens.tables.conformal import ConformalThresholds
from sonolens.tables.pointing import PointingGame
from sonolens.tables.reliance import RelianceScores
from sonolens.tables.vocabulary import LABELS, LEVELS, OPERATING_RULES, PLAYED_REGIONS
from sonolens.travel import TravellingNetwork, is_among, read_network, take_places

RUN, SIZE_PX, COUNT = "tiny-full-seed0-fold0", 48, 32
SECRETS = ("secretscan", "secretlesion", "secretpatient", "secretsource")
INFERENCE = InferenceParameters(device="cpu", batch_size=8, logit_tolerance=0.001)
PUBLICATION = PublicationParameters(
    model_license="mit", data_license=None, data_url=None, data_creators=(), data_published=None
)
CONTEXT = {
    "run_id": "2026-11-23T12.00.00.000Z",
    "inputs": {"model_weights": "2026-11-22T12.00.00.000Z"},
    "packages": {"sonolens": "0.1.0"},
    "python": "3.11",
}


def draw(seed: int) -> list[np.ndarray]:
    """Speckle of a few grey levels, so that noise of all levels is unlike it."""
    draw = np.random.default_rng(seed)
    return [draw.integers(90, 110, (SIZE_PX, SIZE_PX), dtype=np.uint8) for _ in range(COUNT)]


PICTURES = draw(0)


def of_pictures(pictures: list[np.ndarray]) -> Mapping[str, Callable[[], Image.Image]]:
    return {
        f"{SECRETS[0]}{number}": (lambda picture=picture: Image.fromarray(picture))
        for number, picture in enumerate(pictures)
    }


def tell_scans() -> pd.DataFrame:
    numbers = range(COUNT)
    return pd.DataFrame(
        {
            "scan_id": [f"{SECRETS[0]}{number}" for number in numbers],
            "lesion_id": [f"{SECRETS[1]}{number}" for number in numbers],
            "patient_id": [f"{SECRETS[2]}{number}" for number in numbers],
            "view": pd.Series([None] * COUNT, dtype="str"),
            "label": [LABELS[number % 2] for number in numbers],
            "birads": pd.Series([None] * COUNT, dtype="str"),
            "spacing_row_mm": 0.1,
            "spacing_col_mm": np.nan,
            "device": "a scanner",
            "source": SECRETS[3],
        }
    )


def decide(scans: pd.DataFrame, partitions: list[str], logits: np.ndarray) -> pd.DataFrame:
    probability = 1 / (1 + np.exp(-logits / 2.0))
    called = probability >= 0.5
    columns = {"run": RUN, "partition": partitions, "logit": logits.astype(float)}
    decided = {"temperature": 2.0, "threshold": 0.5, "called": called}
    return scans[["scan_id", "lesion_id", "patient_id", "label"]].assign(
        **columns,
        **decided,
        probability=probability.astype(float),
        correct=called == (scans["label"] == "malignant"),
    )


def export(partitions: list[str]) -> dict[str, NetworkWeights]:
    """Run the nodes of both stations."""
    scans = tell_scans()
    network = build_network("tiny", adaptation="full", weights="none", seed=1).eval()
    weights = {RUN: lambda: pack_weights(network, size_px=SIZE_PX, header_extra={"run": RUN})}
    inputs = np.stack(PICTURES)
    decisions = decide(
        scans, partitions, predict_logits(network, inputs, batch_size=8, device="cpu")
    )
    keys = {"run": RUN, "chosen_on": "validation", "threshold": 0.5}
    points = pd.DataFrame(
        [keys | {"level": level, "rule": rule} for level in LEVELS for rule in OPERATING_RULES]
    )
    metrics = score_classification(
        decisions,
        scans.assign(size_mm=np.nan),
        points,
        lesion_probability="mean",
        size_bounds_mm=(10.0, 20.0),
        bins=4,
        bootstrap=Bootstrap(resamples=100, confidence=0.95, seed=0),
    )
    regions = np.zeros((SIZE_PX, SIZE_PX), dtype=np.uint8)
    regions[:10, :10] = 1
    familiarity = measure_familiarity(weights, inputs, scans, decisions, INFERENCE)
    packed = export_networks(
        weights,
        {run: (lambda each=each: each) for run, each in familiarity.items()},
        describe_training(
            scans,
            tell_properties(scans),
            of_pictures(PICTURES),
            decisions,
            tell_fits(),
            tell_study(),
            CONTEXT,
        ),
        choose_fixed_places(of_pictures([regions] * COUNT), scans, decisions, QUICK_SCORING),
        describe_behaviour(
            decisions,
            points,
            metrics,
            ConformalThresholds.empty(),
            tell_hits(),
            RelianceScores.empty(),
            QUICK_SCORING,
        ),
        FramingParameters(size_px=SIZE_PX, annotations="blank"),
        PUBLICATION,
        CONTEXT,
    )
    return {run: pack() for run, pack in packed.items()}


def tell_fits() -> pd.DataFrame:
    fit = {"network": "tiny", "adaptation": "full", "protocol": "rigorous", "seed": 0}
    fit |= {"start": "none", "labels": "given", "annotations": "as framed", "output_stride": 8}
    fit |= {"learning_rate": 0.001, "n_weights": 100, "n_learning": 100, "epochs": 3}
    fit |= {"chosen_on": "validation", "best_epoch": 2}
    return pd.DataFrame([fit | {"run": RUN, "configuration": RUN, "fold": 0}])


def tell_hits() -> pd.DataFrame:
    """One row of the game on test scans, and the same on those that chose the network."""
    row: dict[str, Any] = dict.fromkeys(PointingGame.to_schema().columns, 0.0)
    row |= {"region": "any", "rule": "either", "subset": "correct", "label": "both"}
    row |= {"method": "cam", "run": RUN, "n": 10, "rate": 0.7, "chance": 0.2, "ci_low": 0.4}
    row |= {"ci_high": 0.9, "confidence": 0.95, "ring": "0-5 mm"}
    return pd.DataFrame([row | {"partition": "test"}, row | {"partition": "validation"}])


def tell_study() -> dict[str, str]:
    return {"name": "made up", "description": "of nobody"}


def tell_properties(scans: pd.DataFrame) -> pd.DataFrame:
    grey = {"mean_grey": 100.0, "contrast": 6.0}
    mass = {"mass_row_px": 5.0, "mass_col_px": 5.0, "mass_height_px": 10, "mass_width_px": 10}
    size = {"rows_px": SIZE_PX, "cols_px": SIZE_PX, "mass_area_px": 100}
    return scans[["scan_id"]].assign(**size, **grey, **mass)


@pytest.fixture(scope="module")
def content() -> bytes:
    partitions = ["train"] * 12 + ["validation"] * 12 + ["test"] * 8
    return write_weights(export(partitions)[RUN])


@pytest.fixture(scope="module")
def travelled(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> TravellingNetwork:
    file = tmp_path_factory.mktemp("travel") / f"{RUN}.safetensors"
    file.write_bytes(content)
    return read_network(file)


def test_no_id_source_or_picture_of_the_study_is_in_the_file(content: bytes) -> None:
    for secret in SECRETS:
        assert secret.encode() not in content
    for picture in PICTURES:
        stored = io.BytesIO()
        Image.fromarray(picture).save(stored, format="PNG")
        assert picture[5].tobytes() not in content
        assert stored.getvalue()[40:60] not in content


def test_a_card_tells_how_the_network_decides_and_what_trained_it(
    travelled: TravellingNetwork,
) -> None:
    card = travelled.card

    assert (card.run, card.licence, card.data_licence) == (RUN, "mit", "not stated")
    assert card.framing.annotations == "blank"
    assert card.study.made_in == "2026-11-22T12.00.00.000Z"
    assert sum(count.scans for count in card.study.counts) == COUNT
    widths = {each.name: each for each in card.study.ranges}["width_mm"]
    assert (widths.known, widths.unknown, widths.median) == (0, 12, None)
    (auc,) = [
        each for each in card.decisions.performance if (each.level, each.metric) == ("scan", "auc")
    ]
    assert (auc.partition, auc.n) == ("test", 8)
    (hits,) = card.regions
    assert (hits.question, hits.asked_by, hits.above) == ("pointing", "cam", pytest.approx(0.5))
    assert (card.fit.network, card.fit.best_epoch) == ("tiny", 2)


def test_scans_that_trained_or_chose_are_known_and_test_scans_are_not(
    travelled: TravellingNetwork,
) -> None:
    known = [is_among(picture, travelled.card.study.scans) for picture in PICTURES]

    assert known == [True] * 24 + [False] * 8


def test_the_fixed_places_lie_where_masses_of_the_training_study_lay(
    travelled: TravellingNetwork,
) -> None:
    prior = take_places(travelled.card.fixed_places, regions=PLAYED_REGIONS)

    row, col = divmod(int(prior.one[list(PLAYED_REGIONS).index("mass")]), 21)
    assert max(row, col) <= 4


def test_scans_like_those_of_the_study_are_familiar_and_noise_is_not(
    travelled: TravellingNetwork,
) -> None:
    noise = np.random.default_rng(9).integers(0, 256, (6, SIZE_PX, SIZE_PX), dtype=np.uint8)
    inverted = 255 - np.stack(draw(1))

    unfamiliar = [
        travelled.familiarity.is_unfamiliar(
            pool_features(travelled.network, scans, batch_size=8, device="cpu")
        ).mean()
        for scans in (np.stack(draw(1)), noise, inverted)
    ]

    assert unfamiliar[0] < 0.3
    assert unfamiliar[1:] == [1, 1]


def test_one_training_scan_gives_a_card_that_says_why_familiarity_is_missing(
    tmp_path: Path,
) -> None:
    partitions = ["train"] + ["validation"] * 21 + ["test"] * 10
    (tmp_path / "n.safetensors").write_bytes(write_weights(export(partitions)[RUN]))

    card = read_network(tmp_path / "n.safetensors").card

    assert card.familiarity is None
    assert card.no_familiarity.startswith("there are 1 training scans, and 8 are the fewest")


def test_equal_runs_become_equal_files(content: bytes) -> None:
    partitions: Any = ["train"] * 12 + ["validation"] * 12 + ["test"] * 8

    assert write_weights(export(partitions)[RUN]) == content

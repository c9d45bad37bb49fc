"""The station of arrival: external_networks, scans -> splits, model_inputs, model_weights, predictions, decisions."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from kedro.pipeline import Pipeline

from sonolens import cohort, travel
from sonolens.arrays import ScanStack
from sonolens.evaluation import classification
from sonolens.models import NetworkWeights, pack_weights
from sonolens.pipelines.collections import Networks, Pictures, Travellers
from sonolens.pipelines.data_processing.preparation import frame_scans, score_shortcuts
from sonolens.pipelines.external_validation.parameters import ExternalValidationParameters
from sonolens.pipelines.pairs import AS_FRAMED, BLANK
from sonolens.pipelines.parameters import FramingParameters, InferenceParameters
from sonolens.pipelines.stations import station
from sonolens.pipelines.training.fitting import judge_scans
from sonolens.progress import track
from sonolens.tables.cohort import ScansTable, ScreeningTable, SplitsTable
from sonolens.tables.conformal import ConformalThresholds
from sonolens.tables.training import TrainingHistory, TrainingRunsTable


def arrival_station() -> Pipeline:
    """Let networks from elsewhere judge a study as they were frozen; nothing is fitted."""
    return station(
        "arrival",
        {
            take_networks: [
                "model_weights",
                "training_runs",
                "training_history",
                "operating_points",
                "conformal_thresholds",
            ],
            hold_out_scans: "splits",
            frame_scans: "model_inputs",
            score_shortcuts: "shortcut_audit",
            judge_as_frozen: "predictions",
            classification.decide_scans: "decisions",
        },
    )


def take_networks(
    external_networks: Travellers, framing: FramingParameters
) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Take in every network with how it was fitted, no epoch of it, and all its frozen thresholds."""
    weights, runs, points, sets = {}, [], [], []
    for name, file in external_networks.items():
        card = file.read_card()
        _refuse_other_framing(card.framing, framing, name=name)
        # Packed when saved, one after the other, and not held until then.
        weights[name] = partial(_pack, file, name)
        runs.append(
            {**card.fit.model_dump(), "run": name, "configuration": name, "fold": 0}
            | {"home_study": card.study.name}
        )
        points += [{"run": name, **point.model_dump()} for point in card.decisions.operating_points]
        sets += [{"run": name, **rule.model_dump()} for rule in card.decisions.sets]
    thresholds = pd.DataFrame(sets) if sets else ConformalThresholds.empty()
    history = TrainingHistory.empty()
    return weights, pd.DataFrame(runs), history, pd.DataFrame(points), thresholds


def hold_out_scans(
    scans: ScansTable,
    screening: ScreeningTable,
    raw_images: Pictures,
    external_networks: Travellers,
    external_validation: ExternalValidationParameters,
) -> pd.DataFrame:
    """Hold the study out: a share of patients is learnt from locally, the others are scored."""
    known = sorted(_find_known(scans, raw_images, external_networks))
    if known and external_validation.on_overlap == "stop":
        raise ValueError(
            f"scan {known[0]!r} and {len(known) - 1} more fitted or chose one of the networks, which would flatter it; "
            "name another study, or leave their patients unscored with external_validation.on_overlap: drop"
        )
    return cohort.split_external(
        scans,
        local_share=external_validation.local_share,
        seed=external_validation.seed,
        groups=cohort.join_groups(scans, cohort.listed_duplicates(screening)),
        known=known,
    )


def judge_as_frozen(
    model_weights: Networks,
    training_runs: TrainingRunsTable,
    external_networks: Travellers,
    scans: ScansTable,
    splits: SplitsTable,
    model_inputs: ScanStack,
    inference: InferenceParameters,
) -> pd.DataFrame:
    """Let every network judge every scan; its temperature is the one that it came with."""
    judged = judge_scans(model_weights, training_runs, scans, splits, model_inputs, inference)
    tables = [
        classification.divide_logits(
            of_run, temperature=external_networks[run].read_card().decisions.temperature
        )
        for of_run, run in zip(judged, training_runs["run"], strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def _refuse_other_framing(
    told: travel.CardFraming, framing: FramingParameters, *, name: str
) -> None:
    if told.size_px != framing.size_px:
        raise ValueError(
            f"network {name!r} sees scans framed at {told.size_px} px, but framing.size_px is {framing.size_px}; "
            f"run with --params framing.size_px={told.size_px}, networks of other sizes in a run of their own"
        )
    if told.annotations not in framing.ways:
        raise ValueError(
            f"network {name!r} was fitted with annotations {told.annotations!r}, but framing.annotations is "
            f"{framing.annotations!r}; run with --params framing.annotations=both"
        )


def _pack(file: travel.NetworkFile, name: str) -> NetworkWeights:
    travelled = file.read()
    seen = BLANK if travelled.card.framing.annotations == "blank" else AS_FRAMED
    header = {"run": name, "fold": "0", "annotations": seen}
    return pack_weights(
        travelled.network, size_px=travelled.card.framing.size_px, header_extra=header
    )


def _find_known(
    scans: ScansTable, raw_images: Pictures, external_networks: Travellers
) -> Iterator[str]:
    """Name the scans that fitted or chose any of the networks."""
    hashed = [file.read_card().study.scans for file in external_networks.values()]
    for scan_id in track(
        scans["scan_id"], description="Looking for scans that networks know", total=len(scans)
    ):
        digest = travel.digest_scan(np.asarray(raw_images[scan_id]()))
        if any(travel.has_digest(each, digest) for each in hashed):
            yield scan_id

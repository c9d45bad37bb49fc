"""What a journal asks for of the small run, made from its tables as the pipeline makes it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonolens.evaluation.classification import count_calls
from sonolens.evaluation.participants import describe_partitions, trace_scan_flow
from sonolens.report.cards import PublicationParameters, write_data_card, write_model_card
from sonolens.report.flow_diagram import draw_scan_flow
from sonolens.report.methods_text import METHODS_NEEDS, write_methods
from sonolens.tables.cohort import MassMeasurements
from sonolens.tables.descriptors import Descriptors
from sonolens.tables.participants import PartitionCharacteristics, ScanFlow
from sonolens.tables.pointing import AnnotationHits, RingSweep
from sonolens.tables.reliance import RegionReliance
from sonolens.tables.training import Decisions

UNSTATED = PublicationParameters(
    model_license=None, data_license=None, data_url=None, data_creators=(), data_published=None
)


def decisions_table(predictions: pd.DataFrame) -> pd.DataFrame:
    """Decisions at one half; patients are named as their lesions."""
    called = predictions["probability"] >= 0.5
    return Decisions.validate(
        predictions.assign(
            patient_id=predictions["lesion_id"].str.replace("l", "p"),
            threshold=0.5,
            called=called,
            correct=called == (predictions["label"] == "malignant"),
        )
    )


def masses_table(scans: pd.DataFrame, sizes: Any = 12.5) -> pd.DataFrame:
    sides = ("width_mm", "height_mm", "size_mm", "area_mm2")
    ids = scans[["scan_id"]].reset_index(drop=True)
    return MassMeasurements.validate(ids.assign(**dict.fromkeys(sides, sizes)))


def properties_table(scans: pd.DataFrame, rows_px: Any = 400) -> pd.DataFrame:
    """As much of the properties of scans as is read here."""
    return scans[["scan_id"]].reset_index(drop=True).assign(rows_px=rows_px)


def describe(scans: pd.DataFrame, splits: pd.DataFrame) -> pd.DataFrame:
    table = describe_partitions(scans, splits, masses_table(scans), properties_table(scans))
    return PartitionCharacteristics.validate(table)


def journal_inputs(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What the sections for a journal take, made from the other inputs of a page."""
    known = {
        "decisions": decisions_table(inputs["predictions"]),
        "annotation_hits": AnnotationHits.empty(),
        "ring_sweep": RingSweep.empty(),
        **inputs,
    }
    flow = trace_scan_flow(
        known["study_facts"],
        known["screening"],
        known["scans"],
        known["splits"],
        training_runs=known["training_runs"],
        decisions=known["decisions"],
        extreme_points=known["extreme_points"],
        region_reliance=RegionReliance.empty(),
    )
    methods = write_methods(**{name: known[name] for name in METHODS_NEEDS})
    return {
        "scan_flow": ScanFlow.validate(flow),
        "scan_flow_figure": draw_scan_flow(flow, known["pointing_game"]),
        "partition_characteristics": describe(known["scans"], known["splits"]),
        "call_counts": count_calls(
            known["decisions"], known["operating_points"], lesion_probability="mean"
        ),
        "methods_text": methods,
        "model_card": write_model_card(
            known["run_context"],
            known["study_facts"],
            training_runs=known["training_runs"],
            classification_metrics=known["classification_metrics"],
            pointing_game=known["pointing_game"],
            methods_text=methods,
            publication=UNSTATED,
        ),
        "data_card": write_data_card(
            known["run_context"],
            known["study_facts"],
            known["scans"],
            mass_measurements=masses_table(known["scans"]),
            splits=known["splits"],
            screening=known["screening"],
            descriptors=Descriptors.empty(),
            publication=UNSTATED,
        ),
    }

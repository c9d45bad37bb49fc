"""Drift: where the scans of another study leave the range of those that trained a network."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from sonolens.evaluation.statistics import wilson_interval
from sonolens.travel.card import NetworkCard, PropertyRange
from sonolens.travel.training_range import RARE, place_in_range

BEYOND = ("rare", "outside")


def measure_drift(
    card: NetworkCard,
    *,
    facts: Sequence[Mapping[str, float]],
    devices: Sequence[str | None],
    distances: Float[np.ndarray, " scans"] | None,
    confidence: float,
) -> pd.DataFrame:
    """Tell of every property how many scans lie where hardly a training scan did.

    Args:
        card: The network's.
        facts: Of every scan here, from `measure_picture`.
        devices: Of every scan; None where the study does not tell.
        distances: Of every scan, from `Familiarity.distance`; None where the card has no familiarity.
        confidence: Coverage of Wilson's intervals, which take scans as independent.

    Returns:
        Rows of a `Drift` table without the run: one per property of the card, then ``familiarity`` and ``device``.
    """
    rows = [
        _of_property(trained, [each.get(trained.name, math.nan) for each in facts])
        for trained in card.study.ranges
    ]
    if distances is not None and card.familiarity is not None:
        told = card.familiarity
        far = [bool(each > told.threshold) for each in distances]
        rows.append(
            _row("familiarity", far, expected=told.false_alarm_rate)
            | {
                "trained_high": told.threshold,
                "median": float(np.median(distances)) if far else math.nan,
            }
        )
    known = {each.device for each in card.study.devices}
    named = [each for each in devices if each is not None]
    if known - {None}:
        strangers = [each not in known for each in named]
        rows.append(_row("device", strangers, expected=0.0, unknown=len(devices) - len(named)))
    return pd.DataFrame(rows).pipe(_with_limits, confidence=confidence)


def _of_property(trained: PropertyRange, values: Iterable[float]) -> dict[str, object]:
    here = list(values)
    known = [value for value in here if not math.isnan(value)]
    comparable = trained.known > 0
    beyond = [place_in_range(value, trained) in BEYOND for value in known] if comparable else []
    limits = {
        "trained_low": trained.low,
        "trained_median": trained.median,
        "trained_high": trained.high,
    }
    return _row(trained.name, beyond, expected=2 * RARE, unknown=len(here) - len(known)) | {
        **{name: math.nan if limit is None else limit for name, limit in limits.items()},
        "median": float(np.median(known)) if known else math.nan,
        "n": len(known),
    }


def _row(
    name: str, beyond: Sequence[bool], *, expected: float, unknown: int = 0
) -> dict[str, object]:
    return {
        "property": name,
        "trained_low": math.nan,
        "trained_median": math.nan,
        "trained_high": math.nan,
        "median": math.nan,
        "beyond": sum(beyond) / len(beyond) if beyond else math.nan,
        "expected": expected if beyond else math.nan,
        "n": len(beyond),
        "n_unknown": unknown,
    }


def _with_limits(rows: pd.DataFrame, *, confidence: float) -> pd.DataFrame:
    limits = [
        wilson_interval(round(share * n), n, confidence=confidence)
        if not math.isnan(share)
        else (math.nan, math.nan)
        for share, n in zip(rows["beyond"], rows["n"], strict=True)
    ]
    low, high = zip(*limits, strict=True) if limits else ((), ())
    return rows.assign(beyond_low=list(low), beyond_high=list(high))

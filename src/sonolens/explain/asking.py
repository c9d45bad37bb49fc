"""Asking a network about prepared scans, many at once: logits, maps and features in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import expit

from sonolens.arrays import SaliencyMap, ScanStack
from sonolens.evaluation.classification import JUDGED_BY
from sonolens.explain import settings
from sonolens.explain.document import Answer, Call, CaseSet, Law
from sonolens.explain.preparing import Prepared
from sonolens.models import predict_logits
from sonolens.saliency import EXPLAINERS, check_identity, explain_scans
from sonolens.tables.vocabulary import LABELS
from sonolens.travel import TravellingNetwork
from sonolens.travel.card import FrozenDecisions, OperatingPoint

BATCH = 12
"""Scans in the network at once; on a CPU it gains nothing from more."""

DEVICE = "cpu"
ADDS_UP = "cam"


@dataclass(frozen=True, eq=False)
class Asked:
    """What the network made of one scan.

    Attributes:
        prepared: The scan.
        saliency: Its map, at the method's own resolution.
        answer: Probability and calls.
        law: Whether a class activation map adds up to the logit; None for other methods.
        distance: From the training scans in the network's features; None where no card tells a threshold.
    """

    prepared: Prepared
    saliency: SaliencyMap
    answer: Answer
    law: Law | None
    distance: float | None


def check_method(method: str) -> None:
    """Refuse a method that explains no call.

    Raises:
        ValueError: The method is unknown, or knows nothing of the network.
    """
    fit = [name for name, explainer in EXPLAINERS.items() if explainer.knows_network]
    if method not in EXPLAINERS:
        raise ValueError(f"method {method!r} is unknown; choose from {', '.join(fit)}")
    if method not in fit:
        raise ValueError(
            f"method {method} is a baseline that knows nothing of the network, so it explains no call; choose from "
            f"{', '.join(fit)}"
        )


def ask_network(
    scans: Sequence[Prepared], network: TravellingNetwork, *, method: str
) -> list[Asked]:
    """Ask about some scans at once.

    Raises:
        ValueError: The method does not fit the network, or a map does not add up to its logit.
    """
    if not scans:
        return []
    named = [each.given.name for each in scans]
    batches = explain_scans(
        [method],
        network.network,
        np.stack([each.framed for each in scans]),
        scan_ids=named,
        run=network.card.run,
        settings=settings.METHODS,
        batch_size=BATCH,
        device=DEVICE,
    )
    parts = [(batch.logits, batch.maps[method], batch.features) for batch in batches]
    logits, maps, features = (np.concatenate(each) for each in zip(*parts, strict=True))
    if method == ADDS_UP:
        check_identity(
            maps,
            bias=network.network.bias,
            logits=logits,
            scan_ids=named,
            tolerance=settings.LOGIT_TOLERANCE,
        )
    known = network.familiarity
    distances = [None] * len(scans) if known is None else known.distance(features).tolist()
    return [
        Asked(
            prepared=each,
            saliency=saliency,
            answer=decide(float(logit), network.card.decisions),
            law=_tell_law(saliency, network, float(logit)) if method == ADDS_UP else None,
            distance=distance,
        )
        for each, saliency, logit, distance in zip(scans, maps, logits, distances, strict=True)
    ]


def decide(logit: float, decisions: FrozenDecisions) -> Answer:
    """Turn a logit into a probability and a call at every frozen operating point.

    Args:
        logit: Positive for malignant.
        decisions: Temperature and thresholds, as they were fixed in the network's own study.
    """
    probability = float(expit(logit / decisions.temperature))
    judging = [
        point
        for point in decisions.operating_points
        if (point.level, point.rule) == ("scan", JUDGED_BY)
    ]
    return Answer(
        logit=logit,
        temperature=decisions.temperature,
        probability=probability,
        calls=tuple(_call(point, probability) for point in decisions.operating_points),
        sets=_form_sets(probability, decisions),
        call=_name(malignant=judging[0].calls(probability)) if judging else None,
    )


def judge(network: TravellingNetwork, pictures: ScanStack) -> Float[np.ndarray, " pictures"]:
    """Return the logits of framed pictures."""
    return predict_logits(network.network, pictures, batch_size=BATCH, device=DEVICE)


def _call(point: OperatingPoint, probability: float) -> Call:
    return Call(
        level=point.level,
        rule=point.rule,
        chosen_on=point.chosen_on,
        threshold=point.threshold if np.isfinite(point.threshold) else None,
        call=_name(malignant=point.calls(probability)),
    )


def _form_sets(probability: float, decisions: FrozenDecisions) -> tuple[CaseSet, ...]:
    """Form the scan's conformal sets, calibrated for either label apart; see `classification.form_sets`."""
    improbable = {"malignant": 1 - probability, "benign": probability}
    rules = [rule for rule in decisions.sets if (rule.level, rule.taxonomy) == ("scan", "label")]
    formed = []
    for alpha in dict.fromkeys(rule.alpha for rule in rules):
        of_label = {rule.group: rule for rule in rules if rule.alpha == alpha}
        if set(of_label) != set(LABELS):
            continue
        held = tuple(name for name in LABELS if improbable[name] <= of_label[name].threshold)
        patients = tuple(of_label[name].n_patients for name in LABELS)
        formed.append(CaseSet(alpha=alpha, labels=held, patients=patients))
    return tuple(formed)


def _name(*, malignant: bool) -> str:
    return LABELS[malignant]


def _tell_law(saliency: SaliencyMap, network: TravellingNetwork, logit: float) -> Law:
    mean, bias = float(saliency.mean(dtype=np.float64)), network.network.bias
    return Law(
        map_mean=mean,
        bias=bias,
        total=mean + bias,
        logit=logit,
        tolerance=settings.LOGIT_TOLERANCE * max(1.0, abs(logit)),
    )

"""Checks of one scan against the scans that trained the network: range, device, familiarity, and being one of them."""

import math

from sonolens.explain.asking import Asked
from sonolens.explain.document import FamiliarityCheck, RangeCheck, Regions
from sonolens.explain.pointing import known
from sonolens.studies.spelling import fold_id
from sonolens.travel import NetworkCard, is_among, measure_picture, place_in_range
from sonolens.travel.card import PropertyRange

NO_NEWS = 1e-3
"""Share by which a value may pass a limit and still lie on it: headers and tables round a spacing."""


def check_ranges(
    asked: Asked, card: NetworkCard, *, regions: Regions | None
) -> tuple[RangeCheck, ...]:
    """Place every property that the card tells of its training scans."""
    facts = _measure(asked, regions)
    return tuple(
        _check(facts.get(trained.name, math.nan), trained) for trained in card.study.ranges
    )


def check_device(device: str, card: NetworkCard) -> str:
    """Say whether the scan is of a device of the training scans, without naming it."""
    trained = {fold_id(each.device) for each in card.study.devices if each.device}
    if not trained:
        return "nothing to compare"
    if not device:
        return "unknown"
    return "known" if fold_id(device) in trained else "unseen"


def check_familiarity(asked: Asked, card: NetworkCard) -> FamiliarityCheck | None:
    """Hold the distance of a scan against the card's threshold; None where the card has none."""
    if card.familiarity is None or asked.distance is None:
        return None
    return FamiliarityCheck(
        distance=known(asked.distance),
        threshold=card.familiarity.threshold,
        unfamiliar=asked.distance > card.familiarity.threshold,
        false_alarm_rate=card.familiarity.false_alarm_rate,
        validation_scans=card.familiarity.validation_scans,
    )


def check_training_scan(asked: Asked, card: NetworkCard) -> bool:
    """Whether the network was fitted or chosen on this very scan, to the last grey level."""
    return is_among(asked.prepared.one.scan, card.study.scans)


def _measure(asked: Asked, regions: Regions | None) -> dict[str, float]:
    one = asked.prepared.one
    facts = measure_picture(one.scan, spacing_mm=one.spacing_mm)
    facts["annotation_share"] = asked.prepared.annotation_shares["annotation_share"]
    if regions is not None:
        sizes = {"mass_height_mm": regions.mass_height_mm, "mass_width_mm": regions.mass_width_mm}
        facts |= {name: math.nan if mm is None else mm for name, mm in sizes.items()}
    return facts


def _check(value: float, trained: PropertyRange) -> RangeCheck:
    limits = (trained.minimum, trained.low, trained.high, trained.maximum)
    at = [
        each for each in limits if each is not None and math.isclose(value, each, rel_tol=NO_NEWS)
    ]
    return RangeCheck(
        name=trained.name,
        value=known(value),
        minimum=trained.minimum,
        low=trained.low,
        high=trained.high,
        maximum=trained.maximum,
        known=trained.known,
        standing=place_in_range(at[0] if at else value, trained),
    )

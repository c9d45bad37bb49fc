"""The reasons to distrust what is told of one scan, each in one sentence, and what could not be checked."""

from collections.abc import Iterator

from sonolens.explain.asking import Asked
from sonolens.explain.document import (
    Doubt,
    Explanation,
    Extreme,
    FamiliarityCheck,
    FillAnswer,
    RangeCheck,
)
from sonolens.explain.words import (
    FILL_WORDS,
    PROPERTY_WORDS,
    REGION_WORDS,
    name_extreme,
    tell_number,
    tell_set,
)
from sonolens.report.numerals import percent
from sonolens.tables.vocabulary import REGION_NAMES
from sonolens.travel import NetworkCard

SPACING_APART = 0.01
"""Share by which a given spacing may differ from that of a header without a word."""

NOTABLE = ("outside", "rare")


def list_doubts(asked: Asked, told: Explanation) -> tuple[Doubt, ...]:
    """List all reasons to distrust what is told, the gravest first.

    Args:
        asked: What the network made of the scan.
        told: The document as far as it is made; its own doubts are not read.
    """
    return tuple(
        Doubt(check=check, text=text)
        for check, text in (
            *_doubt_independence(told),
            *_doubt_familiarity(told.familiarity),
            *_doubt_ranges(told.ranges),
            *_doubt_origin(asked, told),
            *_doubt_map(told),
            *_doubt_sets(told),
            *_doubt_call(told),
            *(("screening", remark) for remark in asked.prepared.remarks),
        )
    )


def list_unchecked(told: Explanation, card: NetworkCard) -> tuple[str, ...]:
    """List what could not be checked, and why."""
    lacking = []
    if told.familiarity is None:
        why = card.no_familiarity or "the card does not say why"
        lacking.append(f"How familiar the scan is: {why}.")
    unknown = [PROPERTY_WORDS.get(r.name, r.name) for r in told.ranges if r.standing == "unknown"]
    if unknown:
        lacking.append(f"Not known of this scan: {', '.join(unknown)}.")
    untold = [r for r in told.ranges if r.standing == "nothing to compare"]
    if untold:
        names = ", ".join(PROPERTY_WORDS.get(r.name, r.name) for r in untold)
        lacking.append(f"Told of no training scan: {names}.")
    if not told.ranges:
        lacking.append("Ranges: the card tells none of its training scans.")
    if told.device == "nothing to compare":
        lacking.append("The device: the training study does not tell its own.")
    if told.regions is None:
        lacking.append("Regions and what the call hangs on: no mask was given.")
    if not told.answer.sets:
        lacking.append("Whether to abstain: the card of this network holds no rule for it.")
    return tuple(lacking)


def _doubt_independence(told: Explanation) -> Iterator[tuple[str, str]]:
    if told.training_scan:
        yield (
            "training_scan",
            "The network was fitted on this very scan, or its epoch was chosen by it: what it says here is memory and "
            "no finding.",
        )


def _doubt_familiarity(found: FamiliarityCheck | None) -> Iterator[tuple[str, str]]:
    if found is None or not found.unfamiliar:
        return
    distance = "beyond any number" if found.distance is None else tell_number(found.distance)
    yield (
        "unfamiliar",
        f"To the network this scan is unlike its training scans: distance {distance}, where {tell_number(found.threshold)} is "
        f"the limit, which {percent(found.false_alarm_rate)} of {found.validation_scans} scans of its own study pass too.",
    )


def _doubt_ranges(ranges: tuple[RangeCheck, ...]) -> Iterator[tuple[str, str]]:
    for found in ranges:
        if found.standing not in NOTABLE or found.value is None:
            continue
        name = PROPERTY_WORDS.get(found.name, found.name)
        if found.standing == "outside":
            low, high, who = found.minimum, found.maximum, f"all {found.known} training scans lie"
        else:
            low, high, who = found.low, found.high, "99 % of training scans lie"
        limits = " to ".join(tell_number(each) for each in (low, high) if each is not None)
        yield (
            f"range_{found.name}",
            f"{name[:1].upper()}{name[1:]} is {tell_number(found.value)}; {who} within {limits}.",
        )


def _doubt_origin(asked: Asked, told: Explanation) -> Iterator[tuple[str, str]]:
    if told.device == "unseen":
        yield "device", "The scan is of a device that no training scan is of."
    if told.device == "unknown":
        yield (
            "device",
            "The device of the scan is unknown, and another than those of the training scans is a known cause of errors.",
        )
    one = asked.prepared.one
    apart = [
        abs(given - header) > SPACING_APART * header
        for given, header in zip(one.spacing_mm, one.header_mm, strict=True)
    ]
    if one.spacing_from == "given" and any(apart):
        header = " x ".join(tell_number(side) for side in one.header_mm)
        yield (
            "spacing",
            f"The pixel spacing is as it was given; the file itself tells {header} mm.",
        )


def _doubt_map(told: Explanation) -> Iterator[tuple[str, str]]:
    for extreme in told.map.extremes:
        if extreme.annotation is not None:
            yield (
                "extreme_on_annotation",
                f"The {name_extreme(extreme, signed=told.map.signed)} point of the map lies on {_on(extreme.annotation)}, which is no tissue.",
            )
    if not told.map.extremes:
        yield "even_map", "The map is even: it points nowhere."
    decisive = _decisive(told)
    if decisive is not None and decisive.region not in (None, "annotation", *REGION_NAMES):
        yield (
            "map_elsewhere",
            f"The {name_extreme(decisive, signed=told.map.signed)} point of the map lies outside the mass, its ring and the tissue "
            "below it; a call with such a map is suspended first.",
        )


def _doubt_sets(told: Explanation) -> Iterator[tuple[str, str]]:
    """The rule for abstaining: the least strict set that does not hold one label alone."""
    unsure = [each for each in told.answer.sets if len(each.labels) != 1]
    if unsure:
        least = max(unsure, key=lambda each: each.alpha)
        yield "left_open", tell_set(least)


def _doubt_call(told: Explanation) -> Iterator[tuple[str, str]]:
    if len({call.call for call in told.answer.calls}) > 1:
        benign = sum(call.call == "benign" for call in told.answer.calls)
        yield (
            "calls_differ",
            f"The frozen operating points do not agree: {benign} call it benign, {len(told.answer.calls) - benign} "
            "malignant. The call is a matter of what is chosen.",
        )
    if told.regions is not None:
        yield from _doubt_fills(told.answer.logit, told.regions.reliance.fills)
    if told.regions is not None and told.regions.reliance.hangs_most_on is None:
        said = ", ".join(
            f"{FILL_WORDS[fill.fill]}: {REGION_WORDS[fill.hangs_most_on]}"
            for fill in told.regions.reliance.fills
        )
        yield (
            "reliance_undecided",
            f"What the call hangs on is undecided, for it depends on what stands in place of a region ({said}).",
        )


def _doubt_fills(logit: float, fills: tuple[FillAnswer, ...]) -> Iterator[tuple[str, str]]:
    """A picture without any of the scan that says at least as much, the same way, makes the call by itself."""
    alone = [
        each
        for each in fills
        if each.empty_logit * logit > 0 and abs(each.empty_logit) >= abs(logit)
    ]
    if alone:
        said = ", ".join(
            f"{FILL_WORDS[each.fill]} ({tell_number(each.empty_logit)})" for each in alone
        )
        yield (
            "fill_alone",
            f"A picture that shows nothing of this scan is called as surely: {said}, the scan itself {tell_number(logit)}. "
            "What its regions add says little there.",
        )


def _decisive(told: Explanation) -> Extreme | None:
    wanted = {"malignant": "max", "benign": "min"}.get(str(told.answer.call))
    return next((each for each in told.map.extremes if each.extreme == wanted), None)


def _on(kind: str) -> str:
    return {
        "text": "text burnt into the picture",
        "calliper": "a calliper",
        "margin": "the margin of the picture",
        "outside": "what is outside the field of view",
    }.get(kind, "an annotation")

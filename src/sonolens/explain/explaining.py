"""Explaining prepared scans: the document of each, put together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sonolens.arrays import RegionMap
from sonolens.explain import checks
from sonolens.explain.asking import Asked, ask_network
from sonolens.explain.document import FORMAT, Explanation, NetworkFacts, Picture, Score
from sonolens.explain.doubts import list_doubts, list_unchecked
from sonolens.explain.naming import tell_refusal
from sonolens.explain.pointing import describe_map, known
from sonolens.explain.preparing import GivenScan, Prepared, Refused, prepare
from sonolens.explain.regions import draw_regions, explain_regions
from sonolens.parallel import in_parallel
from sonolens.tables.vocabulary import CALIBRATION_METRICS, PARTITIONS
from sonolens.travel import NetworkCard, TravellingNetwork
from sonolens.ultrasound import ANNOTATION_KINDS
from sonolens.version import __version__

Item = TypeVar("Item")

AT_ONCE = 120
"""Scans in memory at once; the network is copied once for all of them."""


@dataclass(frozen=True)
class Wanted:
    """How scans are to be explained.

    Attributes:
        method: A name in `EXPLAINERS` that knows the network.
        spacing_mm: Height and width of a pixel, in place of what headers tell.
        frame: Which frame of DICOM files.
        dicom: Whether map and regions are also written as DICOM objects, which tell whose scan it is.
    """

    method: str = "cam"
    spacing_mm: tuple[float, float] | None = None
    frame: int | None = None
    dicom: bool = False


@dataclass(frozen=True, eq=False)
class Explained:
    """One explained scan, with what pictures are drawn from.

    Attributes:
        told: The document.
        asked: Scan, annotations and map.
        region_map: Its regions; None without a mask.
    """

    told: Explanation
    asked: Asked
    region_map: RegionMap | None


def explain_files(
    given: Sequence[GivenScan], network: TravellingNetwork, wanted: Wanted
) -> Iterator[Explained | Refused]:
    """Explain scans in their order; one that cannot be explained costs itself alone.

    Args:
        given: From `list_given`.
        network: From `sonolens.travel.read_network`.
        wanted: Method, spacing and frame.

    Raises:
        ValueError: The method does not fit the network.
    """

    def make_ready(each: GivenScan) -> Prepared | Refused:
        return prepare(each, network.card.framing, spacing_mm=wanted.spacing_mm, frame=wanted.frame)

    for part in _cut(given, AT_ONCE):
        ready = list(in_parallel(make_ready, part)) if len(part) > 1 else [make_ready(part[0])]
        asked = ask_network(
            [each for each in ready if isinstance(each, Prepared)], network, method=wanted.method
        )
        told = {each.prepared.given.number: each for each in asked}
        for each in ready:
            if isinstance(each, Refused):
                yield each
            else:
                yield _explain(told[each.given.number], network, method=wanted.method)


def describe_network(card: NetworkCard) -> NetworkFacts:
    """Tell of a network what a reader of one scan needs."""
    counts = {
        partition: sum(count.scans for count in card.study.counts if count.partition == partition)
        for partition in PARTITIONS
    }
    scores = {
        name: score
        for name in CALIBRATION_METRICS
        if (score := _find_score(card, name)) is not None
    }
    return NetworkFacts(
        run=card.run,
        study=card.study.name,
        description=card.study.description,
        training_scans=counts["train"],
        validation_scans=counts["validation"],
        test_scans=counts["test"],
        units=card.study.units,
        auc=_find_score(card, "auc"),
        calibration=scores,
        intended_use=card.intended_use,
        licence=card.licence,
        data_licence=card.data_licence,
    )


def _explain(asked: Asked, network: TravellingNetwork, *, method: str) -> Explained | Refused:
    given = asked.prepared.given
    try:
        return _put_together(asked, network, method=method)
    except ValueError as error:
        reason = tell_refusal(error, file=given.file, name=given.name)
        return Refused(given.number, given.name, reason)


def _put_together(asked: Asked, network: TravellingNetwork, *, method: str) -> Explained:
    card, mask, region_map = network.card, asked.prepared.one.mask, draw_regions(asked)
    regions = None
    if mask is not None and region_map is not None:
        regions = explain_regions(asked, region_map, mask, network=network)
    bare = Explanation(
        format=FORMAT,
        sonolens=__version__,
        number=asked.prepared.given.number,
        name=asked.prepared.given.name,
        network=describe_network(card),
        picture=_describe_picture(asked, card),
        answer=asked.answer,
        map=describe_map(asked, method=method, region_map=region_map),
        regions=regions,
        ranges=checks.check_ranges(asked, card, regions=regions),
        device=checks.check_device(asked.prepared.one.device, card),
        familiarity=checks.check_familiarity(asked, card),
        training_scan=checks.check_training_scan(asked, card),
        doubts=(),
        not_checked=(),
    )
    doubted = {"doubts": list_doubts(asked, bare), "not_checked": list_unchecked(bare, card)}
    return Explained(bare.model_copy(update=doubted), asked, region_map)


def _describe_picture(asked: Asked, card: NetworkCard) -> Picture:
    one = asked.prepared.one
    shares = asked.prepared.annotation_shares
    return Picture(
        rows_px=one.scan.shape[0],
        cols_px=one.scan.shape[1],
        spacing_row_mm=known(one.spacing_mm[0]),
        spacing_col_mm=known(one.spacing_mm[1]),
        spacing_from=one.spacing_from,
        annotation_shares={
            kind: share
            for kind in ANNOTATION_KINDS
            if (share := shares.get(f"annotation_{kind}_share", 0.0)) > 0
        },
        annotations=card.framing.annotations,
    )


def _find_score(card: NetworkCard, metric: str) -> Score | None:
    """Find a score of test scans that needs no threshold."""
    for row in card.decisions.performance:
        asked = (row.partition, row.level, row.metric, row.rule) == ("test", "scan", metric, "none")
        if asked and row.value is not None:
            return Score(value=row.value, ci_low=row.ci_low, ci_high=row.ci_high, n=row.n)
    return None


def _cut(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    remaining = iter(items)
    while part := list(islice(remaining, size)):
        yield part

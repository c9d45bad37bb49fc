"""What a mask adds: the regions of the scan, where its map points among them, and what the call hangs on."""

import math
from functools import partial

import numpy as np

from sonolens.arrays import Mask, RegionMap
from sonolens.evaluation.reliance import (
    Question,
    ask_coalitions,
    find_most_relied_on,
    share_out_logits,
)
from sonolens.explain import settings
from sonolens.explain.asking import Asked, judge
from sonolens.explain.document import FillAnswer, Regions, Reliance
from sonolens.explain.pointing import describe_regions, known
from sonolens.regions import RegionRule, measure_mass
from sonolens.removal import FillSources, divide_scan, find_tissue
from sonolens.tables.vocabulary import RELIANCE_REGIONS
from sonolens.travel import TravellingNetwork


def choose_rule(asked: Asked) -> RegionRule:
    """Choose how the regions of a scan are drawn: in millimetres where its spacing is known."""
    return settings.choose_rule(spacing_known=not math.isnan(sum(asked.prepared.one.spacing_mm)))


def draw_regions(asked: Asked) -> RegionMap | None:
    """Draw the regions of a scan on its native grid; None without a mask."""
    one = asked.prepared.one
    if one.mask is None:
        return None
    return choose_rule(asked).partition(
        one.mask,
        spacing_mm=one.spacing_mm,
        scan_id=asked.prepared.given.name,
        annotations=asked.prepared.annotations,
    )


def explain_regions(
    asked: Asked, region_map: RegionMap, mask: Mask, *, network: TravellingNetwork
) -> Regions:
    """Tell where the map points among the regions, and what the call hangs on.

    Args:
        asked: What the network made of the scan.
        region_map: From `draw_regions`.
        mask: The mass.
        network: Asked again, once per combination of regions and fill.
    """
    size = measure_mass(mask, spacing_mm=asked.prepared.one.spacing_mm)
    return Regions(
        ring=choose_rule(asked).ring.label,
        mass_height_mm=known(size.height_mm),
        mass_width_mm=known(size.width_mm),
        regions=describe_regions(asked, region_map),
        reliance=share_out(asked, region_map, network=network),
    )


def share_out(asked: Asked, region_map: RegionMap, *, network: TravellingNetwork) -> Reliance:
    """Share out the logit among the regions by every fill of `settings.FILLS`.

    Any fill is a hypothesis of what absence is, so the answer is only what all of them say.
    """
    framed = asked.prepared.framed
    players = divide_scan(region_map, size_px=framed.shape[0], feather_px=settings.FEATHER_PX)
    sources = FillSources(
        tissue=find_tissue(players),
        donors=np.empty((0, *framed.shape), dtype=np.uint8),
        seed=settings.SEED,
    )
    logits = ask_coalitions(
        partial(judge, network),
        Question(framed, {"none": players}, sources),
        fills=settings.FILLS,
    )
    shared = share_out_logits(logits.assign(run=network.card.run, scan_id="scan"))
    malignant = np.array([_calls_malignant(asked)])
    answers = []
    for fill in settings.FILLS:
        rows = shared[shared["fill"] == fill].set_index("region")
        values = rows["value"].reindex(list(RELIANCE_REGIONS)).to_numpy(dtype=float)
        (most,) = find_most_relied_on(values[None], malignant)
        answers.append(
            FillAnswer(
                fill=fill,
                empty_logit=float(rows["empty_logit"].iloc[0]),
                values={str(name): float(value) for name, value in rows["value"].items()},
                hangs_most_on=most,
            )
        )
    named = {answer.hangs_most_on for answer in answers}
    return Reliance(fills=tuple(answers), hangs_most_on=named.pop() if len(named) == 1 else None)


def _calls_malignant(asked: Asked) -> bool:
    """The call that reliance speaks for or against; by the sign of the logit where no point was frozen."""
    answer = asked.answer
    return answer.logit > 0 if answer.call is None else answer.call == "malignant"

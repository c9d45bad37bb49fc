"""The page and the picture of one explained scan, and the page that lists many."""

import io
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np

from sonolens.explain import words
from sonolens.explain.document import Explanation, NetworkFacts
from sonolens.explain.explaining import Explained
from sonolens.explain.pointing import locate_points
from sonolens.explain.preparing import Refused
from sonolens.figures.explained_scan import draw_explained
from sonolens.figures.scan_view import ScanView
from sonolens.report.layout import open_templates
from sonolens.report.numerals import NOTHING, percent
from sonolens.report.pictures import Caption, embed
from sonolens.report.scripts import write_policy
from sonolens.tables.vocabulary import RELIANCE_REGIONS
from sonolens.ultrasound import resample_map

DPI = 150


def draw_overlay(explained: Explained) -> bytes:
    """Draw the scan beside its map, as a PNG file."""
    asked = explained.asked
    one = asked.prepared.one
    shape = (one.scan.shape[0], one.scan.shape[1])
    view = ScanView(
        scan_id=explained.told.name,
        scan=one.scan,
        mask=np.zeros(shape, dtype=bool) if one.mask is None else one.mask,
        label=None,
        spacing_row_mm=one.spacing_mm[0],
        spacing_col_mm=one.spacing_mm[1],
        region_map=explained.region_map,
        saliency=asked.saliency,
        native_saliency=resample_map(asked.saliency, to=shape),
        points={
            name: (float(points[0, 0]), float(points[0, 1]))
            for name, points in locate_points(asked).items()
            if len(points)
        },
    )
    written = io.BytesIO()
    figure = draw_explained(view, asked.prepared.annotations > 0)
    figure.savefig(written, format="png", dpi=DPI, metadata={"Software": None})
    return written.getvalue()


def write_page(told: Explanation, overlay: bytes) -> str:
    """Write the page of one scan; it needs no other file and no network.

    Args:
        told: The document.
        overlay: From `draw_overlay`.
    """
    caption = Caption(
        name="overlay",
        title="Scan and map",
        text="Left: the scan as it was read, annotations in grey, a given mask with its ring (dashed) and what lies below "
        "(dotted). Right: red speaks for malignant, blue for benign, as strong as it is opaque; crosses mark the extremes.",
        alt="The scan beside the same scan under its signed map, with both extremes marked.",
    )
    page = open_templates().get_template("explained_scan.html")
    return page.render(
        told=told,
        picture=embed(caption, overlay),
        words=_words_of(told),
        players=_players(told),
        regions=words.REGION_WORDS,
        fills=words.FILL_WORDS,
        properties=words.PROPERTY_WORDS,
        number=lambda value: NOTHING if value is None else words.tell_number(value),
        policy=write_policy(),
    )


def write_index(
    rows: Sequence[Explanation | Refused], *, network: NetworkFacts, with_pages: bool
) -> str:
    """Write the page that lists scans, those that were left out among them."""
    page = open_templates().get_template("explained_index.html")
    return page.render(
        rows=[_row(each, with_pages=with_pages) for each in rows],
        refused=sum(isinstance(each, Refused) for each in rows),
        network=network,
        words={
            "network": words.tell_network(network),
            "calibration": words.tell_calibration(network),
        },
        policy=write_policy(),
    )


def _row(each: Explanation | Refused, *, with_pages: bool) -> Mapping[str, Any]:
    if isinstance(each, Refused):
        return {"name": each.name, "reason": each.reason, "address": ""}
    return {
        "name": each.name,
        "reason": "",
        "address": quote(f"{each.name}.html") if with_pages else "",
        "probability": words.tell_probability(each.answer.probability),
        "call": each.answer.call,
        "doubts": [doubt.text for doubt in each.doubts],
    }


def _words_of(told: Explanation) -> Mapping[str, Any]:
    return {
        "answer": words.tell_answer(told.answer),
        "calibration": words.tell_calibration(told.network),
        "network": words.tell_network(told.network),
        "sets": [words.tell_set(each) for each in told.answer.sets],
        "calls": [words.tell_call(call) for call in told.answer.calls],
        "extremes": [
            words.tell_extreme(each, signed=told.map.signed) for each in told.map.extremes
        ],
        "law": words.tell_law(told),
        "familiarity": _tell_familiarity(told),
    }


def _tell_familiarity(told: Explanation) -> str:
    found = told.familiarity
    if found is None:
        return "How familiar the scan is to the network could not be measured."
    distance = "beyond any number" if found.distance is None else words.tell_number(found.distance)
    return (
        f"Distance of its features from those of the training scans: {distance}; beyond {words.tell_number(found.threshold)} a scan "
        f"counts as unlike them, as {percent(found.false_alarm_rate)} of {found.validation_scans} validation scans of the same study do."
    )


def _players(told: Explanation) -> list[str]:
    if told.regions is None:
        return []
    there = told.regions.reliance.fills[0].values
    return [name for name in RELIANCE_REGIONS if name in there]

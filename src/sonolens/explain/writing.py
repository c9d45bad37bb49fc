"""What is left of explained scans in a folder: documents, pictures, pages, and one row per scan."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sonolens.explain.dicom_objects import make_objects
from sonolens.explain.document import Explanation
from sonolens.explain.explaining import Explained, describe_network
from sonolens.explain.page import draw_overlay, write_index, write_page
from sonolens.explain.preparing import Refused
from sonolens.travel import NetworkCard
from sonolens.whole_files import write_whole

TABLE, LINES, INDEX = "scans.csv", "scans.jsonl", "index.html"

COLUMNS = (
    *("number", "name", "state", "reason", "probability", "logit", "call"),
    *("max_row_px", "max_col_px", "min_row_px", "min_col_px"),
    *("distance", "unfamiliar", "training_scan", "doubts"),
)
"""Of the table: state is ``explained`` or ``left out``, doubts are the names of checks, joined by blanks."""


@dataclass
class Written:
    """What was written.

    Attributes:
        told: The scans in their order.
        files: How many files of scans there are.
        no_object: Of scans without DICOM objects, though they were asked for: which, and why.
    """

    told: list[Explanation | Refused] = field(default_factory=list)
    files: int = 0
    no_object: list[str] = field(default_factory=list)

    @property
    def refused(self) -> list[Refused]:
        """The scans that were left out."""
        return [each for each in self.told if isinstance(each, Refused)]


def write_scans(
    found: Iterable[Explained | Refused],
    out: Path,
    *,
    card: NetworkCard,
    pages: bool,
    many: bool,
    dicom: bool = False,
) -> Written:
    """Write scans as they come.

    Args:
        found: Explained scans.
        out: The folder; it is made, and files of the same names are replaced.
        card: Of the network.
        pages: Whether every scan gets a document, a picture and a page of its own.
        many: Whether table, lines and index are written too.
        dicom: Whether DICOM objects are.
    """
    out.mkdir(parents=True, exist_ok=True)
    written = Written()
    for each in found:
        if isinstance(each, Refused):
            written.told.append(each)
            continue
        written.told.append(each.told)
        if pages:
            written.files += _write_scan(each, out)
        if dicom:
            try:
                written.files += _write_objects(each, out)
            except ValueError as error:
                written.no_object.append(f"No DICOM object of {each.told.name}: {error}")
    if many:
        _write_rows(written.told, out, card=card, pages=pages)
    return written


def _write_scan(explained: Explained, out: Path) -> int:
    name, overlay = explained.told.name, draw_overlay(explained)
    write_whole(out / f"{name}.json", explained.told.model_dump_json(indent=1).encode())
    write_whole(out / f"{name}.png", overlay)
    write_whole(out / f"{name}.html", write_page(explained.told, overlay).encode())
    return 3


def _write_objects(explained: Explained, out: Path) -> int:
    objects = make_objects(explained)
    for ending, content in objects.items():
        write_whole(out / f"{explained.told.name}.{ending}", content)
    return len(objects)


def _write_rows(
    told: Sequence[Explanation | Refused], out: Path, *, card: NetworkCard, pages: bool
) -> None:
    table = io.StringIO()
    rows = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(tell_row(each) for each in told)
    lines = [each.model_dump_json() for each in told if isinstance(each, Explanation)]
    write_whole(out / TABLE, table.getvalue().encode())
    write_whole(out / LINES, "".join(f"{line}\n" for line in lines).encode())
    page = write_index(told, network=describe_network(card), with_pages=pages)
    write_whole(out / INDEX, page.encode())


def tell_row(each: Explanation | Refused) -> dict[str, object]:
    """Tell one scan as a row of `COLUMNS`; of one that was left out, only which and why."""
    if isinstance(each, Refused):
        return {
            "number": each.number,
            "name": each.name,
            "state": "left out",
            "reason": each.reason,
        }
    at = {extreme.extreme: extreme for extreme in each.map.extremes}
    familiarity = each.familiarity
    return {
        "number": each.number,
        "name": each.name,
        "state": "explained",
        "probability": each.answer.probability,
        "logit": each.answer.logit,
        "call": each.answer.call,
        **{f"{name}_row_px": point.row_px for name, point in at.items()},
        **{f"{name}_col_px": point.col_px for name, point in at.items()},
        "distance": None if familiarity is None else familiarity.distance,
        "unfamiliar": None if familiarity is None else familiarity.unfamiliar,
        "training_scan": each.training_scan,
        "doubts": " ".join(doubt.check for doubt in each.doubts),
    }

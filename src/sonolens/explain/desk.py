"""The whole way of ``sonolens explain``: a network, scans, and a folder for what is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sonolens.explain.asking import check_method
from sonolens.explain.dicom_objects import check_objects
from sonolens.explain.explaining import Wanted, explain_files
from sonolens.explain.preparing import Refused, list_given
from sonolens.explain.words import tell_answer
from sonolens.explain.writing import INDEX, Written, write_scans
from sonolens.report.numerals import counted
from sonolens.studies import without_quotes
from sonolens.travel import read_network

CARRIES = (
    "The DICOM objects (.dcm) carry the patient's name and number and the study's, as their sources do: keep them where those "
    "may lie. All other files carry none."
)


@dataclass(frozen=True)
class DeskReport:
    """What the command says when it is done.

    Attributes:
        lines: To be read.
        explained: Scans that were explained.
        refused: Scans that were left out.
    """

    lines: tuple[str, ...]
    explained: int
    refused: int


def explain_on_desk(
    network_file: Path,
    *,
    scans: Sequence[Path],
    masks: Sequence[Path],
    names: str,
    pages: bool | None,
    out: Path,
    wanted: Wanted,
    trunk: str | None = None,
) -> DeskReport:
    """Explain scans by an exported network, and write what is told of them.

    Args:
        network_file: The file that the network travels in.
        scans: Files and folders; see `list_given`.
        masks: Likewise.
        names: What scans are called; one of `NAMES`.
        pages: Whether every scan gets a page; None: one that comes alone does.
        out: The folder to write to.
        wanted: Method, spacing, frame, and whether DICOM objects are wanted.
        trunk: What builds the trunk of a network whose code is its author's own; see `sonolens.travel.read_network`.

    Raises:
        FileNotFoundError: A file is not there.
        ValueError: The network cannot be used, the method does not fit, or there is no scan.
    """
    with without_quotes():
        check_method(wanted.method)
        given = list_given(scans, masks=masks, names=names)
        if wanted.dicom:
            check_objects(given)
        network = read_network(network_file, constructor=trunk)
        many = len(given) > 1 or any(path.is_dir() for path in scans)
        written = write_scans(
            explain_files(given, network, wanted),
            out,
            card=network.card,
            pages=not many if pages is None else pages,
            many=many,
            dicom=wanted.dicom,
        )
    lines = _tell(written, out, intended_use=network.card.intended_use, many=many)
    return DeskReport(
        lines=(*lines, CARRIES) if wanted.dicom else tuple(lines),
        explained=len(written.told) - len(written.refused),
        refused=len(written.refused),
    )


def _tell(written: Written, out: Path, *, intended_use: str, many: bool) -> list[str]:
    lines = written.no_object + [
        f"Left out: {each.name}: {each.reason}"
        for each in written.told
        if isinstance(each, Refused)
    ]
    explained = [each for each in written.told if not isinstance(each, Refused)]
    if many:
        lines.append(
            f"{counted(len(explained), 'scan')} explained, {len(written.refused)} left out: {out / INDEX}"
        )
    for told in explained if not many else []:
        lines += [
            tell_answer(told.answer),
            *(f"Distrust it: {doubt.text}" for doubt in told.doubts),
            f"All of it: {out / told.name}.html",
        ]
    return [*lines, intended_use]

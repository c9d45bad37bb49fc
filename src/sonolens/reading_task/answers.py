"""A reader's answers -> the table of readings, and a mask for every outline."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from PIL import Image
from pydantic import AfterValidator, BaseModel, Field, FiniteFloat, ValidationError

from sonolens.arrays import Mask
from sonolens.parameters import one_of
from sonolens.reading_task.key import FORMAT, KeyedScan, TaskKey, read_key
from sonolens.reading_task.outline import fill_outline
from sonolens.reading_task.task import CONFIDENCE, MOST_TOLD
from sonolens.report.numerals import counted
from sonolens.tables.vocabulary import BIRADS
from sonolens.ultrasound import to_shares
from sonolens.whole_files import write_whole

COLUMNS = (
    *("scan_id", "reader", "mask", "point_row", "point_col"),
    *("birads", "confidence", "seconds"),
)
MOST_CORNERS = 10_000
LONGEST_NAME = 60
FORMULA_SIGNS = "=+-@"
"""What a spreadsheet takes for the beginning of a formula."""

Place = tuple[FiniteFloat, FiniteFloat]


class Answer(BaseModel):
    """What a reader said of one scan; what was left open is null."""

    code: str
    point: Place | None = None
    contour: list[Place] | None = Field(default=None, max_length=MOST_CORNERS)
    birads: Annotated[str, AfterValidator(one_of(BIRADS))] | None = None
    confidence: int | None = Field(default=None, ge=1, le=CONFIDENCE)
    seconds: FiniteFloat | None = Field(default=None, ge=0)


class AnswerFile(BaseModel):
    """What the page saved; answers are looked at one by one."""

    format: int
    task: str
    reader: Any = None
    answers: list[Any]


@dataclass(frozen=True)
class _Read:
    """One answer in its place: the row of the table, and the mask if there is one."""

    row: Mapping[str, object]
    mask: Mask | None


def read_answers(answers: Sequence[Path], keys: Sequence[Path], out: Path) -> list[str]:
    """Turn answers back into a table of readings (`sonolens.studies.add_readings`).

    Masks go to a folder beside the table. An answer that does not fit its scan is left out and told.

    Args:
        answers: One file per reader.
        keys: The keys of their tasks, in any order.
        out: The table to write.

    Returns:
        What is to be told, in lines.

    Raises:
        FileNotFoundError: If a file is not there.
        ValueError: If a file is no key, holds no answers, or is of a task without a key.
    """
    key_of = {key.task: key for key in map(read_key, keys)}
    folder = out.with_name(f"{out.stem}_masks")
    rows: list[Mapping[str, object]] = []
    faults: list[str] = []
    for number, file in enumerate(answers, start=1):
        content = _open(file)
        key = key_of.get(content.task)
        if key is None:
            raise ValueError(
                f"{file.name} answers another task than {', '.join(map(repr, key_of))}; give its key with --key"
            )
        reader = _name_reader(content.reader, number)
        for read in _read_file(content.answers, key, faults, file.name):
            row = dict(read.row, reader=reader)
            if read.mask is not None:
                name = f"{number}_{row.pop('code')}.png"
                folder.mkdir(parents=True, exist_ok=True)
                write_whole(folder / name, _as_png(read.mask))
                row["mask"] = f"{folder.name}/{name}"
            rows.append({column: row.get(column, "") for column in COLUMNS})
    put_table(rows, out)
    told = [f"Left out: {fault}" for fault in faults[:MOST_TOLD]]
    more = [f"and {len(faults) - MOST_TOLD} more"] if len(faults) > MOST_TOLD else []
    return [*told, *more, f"{counted(len(rows), 'reading')}, {len(faults)} left out: {out}"]


def put_table(rows: Sequence[Mapping[str, object]], out: Path) -> None:
    """Write rows of `COLUMNS` as a table."""
    written = io.StringIO()
    table = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, written.getvalue().encode())


def _open(file: Path) -> AnswerFile:
    """Read a file of answers; what is none is refused."""
    try:
        content = AnswerFile.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise ValueError(
            f"{file.name} holds no answers ({error.errors()[0]['msg']}); give the file that the page saved"
        ) from error
    if content.format > FORMAT:
        raise ValueError(f"{file.name} was saved by a newer page; update sonolens")
    return content


def _read_file(
    answers: Sequence[Any], key: TaskKey, faults: list[str], name: str
) -> Iterator[_Read]:
    """Read the answers of one file that fit their scans, the first of each; the others become faults."""
    scan_of = {scan.code: scan for scan in key.scans}
    seen: set[str] = set()
    for place, each in enumerate(answers, start=1):
        try:
            answer = Answer.model_validate(each)
            read = _read(answer, _find_scan(answer, scan_of, seen))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "it"
            faults.append(f"{name} answer {place}: {where}: {first['msg']}")
            continue
        except ValueError as error:
            faults.append(f"{name} answer {place}: {error}")
            continue
        seen.add(answer.code)
        yield read


def _find_scan(
    answer: Answer, scan_of: Mapping[str, KeyedScan], seen: Collection[str]
) -> KeyedScan:
    if answer.code not in scan_of:
        raise ValueError(f"code {answer.code[:LONGEST_NAME]!r} is none of the task")
    if answer.code in seen:
        raise ValueError(f"scan {answer.code} is answered already")
    return scan_of[answer.code]


def _read(answer: Answer, scan: KeyedScan) -> _Read:
    """Hold an answer against its scan."""
    size = (scan.rows, scan.cols)
    corners = np.array(answer.contour or [], dtype=float).reshape(-1, 2)
    places = np.vstack([corners, *([np.array([answer.point])] if answer.point else [])])
    shares = to_shares(places, size)
    if ((shares < 0) | (shares > 1)).any():
        raise ValueError(f"a place lies beyond scan {scan.code} of {size[0]} x {size[1]} pixels")
    point = ("", "") if answer.point is None else tuple(f"{at:.2f}" for at in answer.point)
    row = {
        "scan_id": scan.scan_id,
        "code": scan.code,
        "point_row": point[0],
        "point_col": point[1],
        "birads": answer.birads or "",
        "confidence": "" if answer.confidence is None else answer.confidence,
        "seconds": "" if answer.seconds is None else f"{answer.seconds:.1f}",
    }
    return _Read(row, fill_outline(corners, size) if len(corners) else None)


def _name_reader(written: Any, number: int) -> str:
    """Take the name that a reader typed: what shows of it, and nothing that a spreadsheet would run."""
    text = written if isinstance(written, str) else ""
    shown = "".join(sign for sign in text if sign.isprintable())[:LONGEST_NAME]
    return shown.strip().lstrip(FORMULA_SIGNS).strip() or f"reader {number}"


def _as_png(mask: Mask) -> bytes:
    written = io.BytesIO()
    Image.fromarray(mask).save(written, "png")
    return written.getvalue()

"""Scans -> one page for a reader, and the key that stays at home."""

import base64
import hashlib
import io
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sonolens.arrays import Scan
from sonolens.cohort import inspect_scan, judge_content
from sonolens.reading_task.key import FORMAT, KeyedScan, TaskKey
from sonolens.report.layout import open_templates
from sonolens.report.numerals import counted
from sonolens.report.scripts import read_modules, write_policy
from sonolens.studies import find_scans, read_one, without_quotes
from sonolens.tables.vocabulary import BIRADS
from sonolens.whole_files import write_whole

PAGE, KEY = "reading-task.html", "key.json"
ASKED_BIRADS = tuple(category for category in BIRADS if category not in {"4", "6"})
"""4 has letters, and of 6 a biopsy has told."""

CONFIDENCE = 5
"""Steps, of which the last is sure."""

CODE_BYTES, SEED_BITS = 4, 32
MOST_TOLD = 10
"""So many files that were left out are named."""


@dataclass(frozen=True)
class Shown:
    """One scan of the page.

    Attributes:
        keyed: Its code, name and size.
        picture: The scan as a PNG file, which holds grey levels and nothing else.
    """

    keyed: KeyedScan
    picture: bytes


def write_task(
    paths: Sequence[Path], out: Path, *, seed: int | None = None, draw: int | None = None
) -> list[str]:
    """Write the page and its key.

    A file that cannot be read, or holds too few grey levels to be a scan - a mask -, is left out and told. What is burnt into a scan stays there.

    Args:
        paths: Pictures, DICOM files of one frame, and folders of them.
        out: The folder to write to; it is made.
        seed: Of order and codes; None: a new one, which the key tells.
        draw: So many scans at most, drawn at random; None: all.

    Returns:
        What is to be told, in lines.

    Raises:
        FileNotFoundError: If a path is not there.
        ValueError: If no scan can be read, two have one name, or the folder holds a key already.
    """
    if (out / KEY).exists():
        raise ValueError(
            f"{str(out)!r} holds the key of another task, without which its answers cannot be read; give a fresh folder with --out"
        )
    seed = secrets.randbits(SEED_BITS) if seed is None else seed
    files = list(_list_files(paths))
    rng = np.random.default_rng(seed)
    order = [files[place] for place in rng.permutation(len(files))]
    refused: list[str] = []
    shown: list[Shown] = []
    with without_quotes():
        for file in order:
            if draw is not None and len(shown) == draw:
                break
            try:
                scan = _read(file)
            except (OSError, ValueError) as error:
                refused.append(f"Left out: {file.name}: {error}")
                continue
            shown.append(_show(scan, file.stem, code=rng.bytes(CODE_BYTES).hex()))
    if not shown:
        raise ValueError("none of the scans can be read; " + "; ".join(refused or ["give some"]))
    _check_names(shown)
    _write(shown, out, seed=seed)
    more = len(refused) - MOST_TOLD
    return [
        *refused[:MOST_TOLD],
        *([f"and {counted(more, 'file')} more"] if more > 0 else []),
        f"{counted(len(shown), 'scan')}, seed {seed}: {out / PAGE}",
        f"Keep the key to yourself: {out / KEY}",
        "Look at the scans first: names that are burnt into a picture stay there.",
    ]


def write_page(shown: Sequence[Shown], *, task: str) -> str:
    """Write the page; it needs no other file and no network.

    Args:
        shown: The scans in their order; nothing of them but code, size and picture goes in.
        task: What answers are known by.
    """
    script = read_modules("sonolens.reading_task")
    scans = [
        {
            "code": each.keyed.code,
            "rows": each.keyed.rows,
            "cols": each.keyed.cols,
            "picture": "data:image/png;base64," + base64.b64encode(each.picture).decode("ascii"),
        }
        for each in shown
    ]
    return (
        open_templates()
        .get_template("reading_task.html")
        .render(
            task={"format": FORMAT, "task": task, "scans": scans},
            birads=ASKED_BIRADS,
            confidence=range(1, CONFIDENCE + 1),
            script=script,
            policy=write_policy(script),
        )
    )


def _list_files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"scan {str(path)!r} does not exist; correct the path")
        yield from find_scans(path) if path.is_dir() else [path]


def _read(file: Path) -> Scan:
    """Read a scan, and refuse a picture without content, as a mask is one."""
    scan = read_one(file).scan
    nothing = np.zeros(scan.shape, dtype=bool)
    for finding in judge_content(inspect_scan(scan, nothing, scan_id=file.stem)):
        raise ValueError(finding.message)
    return scan


def _show(scan: Scan, name: str, *, code: str) -> Shown:
    written = io.BytesIO()
    Image.fromarray(scan).save(written, "png")
    keyed = KeyedScan(code=code, scan_id=name, rows=scan.shape[0], cols=scan.shape[1])
    return Shown(keyed, written.getvalue())


def _check_names(shown: Sequence[Shown]) -> None:
    for names in ([each.keyed.scan_id for each in shown], [each.keyed.code for each in shown]):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"two scans are called {twice[0]!r}; answers could not be told apart: rename one, or take another seed"
            )


def _write(shown: Sequence[Shown], out: Path, *, seed: int) -> None:
    digest = hashlib.sha256(b"".join(each.picture for each in shown))
    digest.update("".join(each.keyed.code for each in shown).encode())
    key = TaskKey(
        format=FORMAT,
        task=digest.hexdigest()[:12],
        seed=seed,
        scans=tuple(each.keyed for each in shown),
    )
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / PAGE, write_page(shown, task=key.task).encode())
    write_whole(out / KEY, key.model_dump_json(indent=1).encode())

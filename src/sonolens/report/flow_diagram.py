"""The flow of scans as a diagram: an SVG picture in the ink of the page that it stands on."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sonolens.report.layout import open_templates
from sonolens.report.numerals import span
from sonolens.report.runs import describe_scoring
from sonolens.tables.participants import ALL, ScanFlowTable
from sonolens.tables.pointing import PointingGameTable
from sonolens.tables.vocabulary import PARTITIONS

WIDTH = 400.0
"""Of the picture, in its own units: narrow enough to be read on a telephone."""

MAIN_WIDTH = 224.0
GAP = 12.0
LINE_HEIGHT = 14.0
ARROW = 18.0
LETTER = 5.9
"""Mean width of a letter, so that words that are long are broken."""


@dataclass(frozen=True)
class FlowBox:
    """A box of the diagram: where it stands, its title, and its lines; a remark is drawn dashed."""

    x: float
    y: float
    width: float
    title: str
    lines: tuple[str, ...]
    remark: bool = False

    @property
    def height(self) -> float:
        """Height that title and lines take."""
        return LINE_HEIGHT * (len(self.lines) + 1) + GAP

    @property
    def middle(self) -> float:
        """Where arrows meet it."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Where arrows leave it."""
        return self.y + self.height


def draw_scan_flow(scan_flow: ScanFlowTable, pointing_game: PointingGameTable) -> str:
    """Draw where the scans of a study went, down to the maps of the partition that was scored.

    Several folds, runs or methods share a box that tells the least and the largest of their counts.

    Returns:
        An SVG document. It has no colours of its own: text and lines are in the current colour, grounds are left out.
    """
    scored = describe_scoring(pointing_game)["partition"] or PARTITIONS[-1]
    rows = [*_intake_rows(scan_flow, scored=scored), *_scoring_rows(scan_flow, scored=scored)]
    boxes: list[FlowBox] = []
    lines: list[str] = []
    y = 1.0
    sources: list[FlowBox] = []
    for row in rows:
        placed = _place(row, y)
        boxes += placed
        lines += _connect(sources, placed, beside=row.beside)
        y = max(box.bottom for box in placed) + ARROW
        sources = [placed[place] for place in row.leads_on]
    return (
        open_templates()
        .get_template("scan_flow.svg")
        .render(
            boxes=boxes,
            lines=lines,
            width=int(WIDTH),
            height=math.ceil(y - ARROW + 1),
            told="; ".join(f"{box.title}: {', '.join(box.lines)}" for box in boxes),
        )
    )


@dataclass(frozen=True)
class _Row:
    """Boxes side by side, titles with their lines.

    `beside`: the second only leaves the first, or remarks on it. `leads_on`: which of them the next row follows from.
    """

    boxes: tuple[tuple[str, tuple[str, ...]], ...]
    beside: bool = False
    remark: bool = False
    leads_on: tuple[int, ...] = (0,)


def _intake_rows(flow: ScanFlowTable, *, scored: str) -> list[_Row]:
    rows = []
    unusable = _reasons(flow, "not_usable")
    if unusable:
        rows.append(_Row((("Found", _tell(flow, "found")), ("Cannot be used", unusable)), True))
    dropped = _reasons(flow, "dropped") or ("0 scans",)
    rows.append(
        _Row((("Screened", _tell(flow, "screened")), ("Left out by screening", dropped)), True)
    )
    remarks = [
        f"{_scans(flow, box)} {words}"
        for box, words in (
            ("warned", "with a warning"),
            ("alike", "in groups that look alike, kept in one partition"),
            ("in_no_partition", "in no partition"),
        )
        if _scans(flow, box) not in {"0 scans", ""}
    ]
    kept = ("In the study", _tell(flow, "kept"))
    told = ("Of these", tuple(line for each in remarks for line in _wrap(each)))
    rows.append(_Row((kept, told), True, True) if remarks else _Row((kept,)))
    folds = flow["fold"].nunique()
    each = (f"in each of {folds} folds",) if folds > 1 else ()
    parts = tuple((name.title(), each + _tell(flow, name)) for name in PARTITIONS)
    rows.append(_Row(parts, leads_on=(PARTITIONS.index(scored),)))
    return rows


def _scoring_rows(flow: ScanFlowTable, *, scored: str) -> list[_Row]:
    inside = flow[flow["partition"] == scored]
    runs = inside.loc[inside["run"] != ALL, "run"].nunique()
    if not runs:
        return []
    title = f"{scored.title()} scans called" + (f", by each of {runs} runs" if runs > 1 else "")
    called = tuple(
        (
            words,
            (_scans(inside, box), *(f"{_number(inside, part)} {name}" for part, name in parts)),
        )
        for words, box, parts in (
            (
                "Called malignant",
                "called_malignant",
                (("true_positive", "malignant"), ("false_positive", "benign")),
            ),
            (
                "Called benign",
                "called_benign",
                (("false_negative", "malignant"), ("true_negative", "benign")),
            ),
        )
    )
    decided = [(title, _tell(inside, "decided"))]
    if _scans(inside, "undecided") not in {"0 scans", ""}:
        decided.append(("Not called", _tell(inside, "undecided")))
    rows = [_Row(tuple(decided), beside=len(decided) > 1), _Row(called, leads_on=(0, 1))]
    return [*rows, *_closing_rows(inside)]


CLOSING = (
    {"pointing": "Map points", "silent": "Map silent", "without_map": "No map"},
    {"asked": "Reliance asked", "not_asked": "Not asked"},
)
"""Two ways to part the scans that were called, each a row: one says nothing of the other."""


def _closing_rows(inside: pd.DataFrame) -> list[_Row]:
    rows = []
    for titles in CLOSING:
        told = [
            (title, (_scans(inside, box),))
            for box, title in titles.items()
            if _scans(inside, box)
            and not (box == "without_map" and _scans(inside, box) == "0 scans")
        ]
        if told:
            rows.append(_Row(tuple(told), leads_on=tuple(range(len(told)))))
    return rows


def _place(row: _Row, y: float) -> list[FlowBox]:
    """Put the boxes of a row beside each other, all over the picture's width."""
    count = len(row.boxes)
    if row.beside:
        left = MAIN_WIDTH + 2 * GAP
        places = [(0.0, MAIN_WIDTH), (left, WIDTH - left)]
    else:
        each = (WIDTH - GAP * (count - 1)) / count
        places = [(place * (each + GAP), each) for place in range(count)]
    return [
        FlowBox(x, y, width, title, lines, remark=row.remark and place > 0)
        for place, ((x, width), (title, lines)) in enumerate(zip(places, row.boxes, strict=True))
    ]


def _connect(sources: Sequence[FlowBox], placed: Sequence[FlowBox], *, beside: bool) -> list[str]:
    """Lead from the boxes above to a row, and to what left its first box; each line as the path of an SVG."""
    targets = placed[:1] if beside else placed
    paths = []
    if sources:
        middles = [box.middle for box in (*sources, *targets)]
        lowest = max(box.bottom for box in sources)
        height = targets[0].y - ARROW / 2
        paths = [f"M{box.middle} {box.bottom}V{height}" for box in sources if lowest < height]
        paths += [f"M{min(middles)} {height}H{max(middles)}"]
        paths += [f"M{box.middle} {height}V{box.y}m-3 -4l3 4l3 -4" for box in targets]
    if beside:
        first, left = placed
        y = first.y + LINE_HEIGHT
        paths.append(f"M{first.x + first.width} {y}H{left.x}m-4 -3l4 3l-4 3")
    return paths


def _reasons(flow: pd.DataFrame, box: str) -> tuple[str, ...]:
    found = flow[flow["box"] == box]
    told = (
        f"{row['scans']} {str(row['reason']).replace('_', ' ')}"
        for row in found.to_dict(orient="records")
    )
    return tuple(line for each in told for line in _wrap(each))


def _wrap(text: str) -> list[str]:
    letters = int((WIDTH - MAIN_WIDTH - 2 * GAP - GAP) / LETTER)
    return textwrap.wrap(text, letters)


def _number(flow: pd.DataFrame, box: str, column: str = "scans") -> str:
    return span(flow.loc[flow["box"] == box, column].tolist(), digits=9)


def _scans(flow: pd.DataFrame, box: str) -> str:
    """Tell the scans of a box; nothing where there is none of its name."""
    if not (flow["box"] == box).any():
        return ""
    return _noun(_number(flow, box), "scan")


def _tell(flow: pd.DataFrame, box: str) -> tuple[str, ...]:
    """Tell scans, lesions and patients, each in a line; what is not known is left out."""
    lines = [
        _noun(_number(flow, box, column), column.removesuffix("s"))
        for column in ("lesions", "patients")
        if flow.loc[flow["box"] == box, column].notna().any()
    ]
    return tuple(filter(None, [_scans(flow, box), *lines]))


def _noun(number: str, noun: str) -> str:
    return f"{number} {noun}" if number == "1" else f"{number} {noun}s"

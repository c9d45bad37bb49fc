"""Say how many of each room's branches the tests took, and refuse a room below the limit (`make coverage`)."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

LIMIT = 95.0
"""Percent of a room's branches."""

PACKAGE = ("src", "sonolens")
ALONE = "modules"
"""What modules that stand in no folder are counted as."""


def add_up(files: Mapping[str, Mapping[str, Mapping[str, int]]]) -> dict[str, Counter[str]]:
    """Add up the counts of all modules of a room.

    Args:
        files: The part `files` of a JSON report of coverage, whose paths begin with `src/sonolens`.

    Returns:
        Counts by room, rooms in order.

    Raises:
        ValueError: There is no module, or branches were not measured.
    """
    rooms: dict[str, Counter[str]] = {}
    for name in sorted(files):
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if parts[: len(PACKAGE)] != PACKAGE:
            continue
        *folders, _ = parts[len(PACKAGE) :]
        room = folders[0] if folders else ALONE
        summary = files[name]["summary"]
        if "num_branches" not in summary:
            raise ValueError(f"{name} has no count of branches; run coverage with `branch = true`")
        names = ("num_statements", "covered_lines", "num_branches", "covered_branches")
        rooms.setdefault(room, Counter()).update({each: summary[each] for each in names})
    if not rooms:
        raise ValueError(
            "the report names no module of src/sonolens; run `make coverage` in the repository"
        )
    return dict(sorted(rooms.items()))


def percent(part: int, whole: int) -> float:
    """Share in percent; nothing of nothing is all of it."""
    return 100 * part / whole if whole else 100.0


def judge(rooms: Mapping[str, Counter[str]]) -> tuple[int, str]:
    """Write a table of rooms; the exit status is 1 where one is below the limit."""
    lines, below = [f"{'room':<14}{'lines':>8}{'branches':>10}{'of':>7}"], []
    for room, counts in rooms.items():
        lines_reached = percent(counts["covered_lines"], counts["num_statements"])
        taken = percent(counts["covered_branches"], counts["num_branches"])
        lines.append(f"{room:<14}{lines_reached:>7.1f}%{taken:>9.1f}%{counts['num_branches']:>7}")
        if taken < LIMIT:
            below.append(f"{room} ({taken:.1f} %)")
    if below:
        lines.append(
            f"Below {LIMIT:g} % of branches: {', '.join(below)}; test what `make coverage` lists as missing."
        )
    return int(bool(below)), "\n".join(lines)


def main() -> int:
    """Judge the report that is named; returns the exit status."""
    files = json.loads(Path(sys.argv[1]).read_text("utf-8"))["files"]
    status, message = judge(add_up(files))
    print(message)
    return status


if __name__ == "__main__":
    sys.exit(main())

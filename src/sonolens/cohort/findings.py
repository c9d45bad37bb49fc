"""What screening found, counted, told in a line, and chosen from for a sheet."""

from sonolens.tables.cohort import ScansTable, ScreeningTable

SOUND_SHOWN = 6
"""Places of a sheet that are kept for scans without a finding: what is right shows what is wrong."""


def count_findings(screening: ScreeningTable) -> str:
    """Count the scans with errors and with warnings, by check.

    Args:
        screening: What `screen_scans` returned.

    Returns:
        One line; for no findings ``no findings``.

    >>> import pandas as pd
    >>> count_findings(
    ...     pd.DataFrame(
    ...         {
    ...             "scan_id": ["a", "b", "a"],
    ...             "check": ["empty_mask", "empty_mask", "tiny_scan"],
    ...             "severity": "error",
    ...         }
    ...     )
    ... )
    '2 scans with errors (empty_mask 2, tiny_scan 1)'
    """
    told = []
    for severity in ("error", "warning"):
        found = screening[screening["severity"] == severity]
        if len(found):
            scans = found["scan_id"].nunique()
            by_check = found.groupby("check")["scan_id"].nunique().sort_values(ascending=False)
            checks = ", ".join(f"{check} {count}" for check, count in by_check.items())
            told.append(f"{scans} scan{'s' * (scans > 1)} with {severity}s ({checks})")
    return "; ".join(told) or "no findings"


def telling_findings(scans: ScansTable, screening: ScreeningTable) -> ScreeningTable:
    """Leave out the checks that found something in every scan, which tells none from another.

    Args:
        scans: The study's table.
        screening: What `screen_scans` returned for it.

    Returns:
        The rows that are left, errors first.
    """
    found_in = screening["check"].map(screening.groupby("check")["scan_id"].nunique())
    telling = (found_in < len(scans)) | (screening["severity"] == "error")
    return screening[telling].sort_values("severity", kind="stable")


def choose_for_sheet(scans: ScansTable, screening: ScreeningTable, *, count: int) -> list[str]:
    """Choose the scans that a sheet shows: every kind of finding first, then more, then sound ones.

    Args:
        scans: The study's table.
        screening: Its telling findings.
        count: How many at most.

    Returns:
        Scan ids: those with findings, errors first and checks in turn, then up to `SOUND_SHOWN` sound
        ones spread over the study, more if places are left.
    """
    listed = screening[screening["scan_id"].isin(scans["scan_id"])]
    turn = listed.groupby("check").cumcount()
    in_turn = listed.assign(turn=turn).sort_values(["severity", "turn"], kind="stable")
    found = list(dict.fromkeys(in_turn["scan_id"]))
    sound = [scan_id for scan_id in scans["scan_id"] if scan_id not in set(found)]
    kept_free = min(SOUND_SHOWN, len(sound), count)
    shown = found[: count - kept_free]
    left = min(count - len(shown), len(sound))
    return shown + [sound[place * len(sound) // left] for place in range(left)]

"""The plan of an analysis, fixed before its test scans are read, and how often they were looked at; this module knows no Kedro."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

NOT_PLANNED = frozenset(
    {
        "inference",
        "mask_uncertainty",
        "new_scans",
        "planted_evidence",
        "publication",
        "region_views",
        "reporting",
        "reversed_shortcut",
    }
)
"""Groups of settings that decide only what is shown, how fast it is made, or an experiment of its own.

All others belong to the plan, so that a group added later does too.
"""

Settings: TypeAlias = dict[str, Any]
"""Groups of settings by name, as they stand in ``conf`` and in ``--params``; ``study`` is one of them."""


def settle(
    configured: Mapping[str, Any], *, read: Iterable[str], earlier: Iterable[Mapping[str, Any]]
) -> Settings:
    """Tell by which settings the numbers of a run are made.

    What the run reads itself counts as configured; what it does not read counts as it was when its inputs were made.

    Args:
        configured: All groups of the project's configuration, the run's parameters included.
        read: Names of the groups that the run reads.
        earlier: What the runs recorded that the inputs come from, oldest first.

    Examples:
        >>> before = {"read": ["split"], "settings": {"split": {"seed": 1}, "regions": {"mm": 5}}}
        >>> settle({"split": {"seed": 2}, "regions": {"mm": 8}}, read=["regions"], earlier=[before])
        {'split': {'seed': 1}, 'regions': {'mm': 8}}
    """
    settings = dict(configured)
    for session in earlier:
        # Runs recorded before settings were are known by the parameters that they read.
        known = session.get("settings") or session.get("parameters") or {}
        names = session.get("read", list(known))
        settings |= {name: known[name] for name in names if name in known}
    return settings | {name: configured[name] for name in read if name in configured}


def hash_plan(settings: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all settings that decide what is scored and how.

    Neither the order of keys nor how a whole number is written matters.

    Examples:
        >>> one = hash_plan({"regions": {"outer_mm": 5, "inner_mm": 0}, "reporting": {"seed": 1}})
        >>> one == hash_plan({"regions": {"inner_mm": 0.0, "outer_mm": 5.0}})
        True
        >>> one == hash_plan({"regions": {"inner_mm": 0, "outer_mm": 8}})
        False
    """
    planned = {name: group for name, group in settings.items() if name not in NOT_PLANNED}
    return _hash(json.dumps(_plainest(planned), sort_keys=True, ensure_ascii=False))


def hash_scans(digests: Mapping[str, str]) -> str:
    """Return the SHA-256 that identifies a set of scans by their ids and what their pictures hold.

    Args:
        digests: SHA-256 of each scan's picture, by scan id.
    """
    return _hash("".join(f"{digests[scan]}  {scan}\n" for scan in sorted(digests)))


def count_looks(earlier: Iterable[Mapping[str, Any]], own: Mapping[str, Any]) -> dict[str, Any]:
    """Count who looked at the same test scans before.

    Two plans are the same if they have the same settings and were made for the same scans, those for training included.

    Args:
        earlier: The looks of all runs of a data root, as `own`; a run that is named twice counts once.
        own: ``run_id``, ``started``, ``plan_sha256``, ``test_scans_sha256``, ``study_scans_sha256`` and ``n_test_scans``.

    Returns:
        `own`, with ``before``: earlier runs that looked at the same test scans; ``under_other_plans``: those of them that
        had another plan; ``other_plans``: how many plans these were; ``plan_fixed``: when a run with this plan and
        these test scans first began; ``at_other_scans``: earlier runs that looked at other test scans of the study.
    """
    others = {look["run_id"]: look for look in earlier if look["run_id"] != own["run_id"]}.values()
    same = [look for look in others if look["test_scans_sha256"] == own["test_scans_sha256"]]
    changed = [look for look in same if _plan(look) != _plan(own)]
    alike = [look for look in same if _plan(look) == _plan(own)]
    elsewhere = [
        look
        for look in others
        if look["study_scans_sha256"] == own["study_scans_sha256"]
        and look["test_scans_sha256"] != own["test_scans_sha256"]
    ]
    return {
        **own,
        "before": len(same),
        "under_other_plans": len(changed),
        "other_plans": len({_plan(look) for look in changed}),
        "plan_fixed": min(look["started"] for look in (*alike, own)),
        "at_other_scans": len(elsewhere),
    }


def say_looks(looks: Mapping[str, Any] | None) -> str:
    """Tell in prose what `count_looks` counted; None: nobody counted."""
    if looks is None:
        return "Nobody counted who looked at the test scans before."
    scans = _count(looks["n_test_scans"], "test scan")
    if looks["before"]:
        told = f"{_count(looks['before'], 'earlier run')} of this data root looked at these {scans}"
        changed, plans = looks["under_other_plans"], _count(looks["other_plans"], "other plan")
        if changed == looks["before"]:
            told += f", under {plans}"
        else:
            told += f", {changed} of them under {plans}" if changed else ", under this plan"
        told += f". This plan was first fixed at {looks['plan_fixed']}."
    else:
        told = f"First look: no earlier run of this data root has looked at these {scans}."
    if looks["at_other_scans"]:
        told += f" {_count(looks['at_other_scans'], 'earlier run')} looked at other test scans of this study."
    return told


def _plan(look: Mapping[str, Any]) -> tuple[str, str]:
    return look["plan_sha256"], look["study_scans_sha256"]


def _count(number: int, noun: str) -> str:
    """Tell a number of things.

    >>> _count(1, "plan"), _count(2, "plan")
    ('1 plan', '2 plans')
    """
    return f"{number} {noun}{'s' if number != 1 else ''}"


def _plainest(value: Any) -> Any:
    """Write whole numbers alike, 5.0 as 5; a yes stays a yes."""
    if isinstance(value, Mapping):
        return {str(key): _plainest(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plainest(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

"""Where a run's numbers come from: code, packages and machine, but no name of a person or place."""

import platform
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

PACKAGES = (
    "sonolens",
    "kedro",
    "kedro-datasets",
    "numpy",
    "pandas",
    "pillow",
    "pytorch-lightning",
    "scikit-image",
    "scikit-learn",
    "scipy",
    "torch",
    "torchvision",
)
GIT_SECONDS = 20

ABSOLUTE_PATH = re.compile(
    r"(?<![\w:/.~-])(?:~|[A-Za-z]:)?[\\/](?:[^\s\\/'\":,;()]+[\\/])+(?=[^\s\\/'\"])"
)
"""The folders of an absolute path, which tell whose machine it was; URLs and dates do not match."""


def describe_software(project: Path) -> dict[str, Any]:
    """Say which code runs on what.

    Args:
        project: A folder of the project.

    Returns:
        The git commit and whether tracked files differ from it (both empty outside a repository),
        versions of the packages that shape results, Python and the platform.
    """
    return {
        "git": _describe_git(project),
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def list_installed() -> dict[str, str]:
    """Tell the version of every package of this environment, by its name as pip compares names."""
    return dict(_installed())


@cache
def _installed() -> Mapping[str, str]:
    """Look once in a process, which goes on with the packages that it began with."""
    found = {}
    for package in metadata.distributions():
        name = package.metadata["Name"]
        if name:
            found[re.sub(r"[-_.]+", "-", name).lower()] = package.version
    return dict(sorted(found.items()))


def plain(value: Any) -> Any:
    """Turn parameters into what JSON can hold: Pydantic models become mappings, paths become text.

    >>> plain({"sizes": (1, 2), 3: Path("maps")})
    {'sizes': [1, 2], '3': 'maps'}
    """
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        # JSON has no NaN and no infinity.
        return str(value) if isinstance(value, float) and value - value != 0 else value
    return without_folders(str(value))


def without_folders(text: str) -> str:
    """Shorten every absolute path in `text` to its last part.

    >>> without_folders("cannot read '/home/anna/scans/7.png'; see s3://bucket/scans/7.png")
    "cannot read '…/7.png'; see s3://bucket/scans/7.png"
    """
    return ABSOLUTE_PATH.sub("…/", text)


def _describe_git(project: Path) -> dict[str, Any]:
    commit = _git(project, "rev-parse", "--verify", "--quiet", "HEAD")
    if not commit:
        return {"commit": "", "dirty": None}
    return {
        "commit": commit,
        "dirty": bool(_git(project, "status", "--porcelain", "--untracked-files=no")),
    }


def _git(project: Path, *arguments: str) -> str:
    try:
        answer = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            ["git", "-C", str(project), *arguments],  # noqa: S607 - whichever git the user has
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""

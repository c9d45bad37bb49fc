"""Where settings come from: Kedro's loader, in which ``~`` means the home folder."""

from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader

NAMES_PATHS = ("catalog", "globals")
"""Kinds of configuration that say where things lie."""


class ConfigLoader(OmegaConfigLoader):
    """Expands ``~``, because a shell leaves it alone in ``study.path=~/scans``.

    Kedro would take such a path as a folder named ``~`` inside the project.
    """

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Load one kind of configuration; in `NAMES_PATHS`, with home folders written out."""
        loaded: dict[str, Any] = super().__getitem__(key)
        return _expand(loaded) if key in NAMES_PATHS else loaded


def _expand(value: Any) -> Any:
    """Write out the home folder in every text that begins with it.

    >>> _expand({"a": ["b~", 3]})
    {'a': ['b~', 3]}
    """
    if isinstance(value, dict):
        return {name: _expand(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_expand(each) for each in value]
    if isinstance(value, str) and value.startswith("~"):
        return str(Path(value).expanduser())
    return value

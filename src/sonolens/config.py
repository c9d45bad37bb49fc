"""Where settings come from: Kedro's loader, which reads each kind once, and in which ``~`` means the home folder."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from kedro.config import OmegaConfigLoader

NAMES_PATHS = ("catalog", "globals")
"""Kinds of configuration that say where things lie."""


class ConfigLoader(OmegaConfigLoader):
    """Expands ``~``, because a shell leaves it alone in ``study.path=~/scans``.

    Kedro would take such a path as a folder named ``~`` inside the project. It also asks for parameters and globals several
    times a run; here all of a run see its files as they were when it began.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._loaded: dict[str, dict[str, Any]] = {}
        super().__init__(*args, **options)

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Load one kind of configuration; in `NAMES_PATHS`, with home folders written out."""
        if key in self.data or key not in self._loaded:
            loaded: dict[str, Any] = super().__getitem__(key)
            self._loaded[key] = _expand(loaded) if key in NAMES_PATHS else loaded
        return deepcopy(self._loaded[key])


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

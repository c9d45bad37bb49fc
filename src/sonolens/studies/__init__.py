"""One reader per published data set; each turns a folder into the same `Study`.

This room knows file layouts and label conventions. It knows neither Kedro nor networks.
"""

from collections.abc import Callable

from sonolens.studies.busbra import read_busbra
from sonolens.studies.completeness import compare_with_published, count_study
from sonolens.studies.phantoms import read_phantoms
from sonolens.studies.study import Study

READERS: dict[str, Callable[..., Study]] = {
    "busbra": read_busbra,
    "phantoms": read_phantoms,
}
"""Every reader by the name used in the catalog."""

__all__ = [
    "READERS",
    "Study",
    "compare_with_published",
    "count_study",
    "read_busbra",
    "read_phantoms",
]

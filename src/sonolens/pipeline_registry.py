"""Every pipeline by name; `kedro run` runs all but the experiments that are asked for."""

import re
from pkgutil import iter_modules

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline

import sonolens.pipelines

ASKED_FOR = {
    "chosen_region",
    "planted_evidence",
    "region_views",
    "mask_uncertainty",
    "reversed_shortcut",
    "index",
    "compare",
    "export",
    "external_validation",
    "transfer",
    "inference",
}
"""Pipelines that run only by name: experiments that take long, what looks at earlier runs, what leaves the house, and what is no study."""


def register_pipelines() -> dict[str, Pipeline]:
    """Find the pipelines of `sonolens.pipelines`; the default is the sum of those not run by name only.

    Raises:
        ValueError: If a pipeline is asked for that does not exist; those that do are named.
    """
    known = [module.name for module in iter_modules(sonolens.pipelines.__path__) if module.ispkg]
    try:
        pipelines = find_pipelines(raise_errors=True)
    except ImportError as error:
        # Kedro tells a name that does not exist as if its import had failed.
        asked = re.search(r"'sonolens\.pipelines\.(\w+)'", str(error))
        if asked is None or asked[1] in known:
            raise
        raise ValueError(
            f"there is no pipeline {asked[1]!r}; choose from {', '.join(known)}"
        ) from error
    pipelines["__default__"] = sum(
        (found for name, found in pipelines.items() if name not in ASKED_FOR), start=Pipeline([])
    )
    return pipelines

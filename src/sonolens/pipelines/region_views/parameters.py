"""Parameters of ``conf/base/parameters_region_views.yml``."""

from typing import Annotated

from pydantic import AfterValidator, Field

from sonolens.parameters import Names, Parameters, one_of, some_of
from sonolens.removal import FILLS
from sonolens.tables.vocabulary import REGION_VIEWS

OWN_FILLS = tuple(name for name in FILLS if name != "donor")
"""Fills made of the scan itself. A donor's scan has a label of its own, which a fit would be told wrongly, and is a
training scan of one fold that may be a test scan of another."""


def _with_the_whole(views: tuple[str, ...]) -> tuple[str, ...]:
    whole = REGION_VIEWS[0]
    if whole not in views:
        raise ValueError(
            f"region_views.views lacks {whole}, which all others are held against; add it"
        )
    return views


class RegionViewsParameters(Parameters):
    """What of a scan networks are fitted to and asked of."""

    views: Annotated[
        Names, AfterValidator(some_of(REGION_VIEWS)), AfterValidator(_with_the_whole)
    ] = Field(description="Names from REGION_VIEWS; whole among them.")
    fill: Annotated[str, AfterValidator(one_of(OWN_FILLS))] = Field(
        description="What is shown in place of what is not seen."
    )

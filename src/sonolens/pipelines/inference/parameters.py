"""Parameters of ``conf/base/parameters_inference.yml``."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat

from sonolens.explain import check_method
from sonolens.parameters import Parameters, listed_numbers


def _explains(method: str) -> str:
    check_method(method)
    return method


class NewScansParameters(Parameters):
    """How scans that belong to no study are explained."""

    method: Annotated[str, AfterValidator(_explains)] = Field(
        description="What draws the map; a method that knows the network."
    )
    spacing_mm: Annotated[
        tuple[PositiveFloat, PositiveFloat] | None, BeforeValidator(listed_numbers)
    ] = Field(
        description="Height and width of a pixel, in place of what headers tell; none: theirs."
    )

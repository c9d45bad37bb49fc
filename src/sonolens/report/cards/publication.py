"""What a model card and a data card need and no table tells."""

from pydantic import Field

from sonolens.parameters import Parameters


class PublicationParameters(Parameters):
    """Licences and origin as the authors state them; null is left out, and told on the page."""

    model_license: str | None = Field(description="Of the networks: an SPDX id such as mit.")
    data_license: str | None = Field(description="Of the data set: the address of a licence.")
    data_url: str | None = Field(description="Page of the data set.")
    data_creators: tuple[str, ...] = Field(description="Who made the data set.")
    data_published: str | None = Field(description="When, as year-month-day.")

"""How a group of parameters is declared: frozen, typed, without extras and without defaults.

The values stand once, in ``conf``; here stand their types, ranges and meaning. Kedro builds and
checks them before any node runs, so a typing error never trains with a forgotten default.
"""

from pydantic import BaseModel, ConfigDict


class Parameters(BaseModel):
    """A group of parameters; an unknown name or a value out of range stops the run at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

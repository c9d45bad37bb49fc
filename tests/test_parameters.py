"""How groups of settings are read."""

import pytest
from pydantic import Field, ValidationError

from sonolens.parameters import Parameters, some_of


class Group(Parameters):
    epochs: int = Field(description="How long.")


def test_one_name_at_least_is_asked_for_and_each_must_be_known():
    choose = some_of(["cam", "occlusion"])

    assert choose(("occlusion", "cam")) == ("occlusion", "cam")
    with pytest.raises(ValueError, match="no name is given; name at least one"):
        choose(())
    with pytest.raises(ValueError, match="'cma' is unknown"):
        choose(("cam", "cma"))


def test_a_group_that_is_none_is_refused_as_such():
    assert Group.model_validate(Group(epochs=3)) == Group(epochs=3)
    with pytest.raises(ValidationError, match="valid dictionary"):
        Group.model_validate([3])

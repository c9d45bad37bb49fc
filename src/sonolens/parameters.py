"""How a group of parameters is declared: frozen, typed, without extras and without defaults.

The values stand once, in ``conf``; here stand their types, ranges and meaning. Kedro builds and
checks them before any node runs, so a typing error never trains with a forgotten default.
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    NonNegativeInt,
    model_validator,
)


class Parameters(BaseModel):
    """A group of parameters; an unknown name or a value out of range stops the run at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _know_every_name(cls, given: Any) -> Any:
        """Name what is unknown, and what was most likely meant."""
        if isinstance(given, dict):
            for name in given:
                check_known(name, known=cls.model_fields, what="parameter of this group")
        return given


def check_known(name: str, *, known: Iterable[str], what: str) -> None:
    """Refuse a name that is not known.

    Args:
        name: As it was given.
        known: The names that may be given.
        what: What `name` should be one of, for the error.

    Raises:
        ValueError: If it is unknown, with the nearest known name.

    >>> check_known("epoch", known=["epochs", "seeds"], what="parameter")
    Traceback (most recent call last):
        ...
    ValueError: 'epoch' is no parameter; did you mean epochs? known are epochs, seeds
    """
    names = [str(each) for each in known]
    if name not in names:
        raise ValueError(
            f"{name!r} is no {what}; {suggest(name, names)}known are {', '.join(names) or 'none at all'}"
        )


def suggest(name: str, known: Iterable[str]) -> str:
    """Ask whether the nearest known name was meant, with a blank behind; empty if none is near.

    >>> suggest("epoch", ["epochs", "seeds"]), suggest("zzz", ["epochs"])
    ('did you mean epochs? ', '')
    """
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}? " if close else ""


def one_of(known: Iterable[str]) -> Callable[[str], str]:
    """Make a validator that refuses a name which is not `known`, naming those that are.

    >>> one_of(["cam"])("cam")
    'cam'
    """
    names = list(known)

    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"{name!r} is unknown; choose from {', '.join(names)}")
        return name

    return check


def some_of(known: Iterable[str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Make a validator of at least one name, all of them `known`.

    >>> some_of(["cam"])(("cam",))
    ('cam',)
    """
    check_one = one_of(known)

    def check(names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            raise ValueError("no name is given; name at least one")
        return tuple(check_one(name) for name in names)

    return check


def listed(value: Any) -> Any:
    """Let one name, or several with spaces between, stand for a list.

    ``--params`` has no way to write a list, because commas part one parameter from the next.

    >>> listed("resnet18 resnet50"), listed(0), listed(["full", "drs"])
    (['resnet18', 'resnet50'], [0], ['full', 'drs'])
    """
    if isinstance(value, str):
        return value.split()
    return [value] if isinstance(value, int) else value


def listed_numbers(value: Any) -> Any:
    """Likewise for what need not be whole.

    >>> listed_numbers(0.1), listed_numbers("0.1 0.05")
    ([0.1], ['0.1', '0.05'])
    """
    return [value] if isinstance(value, float) else listed(value)


def each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse an empty list, and one that names something twice."""
    if not values:
        raise ValueError("the list is empty; give at least one")
    twice = [value for value in values if values.count(value) > 1]
    if twice:
        raise ValueError(f"{twice[0]!r} stands there twice; give each once")
    return values


Names = Annotated[tuple[str, ...], BeforeValidator(listed), AfterValidator(each_once)]
Numbers = Annotated[tuple[NonNegativeInt, ...], BeforeValidator(listed), AfterValidator(each_once)]

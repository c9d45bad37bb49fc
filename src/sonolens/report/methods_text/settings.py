"""Parameters as the run read them that made a dataset, and sentences that need all their values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sonolens.report.numerals import amount, span


@dataclass(frozen=True)
class RunSettings:
    """Looks up parameters by the dataset that was made with them.

    Attributes:
        run_context: What the run says of itself.
    """

    run_context: Mapping[str, Any]

    @classmethod
    def of(cls, run_context: Mapping[str, Any]) -> "RunSettings":
        """Read what a run says of itself."""
        return cls(run_context)

    def look_up(self, dataset: str, name: str) -> Any:
        """Return the parameter ``group.name`` as the run read it that made `dataset`; None if nobody knows.

        Parameters of this run are not those of its inputs, which an earlier run may have made.
        """
        version = self.run_context["inputs"].get(dataset)
        found: Any = (
            self.run_context["parameters"]
            if version is None
            else self.run_context["made_with"].get(version)
        )
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def sentence(template: str, **values: Any) -> str:
    """Fill in a sentence; it is not said at all if one of its values is not known.

    >>> (
    ...     sentence("Batches held {scans} scans.", scans=12),
    ...     sentence("The seed was {seed}.", seed=None),
    ... )
    ('Batches held 12 scans.', '')
    """
    if any(value is None or value == "" for value in values.values()):
        return ""
    return template.format(**{name: _print(value) for name, value in values.items()})


def clause(condition: object, words: str) -> str:
    """Add words to a sentence where they hold."""
    return words if condition else ""


def listed(names: Iterable[object], *, most: int = 6) -> str:
    """List names in words, each once; of many only how many.

    >>> listed(["cam", "edges", "cam"]), listed(range(9))
    ('cam and edges', '9 in all')
    """
    told = list(dict.fromkeys(str(name) for name in names))
    if len(told) > most:
        return f"{len(told)} in all"
    return " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))


def spread(numbers: Iterable[Any], *, digits: int = 3) -> str:
    """Print the least and the largest of several numbers."""
    return span(list(numbers), digits=digits)


def spread_whole(numbers: Iterable[Any]) -> str:
    """Print the least and the largest of several whole numbers, in thousands.

    >>> spread_whole([1000, 20000]), spread_whole([7])
    ('1,000 to 20,000', '7')
    """
    told = [f"{int(number):,}" for number in sorted(set(numbers))]
    return " to ".join(dict.fromkeys([told[0], told[-1]])) if told else ""


def _print(value: Any) -> str:
    if isinstance(value, float):
        return amount(value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

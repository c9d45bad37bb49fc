"""What every contract of a table has in common."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Self, cast

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import DataFrame, Series

from sonolens.tables.vocabulary import PARTITIONS

try:  # only the tests' type checker reads what it makes
    from beartype.vale import Is
except ModuleNotFoundError:
    Is = None  # type: ignore[assignment]


CSV_FORMAT: Mapping[str, Any] = {"index": False, "lineterminator": "\n"}
"""How tables become files: arguments of `pandas.DataFrame.to_csv`, so that equal tables become equal bytes."""


SMALL_CELLS = 50_000
"""A table of so many cells, or fewer, is kept to know it again; a larger one would cost memory, and its check is the
least of what it costs."""


class Table(pa.DataFrameModel):
    """Columns are exactly those declared, in any order; text stays text.

    A subclass names in `unique` the columns that tell its rows apart.
    """

    _sound: ClassVar[pd.DataFrame | None] = None

    class Config:
        """Refuse undeclared columns; turn declared ones into their type."""

        strict = True
        coerce = True

    def __init_subclass__(cls, *, unique: Sequence[str] = (), **options: Any) -> None:
        """Hand on `unique` as pandera wants to be told."""
        if unique:
            cls.Config = type("Config", (), {"unique": list(unique)})  # type: ignore[assignment, misc]
        super().__init_subclass__(**options)  # type: ignore[no-untyped-call]

    @classmethod
    def validate(  # type: ignore[override]
        cls, check_obj: pd.DataFrame, **options: Any
    ) -> DataFrame[Self]:
        """Check a table and turn its columns into their types, as `pandera.pandas.DataFrameModel.validate` does.

        A table that equals the last one which this contract found sound is known to be sound. A run reads most tables
        many times, and checks of small ones were a quarter of a small run.
        """
        of_all = not options.keys() - {"lazy"}
        known: pd.DataFrame | None = cls.__dict__.get("_sound")
        if of_all and known is not None and known.equals(check_obj):
            return cast(DataFrame[Self], check_obj.copy(deep=False))
        checked = super().validate(check_obj, **options)
        if of_all and checked.size <= SMALL_CELLS:
            cls._sound = checked.copy()
        return checked


class OfMap(Table):
    """What a table says first that speaks of single maps."""

    method: Series[str]
    run: Series[str]
    scan_id: Series[str]


class Estimates(Table):
    """What a table says of the intervals of its estimates."""

    partition: Series[str] = pa.Field(isin=PARTITIONS)
    confidence: Series[float] = pa.Field(gt=0, lt=1, description="Level of the intervals.")


class Means(Estimates):
    """What a table of means says of the values averaged."""

    n: Series[int] = pa.Field(ge=0)
    n_left_out: Series[int] = pa.Field(ge=0)


class ComparedAucs(Estimates):
    """What a table says of AUCs that are held against another on the same scans; empty where a class is missing."""

    n: Series[int] = pa.Field(ge=0)
    n_malignant: Series[int] = pa.Field(ge=0)
    auc: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_low: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    ci_high: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_low: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    difference_high: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    p_value: Series[float] = pa.Field(gt=0, le=1, nullable=True, description="Patients resampled.")
    p_delong: Series[float] = pa.Field(ge=0, le=1, nullable=True)


def text_columns() -> dict[str, Any]:
    """Name the columns that must be read as text, or an id such as ``0007`` becomes the number 7."""
    ids = ("scan_id", "lesion_id", "patient_id", "birads", "view", "device", "source")
    names = ("run", "configuration", "first", "second")
    return dict.fromkeys((*ids, *names), "str")


def fits(contract: type[Table]) -> Any:
    """Make the mark by which a signature names a table of one contract.

    Under pytest, beartype refuses a table that has more columns of another contract than of this one, so that
    none is taken for another; elsewhere nothing is checked. Ranges and keys are the catalog's to check.
    """

    def fits_best(table: pd.DataFrame) -> bool:
        return _fits_best(contract, frozenset(table.columns))

    return contract if Is is None else Is[fits_best]


@cache
def _fits_best(contract: type[Table], columns: frozenset[str]) -> bool:
    own = len(columns & _columns(contract))
    others = [each for each in _contracts(Table) if not issubclass(each, contract)]
    return all(len(columns & _columns(other)) <= own for other in others)


@cache
def _columns(contract: type[Table]) -> frozenset[str]:
    return frozenset(contract.to_schema().columns)


def _contracts(contract: type[Table]) -> list[type[Table]]:
    """List all contracts that are made of one."""
    made = contract.__subclasses__()
    return [*made, *(each for one in made for each in _contracts(one))]

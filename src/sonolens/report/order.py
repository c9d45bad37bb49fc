"""Tables in the order in which a reader wants them."""

from collections.abc import Mapping, Sequence

import pandas as pd


def in_order(
    table: pd.DataFrame,
    orders: Mapping[str, Sequence[str]],
    *,
    within: str | list[str] | None = None,
) -> pd.DataFrame:
    """Sort a table by columns of names, each in an order of its own; rows that tie keep theirs.

    Args:
        orders: All that a column may hold, in its order; the first column counts most.
        within: Sort within groups of these columns, which keep the order in which they first appear.
    """
    places = {name: table[name].map(list(order).index) for name, order in orders.items()}
    if within is not None:
        places = {"": table.groupby(within, sort=False).ngroup()} | places
    keys = pd.DataFrame(places).reset_index(drop=True)
    sorted_rows = keys.sort_values(list(places), kind="stable").index
    return table.iloc[sorted_rows].reset_index(drop=True)

"""Groups by label and BI-RADS, and draws that are fair to both."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from sonolens.tables import vocabulary
from sonolens.tables.cohort import ScansTable

NO_BIRADS = -1


def describe_groups(scans: ScansTable, group_of: pd.Series) -> pd.DataFrame:
    """Tell of each group what it is stratified by.

    Args:
        group_of: The group of every scan, in the order of `scans`.

    Returns:
        Indexed by group in alphabetical order: `malignant` (any of its scans is) and `birads` (its
        highest category as a place in `sonolens.vocabulary.BIRADS`, `NO_BIRADS` if none is known).
    """
    group = group_of.to_numpy()
    rank = {category: place for place, category in enumerate(vocabulary.BIRADS)}
    birads = scans["birads"].map(rank).fillna(NO_BIRADS).astype(int)
    return pd.DataFrame(
        {
            "malignant": (scans["label"] == "malignant").groupby(group).any(),
            "birads": birads.groupby(group).max(),
        }
    )


def shuffle(units: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Put groups into the order of their lots."""
    return units.loc[rng.permutation(units.index.to_numpy(dtype=object))]


def draw(shuffled: pd.DataFrame, count: int) -> list[str]:
    """Draw the first groups that keep every BI-RADS category to its share, to within one.

    Args:
        shuffled: Groups in the order of their lots, with `birads`.
        count: How many are drawn, at most all.

    Returns:
        Their names.

    Examples:
        >>> shuffled = pd.DataFrame({"birads": [4, 4, 4, 4, 5, 5]}, index=list("abcdef"))
        >>> draw(shuffled, 3)
        ['a', 'b', 'e']
    """
    category = shuffled.groupby("birads")["birads"]
    place, due = category.cumcount(), category.transform("size") * count
    whole = due // len(shuffled)
    certain = place < whole
    # What rounding left goes by lot to categories that are owed a part of a group.
    owed = (place == whole) & (due % len(shuffled) > 0)
    left = count - int(certain.sum())
    return [*shuffled.index[certain], *shuffled.index[owed][:left]]


def draw_validation(
    units: pd.DataFrame, *, without: Collection[str], share: float, seed: int, fold: int
) -> list[str]:
    """Draw a share of each label's groups from those that are not tested.

    Args:
        units: All groups, from `describe_groups`.
        without: The groups that are tested.
        share: Share of all groups of a label, rounded to whole groups.
        seed: Seed of the study's split.
        fold: Number of the fold, so that each fold draws anew.

    Returns:
        Their names.
    """
    rng = np.random.default_rng([seed, fold])
    drawn: list[str] = []
    for _, stratum in units.groupby("malignant"):
        rest = shuffle(stratum[~stratum.index.isin(without)], rng)
        drawn += draw(rest, min(round(len(stratum) * share), len(rest)))
    return drawn


def merge_rare_strata(units: pd.DataFrame, *, at_least: int) -> dict[str, str]:
    """Name every group's stratum: label and BI-RADS, where enough groups share both to be spread.

    Args:
        units: All groups, from `describe_groups`.
        at_least: How many groups a stratum has; rarer BI-RADS categories of a label are pooled.

    Returns:
        The stratum by group.

    Raises:
        ValueError: If a label has fewer groups than that altogether.
    """
    label = units["malignant"].map({True: "malignant", False: "benign"})
    per_label = label.value_counts().reindex(list(vocabulary.LABELS), fill_value=0)
    if per_label.min() < at_least:
        raise ValueError(
            f"{at_least} folds need {at_least} patients of each label, but there are "
            f"{per_label['benign']} benign and {per_label['malignant']} malignant; choose fewer folds"
        )
    stratum = label + " " + units["birads"].astype("str")
    rare = stratum.map(stratum.value_counts()) < at_least
    stratum = stratum.mask(rare, label + " other")
    # What is still too rare to be spread joins its label's largest stratum.
    rare = stratum.map(stratum.value_counts()) < at_least
    largest = stratum[~rare].groupby(label[~rare]).agg(lambda names: names.value_counts().index[0])
    stratum = stratum.mask(rare, label.map(largest))
    return dict(zip(stratum.index, stratum, strict=True))

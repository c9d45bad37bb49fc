"""Splits that keep a group's scans together and every partition's label mix alike.

A group is a patient, or several patients whose scans are duplicates of each other
(`sonolens.cohort.join_groups`). Shares count groups of the whole study.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from sonolens.cohort.strata import (
    describe_groups,
    draw,
    draw_validation,
    merge_rare_strata,
    shuffle,
)
from sonolens.tables import vocabulary
from sonolens.tables.cohort import ScansTable, SplitsTable

FEWEST_FOLDS = 2


def split_holdout(
    scans: ScansTable,
    *,
    validation_share: float,
    test_share: float,
    seed: int,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    """Split groups once into train, validation and test.

    Groups are stratified by label: one with any malignant scan counts as malignant. Within a
    stratum they are shuffled and dealt out by the shares, rounded to whole groups, so that the
    partitions' label mix differs by rounding only. Each BI-RADS category (a group's highest) is
    dealt out in the same proportion, up to rounding.

    Args:
        validation_share: Share of the groups that choose epoch and threshold, above 0.
        test_share: Share of the groups that are only scored, above 0; the rest trains.
        seed: Same seed and same groups give the same split, whatever the row order.
        groups: The group of every scan, indexed by scan id; the patients if absent.

    Returns:
        Contract `sonolens.tables.Splits`, fold 0, one row per scan in the order of `scans`.

    Raises:
        ValueError: If the shares leave no group to train on, a partition lacks one of the labels,
            or the groups are incomplete or cut through a patient.
    """
    if min(validation_share, test_share) <= 0 or validation_share + test_share >= 1:
        raise ValueError(
            f"validation_share {validation_share} and test_share {test_share} must be above 0 "
            "and sum to less than 1, so that patients remain for training"
        )
    group_of = _group_scans(scans, groups)
    units = describe_groups(scans, group_of)
    rng = np.random.default_rng(seed)
    test: list[str] = []
    validation: list[str] = []
    for _, stratum in units.groupby("malignant"):
        shuffled = shuffle(stratum, rng)
        drawn = draw(shuffled, round(len(stratum) * test_share))
        test += drawn
        validation += draw(shuffled.drop(drawn), round(len(stratum) * validation_share))
    splits = _list_fold(scans, group_of, fold=0, test=test, validation=validation)
    check_disjoint(splits, group_of)
    return splits


def split_external(
    scans: ScansTable,
    *,
    local_share: float,
    seed: int,
    groups: pd.Series | None = None,
    known: Collection[str] = (),
) -> pd.DataFrame:
    """Split a study that networks from elsewhere are held against: nobody is fitted on it.

    Groups are dealt out as by `split_holdout`. A small share stands in for training scans - fixed places, donors and
    recalibration are learnt from it - and is not scored; the rest is tested.

    Args:
        local_share: Share of the groups that stand in for training scans, above 0.
        seed: As for `split_holdout`.
        groups: As for `split_holdout`.
        known: Scans that fitted or chose a network; their groups become validation scans, which nothing learns
            from or is scored on.

    Returns:
        Contract `sonolens.tables.Splits`, fold 0, one row per scan in the order of `scans`. A study of one group has
        test scans only, and one of a single label has no other.
    """
    group_of = _group_scans(scans, groups)
    units = describe_groups(scans, group_of)
    seen = sorted(set(group_of[group_of.index.isin(known)]))
    left = units.drop(seen)
    rng = np.random.default_rng(seed)
    local: list[str] = []
    for _, stratum in left.groupby("malignant"):
        local += draw(shuffle(stratum, rng), round(len(stratum) * local_share))
    if not local and len(left) > 1:
        local = draw(shuffle(left, rng), 1)
    partition_of = {
        **dict.fromkeys(group_of, "test"),
        **dict.fromkeys(local, "train"),
        **dict.fromkeys(seen, "validation"),
    }
    splits = scans[["scan_id", "lesion_id", "patient_id"]].reset_index(drop=True)
    partition = group_of.map(partition_of).astype("str").reset_index(drop=True)
    return splits.assign(fold=0, partition=partition)


def split_kfold(
    scans: ScansTable,
    *,
    folds: int,
    repeats: int,
    validation_share: float,
    seed: int,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    """Split groups into folds, each tested once, and do so several times.

    The folds are stratified by label and, where at least `folds` groups of a label share a BI-RADS
    category, by that (scikit-learn's `StratifiedGroupKFold`). In each fold validation is cut anew
    from the groups that are not tested, stratified as in `split_holdout`.

    Args:
        folds: How many folds, at least 2.
        repeats: How many times the study is folded, at least 1.
        validation_share: Share of all groups that choose epoch and threshold, above 0.
        seed: Same seed and same groups give the same folds, whatever the row order.
        groups: The group of every scan, indexed by scan id; the patients if absent.

    Returns:
        Contract `sonolens.tables.Splits`, one row per scan and fold, in the order of `scans` within
        a fold; fold k (from 0) of repeat r (from 0) has the number ``r * folds + k``.

    Raises:
        ValueError: If a label has fewer groups than folds, the shares leave no group to train on, a
            partition lacks one of the labels, or the groups are incomplete or cut through a patient.
    """
    if folds < FEWEST_FOLDS or repeats < 1:
        raise ValueError(
            f"folds {folds} must be at least {FEWEST_FOLDS} and repeats {repeats} at least 1; "
            "choose the scheme holdout to split once"
        )
    _require_training_share(validation_share, tested=1 / folds)
    group_of = _group_scans(scans, groups)
    strata = merge_rare_strata(describe_groups(scans, group_of), at_least=folds)
    # Row order must not matter, so the scans are folded in the order of their names.
    named = group_of.sort_index()
    tested = []
    for repeat in range(repeats):
        shuffle_seed = int(np.random.default_rng([seed, repeat]).integers(2**31))
        folding = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=shuffle_seed)
        cuts = folding.split(named, y=named.map(strata), groups=named.to_numpy(dtype=object))
        tested += [sorted(set(named.iloc[rows])) for _, rows in cuts]
    return _list_folds(scans, group_of, tested, validation_share=validation_share, seed=seed)


def split_official(
    scans: ScansTable,
    official_folds: pd.DataFrame,
    *,
    validation_share: float,
    seed: int,
    groups: pd.Series | None = None,
) -> pd.DataFrame:
    """Test on each of the folds that the authors of a data set published.

    Only the outer folds are theirs; validation is cut from the groups that are not tested,
    stratified as in `split_holdout`.

    Args:
        official_folds: `scan_id` and `fold`, as in `sonolens.studies.Study.official_folds`; scans
            that are not in `scans` do not matter.
        validation_share: Share of all groups that choose epoch and threshold, above 0.
        seed: Same seed and same groups give the same validation scans, whatever the row order.
        groups: The group of every scan, indexed by scan id; the patients if absent.

    Returns:
        Contract `sonolens.tables.Splits`, one row per scan and fold, in the order of `scans` within
        a fold; the smallest published number is fold 0, the next fold 1.

    Raises:
        ValueError: If a scan has no published fold, there are fewer than two, a fold cuts through a
            group, the share leaves no group to train on, a partition lacks one of the labels, or
            the groups are incomplete or cut through a patient.
    """
    group_of = _group_scans(scans, groups)
    fold_of = _fold_groups(official_folds, group_of)
    published = sorted(set(fold_of))
    if len(published) < FEWEST_FOLDS:
        raise ValueError(
            f"all scans stand in the published fold {published[0]}, so none is left to train on; "
            "read the whole data set or choose the scheme holdout or kfold"
        )
    _require_training_share(validation_share, tested=1 / len(published))
    tested = [list(fold_of.index[fold_of == number]) for number in published]
    return _list_folds(scans, group_of, tested, validation_share=validation_share, seed=seed)


def check_disjoint(splits: SplitsTable, groups: pd.Series) -> None:
    """Make sure that no group is known in training and met again in another partition.

    Args:
        splits: Contract `sonolens.tables.Splits`.
        groups: The group of every scan, indexed by scan id.

    Raises:
        ValueError: If a group stands in two partitions of a fold.
    """
    placed = splits.assign(group=splits["scan_id"].map(groups))
    placed = placed.drop_duplicates(["fold", "group", "partition"])
    torn = placed[placed.duplicated(["fold", "group"], keep=False)]
    if not torn.empty:
        fold, name = torn[["fold", "group"]].iloc[0]
        parts = torn.loc[(torn["fold"] == fold) & (torn["group"] == name), "partition"]
        raise ValueError(
            f"group {name!r} stands in {' and '.join(sorted(parts))} of fold {fold}; "
            "split again by groups, so that no test scan is known from training"
        )


def _group_scans(scans: ScansTable, groups: pd.Series | None) -> pd.Series:
    """Look up every scan's group, by scan id in the order of `scans`; patients stay whole."""
    by_scan = scans.set_index("scan_id")
    if groups is None:
        return by_scan["patient_id"].rename("group")
    absent = [scan_id for scan_id in by_scan.index if scan_id not in groups.index]
    if absent:
        raise ValueError(
            f"scan {absent[0]!r} and {len(absent) - 1} more have no group; "
            "join the groups of these very scans"
        )
    group_of = groups.loc[by_scan.index].rename("group").rename_axis("scan_id")
    torn = group_of.groupby(by_scan["patient_id"]).nunique()
    if (torn > 1).any():
        raise ValueError(
            f"patient {torn.idxmax()!r} has scans in {torn.max()} groups; "
            "join the groups of a patient before splitting"
        )
    return group_of


def _fold_groups(official_folds: pd.DataFrame, group_of: pd.Series) -> pd.Series:
    """Look up every group's published fold, by name in alphabetical order."""
    fold_of = group_of.index.to_series().map(official_folds.set_index("scan_id")["fold"])
    if fold_of.isna().any():
        raise ValueError(
            f"scan {fold_of.index[fold_of.isna()][0]!r} and {fold_of.isna().sum() - 1} more are in no "
            "published fold; complete the fold file or choose the scheme holdout or kfold"
        )
    by_group = fold_of.groupby(group_of)
    torn = by_group.min() < by_group.max()
    if torn.any():
        name = torn.idxmax()
        numbers = " and ".join(f"{number:g}" for number in sorted(set(fold_of[group_of == name])))
        raise ValueError(
            f"the published folds cut through group {name!r}, which stands in {numbers}; drop its "
            "duplicate scans or choose the scheme holdout or kfold"
        )
    return by_group.first().astype(int).sort_index()


def _list_folds(
    scans: ScansTable,
    group_of: pd.Series,
    tested: list[list[str]],
    *,
    validation_share: float,
    seed: int,
) -> pd.DataFrame:
    """Cut validation anew from the groups that a fold does not test, and list all folds."""
    units = describe_groups(scans, group_of)
    splits = []
    for fold, test in enumerate(tested):
        validation = draw_validation(
            units, without=test, share=validation_share, seed=seed, fold=fold
        )
        splits.append(_list_fold(scans, group_of, fold=fold, test=test, validation=validation))
    listed = pd.concat(splits, ignore_index=True)
    check_disjoint(listed, group_of)
    return listed


def _list_fold(
    scans: ScansTable, group_of: pd.Series, *, fold: int, test: list[str], validation: list[str]
) -> pd.DataFrame:
    """List every scan with its partition, in the order of `scans`, once the fold is found sound."""
    partition_of = {
        **dict.fromkeys(group_of, "train"),
        **dict.fromkeys(validation, "validation"),
        **dict.fromkeys(test, "test"),
    }
    splits = scans[["scan_id", "lesion_id", "patient_id"]].reset_index(drop=True)
    partition = group_of.map(partition_of).astype("str").reset_index(drop=True)
    splits = splits.assign(fold=fold, partition=partition)
    _require_both_labels(partition, scans["label"].reset_index(drop=True), fold=fold)
    return splits


def _require_training_share(validation_share: float, *, tested: float) -> None:
    """Refuse a validation share that takes nothing, or all that is not tested."""
    if not 0 < validation_share < 1 - tested:
        raise ValueError(
            f"validation_share {validation_share} must be above 0 and below {1 - tested:.3g}, the "
            "share that is not tested, so that patients remain for training"
        )


def _require_both_labels(partition: pd.Series, label: pd.Series, *, fold: int) -> None:
    """Refuse a fold that nobody could train on or score."""
    counts = pd.crosstab(partition, label).reindex(
        index=list(vocabulary.PARTITIONS), columns=list(vocabulary.LABELS), fill_value=0
    )
    if (counts == 0).any(axis=None):
        told = "; ".join(
            f"{name}: {row['benign']} benign and {row['malignant']} malignant scans"
            for name, row in counts.iterrows()
        )
        raise ValueError(
            f"every partition needs both labels, but fold {fold} gives {told}; "
            "add patients or enlarge the smallest partition's share"
        )

"""How well some numbers of each scan tell its label: fitted to some patients, asked of others."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int
from scipy.stats import rankdata
from sklearn.linear_model import Ridge
from sklearn.model_selection import StratifiedGroupKFold

from sonolens.arrays import Labels
from sonolens.evaluation.classification.roc import RankedCases
from sonolens.evaluation.statistics.intervals import (
    Bootstrap,
    limits_of,
    patient_resamples,
    ratio,
)

Design = Float[np.ndarray, "scans columns"]
Outcomes = Float[np.ndarray, "scans outcomes"]
Codes = Int[np.ndarray, " scans"]
Tested = Bool[np.ndarray, " scans"]

SHRINKAGE = 0.5
"""Penalty of the fit as a share of its scans: weak beside one strong column, strong beside dozens of weak ones."""

DECIMALS = 9
"""Scores are rounded to so many, for scans that are alike in all must tie."""

HALF = 0.5
"""The AUC of who knows nothing."""

HINGES = (0.2, 0.4, 0.6, 0.8)
"""Quantiles of a column at which its slope may change, so that both ends may be malignant and the middle benign."""

LEVEL_SHARE = 0.025
"""Scans that are equal in all columns are a level of their own if this share of the patients has one: at most 40 levels."""


@dataclass(frozen=True)
class Folding:
    """How scans are cross-validated: so many folds at most, dealt so many times, and labels exchanged so often."""

    folds: int
    repeats: int
    exchanges: int
    seed: int


@dataclass(frozen=True)
class Area:
    """An AUC with its interval and the p value of exchanged labels; NaN where unknown."""

    value: float
    ci_low: float
    ci_high: float
    p_value: float


class Deal(NamedTuple):
    """Who is asked after whom; all sets of features share one, so that they are asked alike.

    Attributes:
        malignant: True where malignant.
        patients: The patient of every scan, numbered from 0.
        tested: The scans that each fit is asked of; it is fitted to all others.
        exchanged: Labels of the same scans after each exchange.
    """

    malignant: Labels
    patients: Codes
    tested: tuple[Tested, ...]
    exchanged: Bool[np.ndarray, "scans exchanges"]


class Game(NamedTuple):
    """The scans that one fit is asked of, by their scores.

    Attributes:
        ranked: The scans.
        patients: The patient of each.
    """

    ranked: RankedCases
    patients: Codes


def form_design(values: Float[np.ndarray, "scans features"], patients: Codes) -> Design:
    """Spread features over columns in which a straight fit finds bends, clusters and gaps.

    Every feature gives itself, its excess over each of its fifths (`HINGES`), and whether it is unknown;
    scans that are equal in all features are a level (`LEVEL_SHARE`). Labels play no part. Columns are
    standardised; those that are equal for all scans are left out.

    Args:
        values: One column per feature; NaN where unknown.
        patients: The patient of every scan, numbered from 0.

    Returns:
        No columns where all scans are alike.
    """
    values = values[:, ~np.isnan(values).all(axis=0)]
    unknown = np.isnan(values)
    known = np.where(unknown, np.nanmedian(values, axis=0), values)
    edges = np.quantile(known, HINGES, axis=0)
    bent = [np.maximum(0.0, known - edge) for edge in edges]
    columns = np.column_stack([known, *bent, unknown, _levels(values, patients)])
    columns = columns[:, np.ptp(columns, axis=0) > 0]
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return np.unique(columns.round(DECIMALS), axis=1) if columns.size else columns


def deal_patients(malignant: Labels, patients: Codes, *, folding: Folding) -> Deal:
    """Deal whole patients to folds, stratified by label, several times, and exchange their labels.

    There are no more folds than patients with a scan of the rarer label. Labels are exchanged between patients
    of equally many scans; a patient whose number of scans nobody shares keeps its labels.

    Args:
        malignant: True where malignant; at least two patients have a scan of each label.
        patients: The patient of every scan, numbered from 0.
    """
    folds = min(folding.folds, count_rarer(malignant, patients))
    tested = []
    for repeat in range(folding.repeats):
        seed = int(np.random.default_rng([folding.seed, repeat]).integers(2**31))
        cuts = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
        for _, rows in cuts.split(malignant, malignant, groups=patients):
            tested.append(np.isin(np.arange(len(malignant)), rows))
    exchanged = _exchange_labels(malignant, patients, folding=folding)
    return Deal(malignant, patients, tuple(tested), exchanged)


def cross_validate(design: Design, deal: Deal, *, bootstrap: Bootstrap) -> Area:
    """Ask how well a fit to some patients tells the labels of others.

    The fit is a ridge regression of the label on `design`. A malignant and a benign scan are compared where one
    fit scored both, for scores of different fits are on different scales, which makes an AUC of all scores
    together fall below 0.5 where there is nothing to tell (Airola et al. 2011, Comput Stat Data Anal 55:1828-1844).

    `p_value` is twice how often, for the interval has two sides, labels exchanged between patients can be fitted as
    well, all scans at once: that needs no folds, and sees more than the AUC of others does. The interval resamples patients and holds the fits. Since fits share
    patients, that alone would leave out 0.5 too often where there is nothing to tell; so it holds 0.5 unless the p
    value is as small as the interval allows. An AUC below 0.5 tells nothing, so 0.5 is never above it.

    Args:
        design: From `form_design`.
        deal: From `deal_patients`.

    Returns:
        The AUC over all deals. Where resampling does not move it, its interval is Wilson's with the patients
        of the rarer label. NaN where no fit is asked of both labels.
    """
    games = [_play(design, deal, tested) for tested in deal.tested]
    count = int(deal.patients.max()) + 1
    area = float(_areas(games, np.ones((1, count), dtype=int))[0])
    resamples = patient_resamples(range(count), bootstrap=bootstrap)
    resampled = np.concatenate([_areas(games, block) for block in resamples])
    rarer, confidence = count_rarer(*deal[:2]), bootstrap.confidence
    if math.isnan(area):
        return Area(area, area, area, area)
    low, high = limits_of(area, resampled, patients=rarer, confidence=confidence)
    p_value = _compare_with_exchanged(design, deal)
    hold_half = p_value > 1 - confidence
    return Area(area, min(low, HALF) if hold_half else low, max(high, HALF), p_value)


def score_others(
    learnt: Design, outcomes: Outcomes, asked: Float[np.ndarray, "asked columns"]
) -> Float[np.ndarray, "asked outcomes"]:
    """Fit outcomes to some scans, and score others by each of the fits.

    Args:
        learnt: Columns of the scans that are fitted to, standardised.
        outcomes: Their outcomes, 0 or 1, one column each.
        asked: Columns of the scans to score.
    """
    fit = Ridge(alpha=SHRINKAGE * len(learnt)).fit(learnt, outcomes)
    scores: np.ndarray = fit.predict(asked).reshape(len(asked), -1).round(DECIMALS)
    return scores


def count_rarer(malignant: Labels, patients: Codes) -> int:
    """Count the patients who have a scan of the label that fewer have."""
    return min(len(set(patients[malignant])), len(set(patients[~malignant])))


def _exchange_labels(
    malignant: Labels, patients: Codes, *, folding: Folding
) -> Bool[np.ndarray, "scans exchanges"]:
    """Exchange the labels of whole patients; one column per exchange."""
    rng = np.random.default_rng(folding.seed)
    exchanged = np.repeat(malignant[:, None], folding.exchanges, axis=1)
    sizes = np.bincount(patients)
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes[patients] == size)
        whole = rows[np.argsort(patients[rows], kind="stable")].reshape(-1, size)
        order = np.argsort(rng.random((folding.exchanges, len(whole))), axis=1)
        exchanged[whole.ravel()] = malignant[whole[order]].reshape(folding.exchanges, -1).T
    return exchanged


def _levels(
    values: Float[np.ndarray, "scans features"], patients: Codes
) -> Bool[np.ndarray, "scans levels"]:
    """Mark the scans of every level that enough patients share."""
    level = pd.DataFrame(values).groupby(list(range(values.shape[1])), dropna=False).ngroup()
    shared = pd.Series(patients).groupby(level).nunique()
    least = max(2.0, LEVEL_SHARE * len(set(patients)))
    return level.to_numpy()[:, None] == shared.index[shared >= least].to_numpy()


def _compare_with_exchanged(design: Design, deal: Deal) -> float:
    """Tell twice how often exchanged labels are fitted as well as the true ones, by the AUC of the fit to all scans."""
    outcomes = np.column_stack([deal.malignant, deal.exchanged]).astype(float)
    ranks = rankdata(score_others(design, outcomes, design), axis=0)
    # Exchanges keep the number of malignant scans, so their ranks add up as their AUCs go.
    fitted = (ranks * outcomes).sum(axis=0)
    as_well = int((fitted[1:] >= fitted[0] - 10**-DECIMALS).sum())
    return min(1.0, 2 * (1 + as_well) / (1 + deal.exchanged.shape[1]))


def _play(design: Design, deal: Deal, tested: Tested) -> Game:
    """Score some scans by the fit to all others, and rank them."""
    label = deal.malignant[:, None].astype(float)
    scores = score_others(design[~tested], label[~tested], design[tested])[:, 0]
    return Game(RankedCases.of(deal.malignant[tested], scores), deal.patients[tested])


def _areas(
    games: Sequence[Game], multiplicity: Int[np.ndarray, "resamples patients"]
) -> Float[np.ndarray, " resamples"]:
    """Return the share of pairs that malignant scans win in all games together, by how often each patient is present."""
    won, compared = np.zeros((2, len(multiplicity)))
    for ranked, patients in games:
        of_game = ranked.won(multiplicity[:, patients])
        won, compared = won + of_game[0], compared + of_game[1]
    return ratio(won, compared)

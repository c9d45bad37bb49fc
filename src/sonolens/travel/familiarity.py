"""How familiar a scan is: its distance, in the network's own features, from the scans that trained it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Float32
from sklearn.covariance import ledoit_wolf_shrinkage

from sonolens.arrays import Features
from sonolens.travel.card import FamiliarityFacts

FEWEST_SCANS = 8
"""Training scans from which on a spread is worth the name; validation scans from which on a quantile is."""

QUANTILE = 0.95
"""Share of validation scans that count as familiar, so that one of twenty scans like them is a false alarm."""

LEAST_SHRINKAGE = 1e-3
"""Keeps directions in which no training scan differed from counting infinitely."""

OtherFeatures: TypeAlias = Float[np.ndarray, "others channels"]
"""Features of other scans by the same network."""

PARTS = ("centre", "axes", "variances", "rest_variance")


@dataclass(frozen=True, eq=False)
class Familiarity:
    """A Gaussian around the features of training scans, its covariance shrunk towards a ball.

    Attributes:
        centre: Mean features.
        axes: Directions in which training scans differ, of length 1 and at right angles, one a row.
        variances: Along each of them.
        rest_variance: In every direction at right angles to all of them.
        facts: The threshold, and what it rests on.
    """

    centre: Float32[np.ndarray, " channels"]
    axes: Float32[np.ndarray, "axes channels"]
    variances: Float32[np.ndarray, " axes"]
    rest_variance: Float32[np.ndarray, ""]
    facts: FamiliarityFacts

    def distance(self, features: Features) -> Float[np.ndarray, " scans"]:
        """Mahalanobis distance of scans from the training scans, in standard deviations.

        Args:
            features: Pooled features of the network; see `sonolens.models.pool_features`.

        Returns:
            0 at the centre; infinite for features that are not finite.

        References:
            Lee et al., A simple unified framework for detecting out-of-distribution samples and adversarial
            attacks, NeurIPS 2018: here of one class, because what is asked is whether a scan is like the
            training scans, not which class it is like.

        Examples:
            >>> facts = FamiliarityFacts(
            ...     training_scans=9,
            ...     shrinkage=0.1,
            ...     validation_scans=9,
            ...     quantile=1,
            ...     threshold=9,
            ...     alarms=0,
            ... )
            >>> two = np.float32
            >>> shape = Familiarity(
            ...     np.zeros(2, two),
            ...     np.array([[1, 0]], two),
            ...     np.array([4], two),
            ...     np.array(1, two),
            ...     facts,
            ... )
            >>> shape.distance(np.array([[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]]))
            array([1., 2., 0.])
        """
        finite = np.isfinite(features).all(axis=1)
        apart = np.where(finite[:, None], features, 0).astype(float) - self.centre.astype(float)
        along = apart @ self.axes.T.astype(float)
        rest = np.maximum((apart**2).sum(axis=1) - (along**2).sum(axis=1), 0)
        if len(self.axes) == len(self.centre):
            rest[:] = 0  # nothing is left but rounding
        squares = (along**2 / self.variances).sum(axis=1) + rest / float(self.rest_variance)
        return np.where(finite, np.sqrt(squares), np.inf)

    def is_unfamiliar(self, features: Features) -> np.ndarray:
        """Whether each scan lies beyond the threshold."""
        return self.distance(features) > self.facts.threshold

    def tables(self) -> dict[str, np.ndarray]:
        """The arrays that travel, by their names in `PARTS`."""
        return {name: getattr(self, name) for name in PARTS}

    @classmethod
    def of_tables(cls, tables: Mapping[str, np.ndarray], facts: FamiliarityFacts) -> "Familiarity":
        """Put together what `tables` took apart.

        Raises:
            ValueError: A table is missing, of another shape, not finite, or no variance is above 0.
        """
        if tables.keys() != set(PARTS):
            raise ValueError(
                f"its familiarity holds {', '.join(sorted(tables))} and not {', '.join(PARTS)}"
            )
        centre, axes, variances, rest = (tables[name] for name in PARTS)
        fits = (
            centre.ndim == 1
            and axes.shape == (len(variances), len(centre))
            and variances.ndim == 1
            and rest.ndim == 0
            and all(table.dtype == np.float32 for table in tables.values())
        )
        if not fits:
            raise ValueError("the tables of its familiarity do not fit each other")
        if not all(np.isfinite(table).all() for table in tables.values()):
            raise ValueError("its familiarity holds NaN or infinity")
        if not (variances > 0).all() or not rest > 0:
            raise ValueError("its familiarity holds a variance that is not above 0")
        return cls(centre, axes, variances, rest, facts)


def fit_familiarity(training: Features, validation: OtherFeatures) -> Familiarity:
    """Model the features of training scans, and set the threshold on validation scans.

    The covariance ``S`` becomes ``(1 - a) S + a m I``, with Ledoit and Wolf's ``a`` and ``m`` the mean variance:
    networks have more channels than most studies have scans. Distances of the training scans themselves are too
    small to set a threshold by; those of validation scans are honest but for these having chosen the epoch.

    Args:
        training: Features of the scans that the network was fitted to.
        validation: Of those that chose its epoch.

    Raises:
        ValueError: There are fewer than `FEWEST_SCANS` of either, training scans do not differ, or a feature is
            not finite.

    References:
        Ledoit and Wolf, A well-conditioned estimator for large-dimensional covariance matrices, Journal of
        Multivariate Analysis 88 (2004).
    """
    _check_enough(training, validation)
    apart = training.astype(float)
    centre = apart.mean(axis=0)
    apart -= centre
    mean_variance = float((apart**2).mean())
    if not mean_variance > 0:
        raise ValueError("the network gives all training scans the same features")
    shrinkage = max(float(ledoit_wolf_shrinkage(apart, assume_centered=True)), LEAST_SHRINKAGE)
    _, spread, axes = np.linalg.svd(apart, full_matrices=False)
    axes, spread = axes[: len(apart) - 1], spread[: len(apart) - 1]  # the mean takes one away
    rest = shrinkage * mean_variance
    shape = {
        "centre": centre,
        "axes": axes,
        "variances": (1 - shrinkage) * spread**2 / len(apart) + rest,
        "rest_variance": np.array(rest),
    }
    tables = {name: np.asarray(table, dtype=np.float32) for name, table in shape.items()}
    untold = FamiliarityFacts(
        training_scans=len(training),
        shrinkage=shrinkage,
        validation_scans=len(validation),
        quantile=QUANTILE,
        threshold=0,
        alarms=0,
    )
    return _set_threshold(Familiarity.of_tables(tables, untold), validation)


def _set_threshold(shape: Familiarity, validation: OtherFeatures) -> Familiarity:
    distances = shape.distance(validation)
    # The next scan above the quantile, so that no more than the rest lie beyond it.
    threshold = float(np.quantile(distances, QUANTILE, method="higher"))
    alarms = int((distances > threshold).sum())
    facts = shape.facts.model_copy(update={"threshold": threshold, "alarms": alarms})
    return replace(shape, facts=facts)


def _check_enough(training: Features, validation: OtherFeatures) -> None:
    for name, features in (("training", training), ("validation", validation)):
        if len(features) < FEWEST_SCANS:
            raise ValueError(
                f"there are {len(features)} {name} scans, and {FEWEST_SCANS} are the fewest to measure familiarity by"
            )
        if not np.isfinite(features).all():
            raise ValueError(f"the features of a {name} scan are NaN or infinite")

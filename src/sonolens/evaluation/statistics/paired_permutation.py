"""Paired differences whose signs are exchanged patient by patient: would chance make them as large?"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

SIGNS_AT_ONCE = 250  # bounds the memory: 250 exchanges of 10,000 patients take 20 MB
ROUNDING = 1e-9  # differences are sums of shares

Signs = Float[np.ndarray, "block patients"]


def sign_flip_p_values(
    differences: Float[np.ndarray, "patients columns"], *, permutations: int, seed: int
) -> Float[np.ndarray, " columns"]:
    """Test whether the sum of paired differences is further from 0 than exchanges of the two sides make it.

    If both sides were alike, exchanging them for a patient would only turn the sign of that patient's
    difference. Of few patients all exchanges are tried, so that the p value is exact; otherwise they are
    drawn, and what was seen counts as one of them.

    Args:
        differences: First minus second, summed over the scans of each patient.
        permutations: How many exchanges are tried at most.
        seed: Seed of the draws; all columns share them.

    Returns:
        Two-sided p values, never 0; 1 where no patient differs.

    Examples:
        Of the eight exchanges of three patients two are as far from 0 as all three in one direction.

        >>> sign_flip_p_values(np.array([[1.0], [1.0], [1.0]]), permutations=1000, seed=0)
        array([0.25])
    """
    observed = np.abs(differences.sum(axis=0)) - ROUNDING
    patients = len(differences)
    # Compared as lengths: two to the power of thousands of patients is no number to compute with.
    exact = patients < permutations.bit_length()
    blocks = (
        _all_signs(patients)
        if exact
        else _drawn_signs(patients, permutations, np.random.default_rng(seed))
    )
    as_large, tried = np.zeros(differences.shape[1]), 0
    for signs in blocks:
        as_large += (np.abs(signs @ differences) >= observed).sum(axis=0)
        tried += len(signs)
    return as_large / tried if exact else (1 + as_large) / (1 + tried)


def _all_signs(patients: int) -> Iterator[Signs]:
    """Yield every way to sign the patients, in one block."""
    bits = np.arange(2**patients)[:, None] >> np.arange(patients)
    yield 1.0 - 2.0 * (bits & 1)


def _drawn_signs(patients: int, permutations: int, rng: np.random.Generator) -> Iterator[Signs]:
    """Yield random signs, block by block."""
    for start in range(0, permutations, SIGNS_AT_ONCE):
        block = min(SIGNS_AT_ONCE, permutations - start)
        yield 1.0 - 2.0 * rng.integers(2, size=(block, patients), dtype=np.int8)

"""B-mode from echo data: envelope, physical pixel grid, logarithmic compression to 8 bit."""

import math

import numpy as np
import scipy.fft
import scipy.sparse
from jaxtyping import Float, Real

from sonolens.arrays import Scan

WHITE = 255


def detect_envelope(
    rf: Real[np.ndarray, "samples lines"],
) -> Float[np.ndarray, "samples lines"]:
    """Amplitude of every echo line: the modulus of its analytic signal.

    The analytic signal is taken along depth (axis 0). Lines are padded with zeros to a length that
    is fast to transform, so the last samples of a line do not wrap around to its first.

    Args:
        rf: Echo data, one column per line; integers are read as float32. May be empty.

    Returns:
        The envelope in the units of `rf`: float32, or float64 for float64 echoes.
    """
    if rf.size == 0:
        return np.zeros(rf.shape, np.float32)
    samples = rf.shape[0]
    echoes = rf if rf.dtype == np.float64 else rf.astype(np.float32, copy=False)
    length = scipy.fft.next_fast_len(samples + samples // 32, real=True)
    half = scipy.fft.rfft(echoes, n=length, axis=0)
    spectrum = np.zeros((length, rf.shape[1]), half.dtype)
    spectrum[: len(half)] = half
    spectrum[1 : (length + 1) // 2] *= 2
    analytic = scipy.fft.ifft(spectrum, axis=0, overwrite_x=True)
    return np.abs(analytic[:samples])


def resample_envelope(
    envelope: Float[np.ndarray, "samples lines"],
    *,
    row_mm: float,
    col_mm: float,
    to_mm: float,
) -> Float[np.ndarray, "rows cols"]:
    """Carry an envelope to square pixels.

    A pixel is the mean amplitude over its own area. It is taken before the logarithm, because a mean
    of decibels would darken speckle. Where the new grid is finer than the old one, values are
    interpolated linearly instead. Pixel (0, 0) begins at the same corner as sample (0, 0); what is
    left at the far ends and does not fill a pixel is dropped.

    Args:
        envelope: Linear amplitude.
        row_mm: Distance of two samples along depth, in mm.
        col_mm: Distance of two lines, in mm.
        to_mm: Edge of the new pixels, in mm.

    Returns:
        Linear amplitude on the new grid, in the precision of `envelope`.

    Raises:
        ValueError: If a distance is not positive or the field is smaller than one new pixel.
    """
    if min(row_mm, col_mm, to_mm) <= 0:
        raise ValueError(
            f"pixel sizes must be positive, not row_mm={row_mm}, col_mm={col_mm}, to_mm={to_mm}; "
            "give them in millimetres"
        )
    resampled = _average_rows(envelope, from_mm=row_mm, to_mm=to_mm)
    return np.ascontiguousarray(_average_rows(resampled.T, from_mm=col_mm, to_mm=to_mm).T)


def compress_envelope(
    envelope: Float[np.ndarray, "rows cols"],
    *,
    dynamic_range_db: float,
    reference: float | None = None,
) -> Scan:
    """Turn amplitudes into grey levels: 0 dB is white, `-dynamic_range_db` and less is black.

    Args:
        envelope: Linear amplitude.
        dynamic_range_db: Decibels between black and white.
        reference: Amplitude shown as white. None takes the largest of this scan.

    Returns:
        The scan; a silent one (largest amplitude 0) is black.

    Raises:
        ValueError: If `dynamic_range_db` or `reference` is not positive.

    Examples:
        >>> compress_envelope(np.array([[1.0, 0.1, 0.001, 0.0]]), dynamic_range_db=40)
        array([[255, 128,   0,   0]], dtype=uint8)
    """
    if dynamic_range_db <= 0:
        raise ValueError(
            f"dynamic_range_db is {dynamic_range_db}; give positive decibels, often 50"
        )
    if reference is None:
        reference = float(envelope.max(initial=0)) or 1.0
    if reference <= 0:
        raise ValueError(f"reference is {reference}; give the positive amplitude shown as white")
    black = reference * 10 ** (-dynamic_range_db / 20)
    audible = np.clip(envelope, black, reference)
    share = np.log10(audible / black) * (20 / dynamic_range_db)
    return np.rint(share * WHITE).astype(np.uint8)


def _average_rows(
    envelope: Float[np.ndarray, "samples lines"], *, from_mm: float, to_mm: float
) -> Float[np.ndarray, "rows lines"]:
    """Resample axis 0; equal grids pass through untouched."""
    if from_mm == to_mm:
        return envelope
    weights = _row_weights(len(envelope), from_mm=from_mm, to_mm=to_mm)
    averaged: np.ndarray = weights.astype(envelope.dtype) @ envelope
    return averaged


def _row_weights(samples: int, *, from_mm: float, to_mm: float) -> scipy.sparse.csr_array:
    """How much each old sample (column) gives to each new pixel (row); rows sum to 1.

    A window stands on the centre of each new pixel, as wide as the larger of the two grids; a sample
    weighs as much as it overlaps with it. That is the area mean on a coarser grid and linear
    interpolation on a finer one.
    """
    rows = math.floor(samples * from_mm / to_mm + 1e-6)
    if rows == 0:
        raise ValueError(
            f"an envelope of {samples} samples at {from_mm} mm is smaller than one pixel of {to_mm} mm; "
            "choose a smaller to_mm"
        )
    window = max(to_mm, from_mm)
    start = (np.arange(rows) + 0.5) * to_mm - window / 2
    reach = math.ceil(window / from_mm) + 1
    sample = np.floor(start / from_mm).astype(int)[:, None] + np.arange(reach)
    overlap = np.minimum((sample + 1) * from_mm, start[:, None] + window) - np.maximum(
        sample * from_mm, start[:, None]
    )
    inside = (overlap > 0) & (sample >= 0) & (sample < samples)
    overlap = np.where(inside, overlap, 0)
    share = overlap / overlap.sum(axis=1, keepdims=True)
    row = np.broadcast_to(np.arange(rows)[:, None], sample.shape)
    entries = (share[inside], (row[inside], sample[inside]))
    return scipy.sparse.csr_array(entries, shape=(rows, samples))

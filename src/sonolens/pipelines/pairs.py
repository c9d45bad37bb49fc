"""Scans framed twice, with their annotations and without: which half of the stack a network learns and judges."""

import numpy as np
from jaxtyping import UInt8

from sonolens.arrays import ScanStack
from sonolens.models import NetworkWeights
from sonolens.tables.vocabulary import SEEN_ANNOTATIONS

AS_FRAMED, BLANK = SEEN_ANNOTATIONS


def is_paired(model_inputs: ScanStack, *, count: int) -> bool:
    """Tell whether the stack holds every one of so many scans twice.

    Raises:
        ValueError: If it holds other scans than these, once or twice.
    """
    if len(model_inputs) not in {count, 2 * count}:
        raise ValueError(
            f"model_inputs hold {len(model_inputs)} framed scans, but the table {count}; frame the scans again "
            "with kedro run --pipelines data_processing"
        )
    return len(model_inputs) == 2 * count > 0


def inputs_of(
    weights: NetworkWeights, model_inputs: ScanStack, *, count: int
) -> UInt8[np.ndarray, "half rows cols"]:
    """Return the scans as the packed network learned them, in the order of the table of scans.

    Its header says of `annotations` which half that is.

    Args:
        weights: The packed network.
        model_inputs: All framed scans: once, or all with annotations and then all without.
        count: Scans of the table.
    """
    if not is_paired(model_inputs, count=count):
        return model_inputs
    blank = weights.header.get("annotations") == BLANK
    return model_inputs[count:] if blank else model_inputs[:count]

"""Signed class activation mapping (CAM), and the identity that proves it."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from sonolens.arrays import Logits, SaliencyStack
from sonolens.models import ScanBatch, ScanClassifier


def cam(network: ScanClassifier, scans: ScanBatch) -> Float[Tensor, "scans cell_rows cell_cols"]:
    """Class activation maps of `scans` in one forward pass.

    ``CAM(i, j) = sum over channels k of w_k A_k(i, j)``, with the head's weights ``w`` and the maps
    ``A`` that enter global average pooling. Nothing is clipped or rescaled and the bias is left out,
    so that ``mean(CAM) + bias == logit`` and zero is neutral.

    References:
        Zhou et al., Learning deep features for discriminative localization, CVPR 2016.
    """
    with torch.inference_mode():
        weights = network.head.weight[0]
        return torch.einsum("k,nkij->nij", weights, network.activations(scans))


def check_identity(
    maps: SaliencyStack,
    *,
    bias: float,
    logits: Logits,
    scan_ids: Sequence[str],
    tolerance: float,
) -> None:
    """Refuse maps that do not add up to their logits.

    Args:
        maps: Class activation maps.
        bias: Bias of the network's head.
        logits: The logit of each map's scan, for example as stored with the predictions.
        scan_ids: Names of the scans, for the error.
        tolerance: Largest difference between ``mean(map) + bias`` and the logit that passes.

    Raises:
        ValueError: A map is off, or is not finite; the first such scan is named.
    """
    sums = maps.mean(axis=(1, 2), dtype=np.float64) + bias
    for scan_id, total, logit in zip(scan_ids, sums, logits, strict=True):
        if not np.isfinite(total):
            raise ValueError(
                f"the map of scan {scan_id} holds infinite or undefined values; is the network sound?"
            )
        if not abs(total - logit) <= tolerance:
            raise ValueError(
                f"the map of scan {scan_id} adds up to {total:.6g} but its logit is {logit:.6g}, "
                f"{abs(total - logit):.2g} apart where {tolerance:.2g} is allowed; "
                "do map and prediction come from the same network and scan?"
            )

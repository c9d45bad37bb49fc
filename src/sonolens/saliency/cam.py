"""Signed class activation mapping (CAM), and the identity that proves it."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from sonolens.arrays import Logits, SaliencyStack
from sonolens.saliency.forward_pass import ForwardPass

ROUNDING = 1e-4
"""Rounding of a logit, relative to the sum of what its channels say for and against."""


def cam(forward_pass: ForwardPass) -> Float[Tensor, "scans cell_rows cell_cols"]:
    """Class activation maps, in one forward pass.

    ``CAM(i, j) = sum over channels k of w_k A_k(i, j)``, with the head's weights ``w`` and the maps
    ``A`` that enter global average pooling. Nothing is clipped or rescaled and the bias is left out,
    so that ``mean(CAM) + bias == logit`` and zero is neutral.

    References:
        Zhou et al., Learning deep features for discriminative localization, CVPR 2016.

    Raises:
        ValueError: Something other than average pooling and one linear output is behind the feature
            maps, so that they do not add up to the logit.
    """
    reason = why_not_linear(forward_pass)
    if reason:
        raise ValueError(
            f"network {forward_pass.network.recipe.network} does not end in global average pooling "
            f"and one linear output: {reason}; class activation mapping is for such networks, "
            "grad_cam for any"
        )
    weights = forward_pass.network.head.weight[0]
    return torch.einsum("k,nkij->nij", weights, forward_pass.activations)


def why_not_linear(forward_pass: ForwardPass) -> str | None:
    """Say what shows that a logit is more than a weighted sum of the means of feature maps, if any.

    Returns:
        A reason, or None for global average pooling and one linear output.
    """
    if not forward_pass.network.has_maps:
        return "its trunk pools by itself, so that it has no maps"
    head: nn.Module = forward_pass.network.head
    if not isinstance(head, nn.Linear):
        return f"its head is a {type(head).__name__}"
    means, weights = forward_pass.activations.mean(dim=(2, 3)), head.weight[0]
    apart = (means @ weights + head.bias - forward_pass.logits).abs()
    if (apart > ROUNDING * (1 + means.abs() @ weights.abs())).any():
        return f"its maps and its logits are {apart.max():.2g} apart"
    return None


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
        tolerance: Largest difference between ``mean(map) + bias`` and the logit that passes; of a logit
            beyond 1 the share, because rounding grows with it.

    Raises:
        ValueError: A map is off, or is not finite; the first such scan is named.
    """
    sums = maps.mean(axis=(1, 2), dtype=np.float64) + bias
    for scan_id, total, logit in zip(scan_ids, sums, logits, strict=True):
        if not np.isfinite(total):
            raise ValueError(
                f"the map of scan {scan_id} holds infinite or undefined values; is the network sound?"
            )
        allowed = tolerance * max(1.0, abs(float(logit)))
        if not (np.isfinite(logit) and abs(total - logit) <= allowed):
            raise ValueError(
                f"the map of scan {scan_id} adds up to {total:.6g} but its logit is {logit:.6g}, "
                f"{abs(total - logit):.2g} apart where {allowed:.2g} is allowed; "
                "do map and prediction come from the same network and scan?"
            )

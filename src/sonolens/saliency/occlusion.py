"""Occlusion: what the logit loses when a grey square hides part of the scan."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv_transpose2d

from sonolens.saliency.forward_pass import ForwardPass
from sonolens.saliency.settings import OcclusionSettings


def occlusion(
    forward_pass: ForwardPass, settings: OcclusionSettings
) -> Float[Tensor, "scans cell_rows cell_cols"]:
    """Slide a grey square over the scans and map the drop of the logit.

    Cells are squares of one stride. Each holds the mean drop over the squares that hide it, wholly
    inside the scan as they all are; so a cell in the corner is hidden by one square, and a cell inside
    by ``(window / stride) ** 2``. Positive: hiding the place lowers the logit, so it spoke for
    malignant. Each square costs a forward pass per scan.

    References:
        Zeiler & Fergus, Visualizing and understanding convolutional networks, ECCV 2014.

    Raises:
        ValueError: The square is larger than the scan, or the stride does not divide it.
    """
    window, stride = settings.window_px, settings.stride_px
    scans = forward_pass.scans
    rows, cols = scans.shape[1:]
    if rows % stride or cols % stride or window > min(rows, cols):
        raise ValueError(
            f"occlusion.window_px {window} and stride_px {stride} do not fit a scan of {rows} x {cols} "
            "pixels; choose a stride that divides both sides, and a window that is no larger"
        )
    tops, lefts = range(0, rows - window + 1, stride), range(0, cols - window + 1, stride)
    drops = torch.empty(len(scans), 1, len(tops), len(lefts), device=scans.device)
    hidden = scans.clone()
    with torch.no_grad():
        for row, top in enumerate(tops):
            for col, left in enumerate(lefts):
                square = (slice(None), slice(top, top + window), slice(left, left + window))
                hidden[square] = settings.fill_grey
                drops[:, 0, row, col] = forward_pass.logits - forward_pass.network(hidden)
                hidden[square] = scans[square]
    cells = window // stride
    reach = torch.ones(1, 1, cells, cells, device=scans.device)
    sums = conv_transpose2d(drops, reach)
    return (sums / conv_transpose2d(torch.ones_like(drops), reach))[:, 0]

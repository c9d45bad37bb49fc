"""CAMERAS: class activation maps of one scan at several sizes, averaged at the scan's resolution."""

import logging
from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import interpolate

from sonolens.models import OwnTrunk
from sonolens.saliency.cam import cam
from sonolens.saliency.forward_pass import ForwardPass
from sonolens.saliency.settings import CamerasSettings

log = logging.getLogger(__name__)

PixelMaps = Float[Tensor, "scans rows cols"]


def cameras(forward_pass: ForwardPass, settings: CamerasSettings) -> PixelMaps:
    """Fuse what the network sees at growing sizes of a scan into one signed map of its pixels.

    1. The scan is enlarged, bicubically, from its own size in steps to a largest.
    2. At each size: feature maps ``A`` and the logit's derivatives ``g`` by them.
    3. Only sizes that leave the logit on the side of zero where the scan's own size puts it count.
    4. ``A`` and ``g`` are resized to the scan, bilinearly, and averaged over these sizes.
    5. The map is ``sum_k mean(A_k) mean(g_k)``, pixel by pixel; the ReLU and the stretching to 0..1
       that follow in the paper are left out, so zero stays zero.

    Behind average pooling ``g_k`` is the head's weight over the number of cells, the same in all
    cells. Step 5 is then ``mean(1 / cells)`` times the mean of the resized class activation maps,
    which is how it is computed: without derivatives, in the memory of one map. With a single size it
    is CAM, resized, over the number of cells.

    References:
        Jalwana et al., CAMERAS, CVPR 2021, and its code for the sizes; signed and for one logit here.

    Raises:
        ValueError: Something other than average pooling and one linear output is behind the feature
            maps, or a user's own trunk takes scans of one size only.
    """
    scans, logits = forward_pass.scans, forward_pass.logits
    rows, cols = scans.shape[1:]
    sides = range(rows, max(rows, settings.largest_px) + 1, settings.step_px)
    total = torch.zeros_like(scans)
    inverse_cells, used = torch.zeros_like(logits), torch.zeros_like(logits)
    for side in sides:
        for part, seen in _enlarge(forward_pass, (side, round(cols * side / rows))):
            maps = _map(seen)
            agrees = ((seen.logits > 0) == (logits[part] > 0)).float()
            resized = interpolate(maps[:, None], size=(rows, cols), mode="bilinear")[:, 0]
            total[part] += agrees[:, None, None] * resized
            inverse_cells[part] += agrees / maps[0].numel()
            used[part] += agrees
    log.debug("cameras used %.1f of %d sizes per scan", used.mean().item(), len(sides))
    return total * (inverse_cells / used**2)[:, None, None]


def _map(seen: ForwardPass) -> Float[Tensor, "scans cell_rows cell_cols"]:
    """Draw the maps of one size, which a user's own trunk may not bear."""
    if not isinstance(seen.network.features, OwnTrunk):
        return cam(seen)
    rows, cols = seen.scans.shape[1:]
    try:
        return cam(seen)
    except Exception as error:  # a user's layers can fail in any way
        raise ValueError(
            f"method cameras shows scans at {rows} x {cols} px, where the trunk of network {seen.network.recipe.network} fails "
            f"({type(error).__name__}); leave cameras out, or let the trunk take scans of any size"
        ) from error


def _enlarge(
    forward_pass: ForwardPass, size: tuple[int, int]
) -> Iterator[tuple[slice, ForwardPass]]:
    """Enlarge the scans to one size, in parts that hold no more pixels than the batch they are from."""
    scans = forward_pass.scans
    if size == tuple(scans.shape[1:]):
        yield slice(None), forward_pass
        return
    at_once = max(1, scans.numel() // (size[0] * size[1]))
    for start in range(0, len(scans), at_once):
        part = slice(start, start + at_once)
        enlarged = interpolate(scans[part, None], size=size, mode="bicubic")[:, 0]
        yield part, ForwardPass(forward_pass.network, enlarged, forward_pass.scan_ids[part])

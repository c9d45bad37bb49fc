"""Maps that know no network: what a method must beat before its maps say anything of one."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_gradient_magnitude
from torch import Tensor

from sonolens.saliency.draws import generator_of
from sonolens.saliency.forward_pass import ForwardPass
from sonolens.saliency.settings import CentrePriorSettings, EdgesSettings

CellMaps = Float[Tensor, "scans cell_rows cell_cols"]


def centre_prior(forward_pass: ForwardPass, settings: CentrePriorSettings) -> CellMaps:
    """A Gaussian about the middle of the scan, on the cells of the network: where sonographers aim.

    It is 1 in the very middle. Its largest cells are the ones nearest to the middle, its smallest the
    four corners, which tie.

    References:
        The centre bias of photographs: Tatler, Journal of Vision 2007.
    """
    sigma = settings.sigma_share
    rows, cols = (
        torch.exp(-0.5 * ((2 * torch.arange(cells) + 1 - cells) / (2 * cells * sigma)) ** 2)
        for cells in forward_pass.cells
    )
    return (rows[:, None] * cols).expand(len(forward_pass.scans), -1, -1)


def edges(forward_pass: ForwardPass, settings: EdgesSettings) -> Float[Tensor, "scans rows cols"]:
    """How steep the grey levels are at each pixel of the smoothed scan, in grey levels per pixel.

    References:
        An edge detector as a control: Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018.
    """
    return torch.stack(
        [
            torch.from_numpy(
                gaussian_gradient_magnitude(scan, sigma=settings.sigma_px, mode="nearest")
            )
            for scan in forward_pass.scans.cpu().numpy().astype(np.float32)
        ]
    )


def random(forward_pass: ForwardPass, seed: int) -> CellMaps:
    """Standard normal noise on the cells of the network, fixed by the seed and the scan's name."""
    return torch.stack(
        [
            torch.randn(
                forward_pass.cells,
                generator=generator_of(scan_id, method="random", seed=seed),
            )
            for scan_id in forward_pass.scan_ids
        ]
    )

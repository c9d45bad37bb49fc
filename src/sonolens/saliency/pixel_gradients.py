"""Maps of single pixels, from the derivative of the logit by their grey levels."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from sonolens.models import ScanBatch, ScanClassifier, choose_device
from sonolens.saliency.draws import generator_of
from sonolens.saliency.forward_pass import ForwardPass
from sonolens.saliency.inference_copy import view_frozen
from sonolens.saliency.settings import IntegratedGradientsSettings, SmoothGradSettings

PixelMaps = Float[Tensor, "scans rows cols"]


def integrated_gradients(
    forward_pass: ForwardPass, settings: IntegratedGradientsSettings
) -> PixelMaps:
    """Share out among pixels what the logit gains between an even grey and the scan.

    The gradient is averaged along the straight path from the one to the other, at Gauss-Legendre
    points, and multiplied by what each pixel changed. A map sums to the difference of the two
    logits, up to the error of the average.

    References:
        Sundararajan et al., Axiomatic attribution for deep networks, ICML 2017.
    """
    scans = forward_pass.scans
    change = scans - settings.baseline_grey
    nodes, weights = np.polynomial.legendre.leggauss(settings.steps)
    mean = torch.zeros_like(scans)
    # The nodes lie in -1..1 and their weights add up to 2.
    for way, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        point = settings.baseline_grey + float(way) * change
        mean += float(weight) * _differentiate(forward_pass.network, point)
    return change * mean


def predict_even_grey(network: ScanClassifier, *, grey: float, size_px: int, device: str) -> float:
    """Predict the logit of a picture of one grey level, from which integrated gradients start.

    Args:
        network: The network; it is left as it was found.
        grey: Its level, from 0 to 255.
        size_px: Its side.
        device: A name in `sonolens.models.DEVICES`.
    """
    target = choose_device(device)
    with torch.inference_mode():
        even = torch.full((1, size_px, size_px), grey, device=target)
        return float(view_frozen(network, device=target)(even)[0])


def smooth_grad(forward_pass: ForwardPass, settings: SmoothGradSettings, *, seed: int) -> PixelMaps:
    """Average the gradients of noisy copies of a scan, with their sign.

    Positive means that the logit rises where the pixel brightens: how sensitive the network is,
    per grey level, and not how much it has gained from the pixel.

    References:
        Smilkov et al., SmoothGrad, arXiv 1706.03825, 2017.
    """
    scans = forward_pass.scans
    ranges = scans.amax(dim=(1, 2), keepdim=True) - scans.amin(dim=(1, 2), keepdim=True)
    draws = [
        generator_of(scan_id, method="smooth_grad", seed=seed) for scan_id in forward_pass.scan_ids
    ]
    total = torch.zeros_like(scans)
    for _ in range(settings.samples):
        noise = torch.stack([torch.randn(scans.shape[1:], generator=draw) for draw in draws])
        noisy = scans + settings.noise_share * ranges * noise.to(scans.device)
        total += _differentiate(forward_pass.network, noisy)
    return total / settings.samples


def _differentiate(network: ScanClassifier, scans: ScanBatch) -> PixelMaps:
    """Derivative of each scan's logit by its grey levels; grey feeds three colours, so their sum."""
    with torch.enable_grad():
        pixels = scans.detach().requires_grad_()
        (gradients,) = torch.autograd.grad(network(pixels).sum(), pixels)
    return gradients

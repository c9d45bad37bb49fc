"""A network's double for explaining alone: the same weights, frozen, and faster for it."""

import copy
import logging

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from sonolens.models import FeatureMaps, OwnTrunk, ScanBatch, ScanClassifier

log = logging.getLogger(__name__)

FOLDING_ROUNDING = 1e-4
"""Largest change of a feature map by folding that passes, relative to the largest value of all."""


class Scaled(nn.Module):
    """Multiplies a convolution's weights, output channel by output channel."""

    scale: Tensor

    def __init__(self, scale: Tensor) -> None:
        super().__init__()
        self.register_buffer("scale", scale[:, None, None, None])

    def forward(self, weight: Tensor) -> Tensor:
        """The scaled weights; those given stay as they are."""
        return weight * self.scale


def view_frozen(network: ScanClassifier, *, device: torch.device) -> ScanClassifier:
    """Copy a network's modules to a device, in evaluation mode and asking for no gradient.

    Methods work on the double, so that the network stays as it is whatever happens to them. On the
    network's own device the weights are the same memory: a second ResNet-50 would take 90 MiB, half
    of what a batch of twelve scans does.
    """
    weights = {
        id(weight): nn.Parameter(weight.detach(), requires_grad=False)
        for weight in network.parameters()
    }
    buffers = {id(buffer): buffer.detach() for buffer in network.buffers()}
    # What deepcopy finds among the copies it has made already, it does not copy.
    return copy.deepcopy(network, {**weights, **buffers}).eval().to(device)


def fold_normalisation(network: ScanClassifier, scans: ScanBatch) -> ScanClassifier:
    """Fold each batch normalisation into the convolution before it, which spares a pass over memory.

    The weights are scaled anew on each pass, one layer at a time, so that no second copy of them is
    held; beside the convolutions of a few scans the time for it cannot be measured. The feature maps
    of `scans` are compared.

    Args:
        network: In evaluation mode and frozen; it is not changed.
        scans: Some scans to compare by.

    Returns:
        The folded network, which shares its weights with `network`; or `network` itself where there
        is nothing to fold, where folding moves a feature map by more than rounding, or where the trunk
        is a user's own.
    """
    if isinstance(network.features, OwnTrunk):
        return network  # what a user's own layers do with one another is not known
    pairs, expected = _find_pairs(network, scans)
    if not pairs:
        return network
    folded = view_frozen(network, device=scans.device).to(memory_format=torch.channels_last)
    for convolution_name, normalisation_name in pairs:
        convolution = folded.get_submodule(convolution_name)
        normalisation = folded.get_submodule(normalisation_name)
        if isinstance(convolution, nn.Conv2d) and isinstance(normalisation, nn.BatchNorm2d):
            _fold_pair(convolution, normalisation)
            folded.set_submodule(normalisation_name, nn.Identity())
    with torch.no_grad():
        found = folded.activations(scans)
    apart, scale = (found - expected).abs().max().item(), expected.abs().max().item()
    if not apart <= FOLDING_ROUNDING * scale:
        log.info(
            "batch normalisation stays unfolded: feature maps of %.2g moved by %.2g", scale, apart
        )
        return network
    return folded


def _fold_pair(convolution: nn.Conv2d, normalisation: nn.BatchNorm2d) -> None:
    """Let a convolution put out what the normalisation made of its output."""
    mean, variance = normalisation.running_mean, normalisation.running_var
    if mean is None or variance is None:
        return  # It normalises by the batch itself; the comparison that follows will tell.
    scale, shift = (variance + normalisation.eps).rsqrt(), -mean
    if convolution.bias is not None:
        shift = shift + convolution.bias
    if normalisation.affine:
        scale = scale * normalisation.weight
    shift = shift * scale
    if normalisation.affine:
        shift = shift + normalisation.bias
    parametrize.register_parametrization(convolution, "weight", Scaled(scale))
    convolution.bias = nn.Parameter(shift, requires_grad=False)


def _find_pairs(
    network: ScanClassifier, scans: ScanBatch
) -> tuple[list[tuple[str, str]], FeatureMaps]:
    """Names of convolutions and of the normalisations that take their output; and the feature maps.

    They are seen on a forward pass, which is the one that the maps are from.
    """
    outputs: list[tuple[Tensor, str]] = []
    pairs: list[tuple[str, str]] = []
    watched = view_frozen(network, device=scans.device)
    for name, module in watched.named_modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(
                lambda _module, _inputs, output, name=name: outputs.append((output, name))
            )
        elif isinstance(module, nn.BatchNorm2d):
            module.register_forward_pre_hook(
                lambda _module, inputs, name=name: pairs.extend(
                    (convolution, name) for output, convolution in outputs if output is inputs[0]
                )
            )
    with torch.no_grad():
        return pairs, watched.activations(scans)

"""Class activation maps whose channel weights come from trying: hide, switch off, decompose."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import interpolate

from sonolens.saliency.cam import why_not_linear
from sonolens.saliency.forward_pass import ForwardPass
from sonolens.saliency.settings import ScoreCamSettings

ABLATED_BYTES = 1 << 28
"""Copies of feature maps, one per channel switched off, that are held at once."""

CellMaps = Float[Tensor, "scans cell_rows cell_cols"]


def score_cam(forward_pass: ForwardPass, settings: ScoreCamSettings) -> CellMaps:
    """Weigh each channel by the logit of the scan seen through its map, less that of an empty scan.

    A channel's map is resized to the scan, stretched to 0..1 and blends between an even grey and the
    scan. As in the paper's definition the change of the logit is the weight: there is no softmax over
    channels, as in the authors' code, which would leave no negative weight. A level map weighs nothing and costs nothing;
    behind a rectifier many are, because nothing in the scan excites them. Every other channel costs a forward pass per scan;
    see `ScoreCamSettings`.

    References:
        Wang et al., Score-CAM, CVPR Workshops 2020; without its final ReLU.

    Raises:
        ValueError: More channels are asked for than the network has.
    """
    grey = settings.baseline_grey
    scans, maps = forward_pass.scans, forward_pass.activations
    weights = torch.zeros_like(maps[:, :, 0, 0])
    asked = _first_channels(forward_pass, count=settings.channels)
    level = maps.amax(dim=(2, 3)) == maps.amin(dim=(2, 3))
    tried = torch.zeros_like(level).scatter(1, asked, value=True) & ~level
    with torch.no_grad():
        empty_logit = forward_pass.network(torch.full_like(scans[:1], grey))
        # Any scans with any of their channels pass through the network together, as many as the batch has.
        for pairs in torch.split(tried.nonzero(), len(scans)):
            which, channel = pairs.T
            shown = interpolate(
                maps[which, channel][:, None], size=scans.shape[1:], mode="bilinear"
            )[:, 0]
            low, high = shown.amin(dim=(1, 2), keepdim=True), shown.amax(dim=(1, 2), keepdim=True)
            blend = grey + (shown - low) / (high - low) * (scans[which] - grey)
            weights[which, channel] = forward_pass.network(blend) - empty_logit
    return torch.einsum("nk,nkij->nij", weights, maps)


def ablation_cam(forward_pass: ForwardPass) -> CellMaps:
    """Weigh each channel by what the logit loses when its map is set to zero.

    The published weight is also divided by the logit. That is the same for all cells of a scan, except
    that it turns the map over where the logit is negative; it is left out. Behind average pooling the
    weight is ``w_k mean(A_k)``; behind anything else that part of the network is run once per channel.

    References:
        Desai & Ramaswamy, Ablation-CAM, WACV 2020; without its final ReLU.
    """
    maps = forward_pass.activations
    if why_not_linear(forward_pass):
        lost = _switch_off(forward_pass)
    else:
        lost = forward_pass.network.head.weight[0] * maps.mean(dim=(2, 3))
    return torch.einsum("nk,nkij->nij", lost, maps)


def eigen_cam(forward_pass: ForwardPass) -> CellMaps:
    """Project the feature maps on their first right singular vector over channels.

    It is blind to the class: a scan has the same map whatever the head says. A singular vector has no
    sign of its own; maps are turned so that they sum to a positive number, which for non-negative
    feature maps makes every cell non-negative.

    References:
        Muhammad & Yeasin, Eigen-CAM, IJCNN 2020; not centred, as there.
    """
    maps = forward_pass.activations
    cells_by_channels = maps.flatten(2).mT
    cells, channels = cells_by_channels.shape[1:]
    # The smaller of the two Gram matrices holds the same vector, without a full decomposition.
    if cells <= channels:
        values, vectors = torch.linalg.eigh(cells_by_channels @ cells_by_channels.mT)
        projected = vectors[..., -1] * values[..., -1:].clamp(min=0).sqrt()
    else:
        vectors = torch.linalg.eigh(cells_by_channels.mT @ cells_by_channels).eigenvectors
        projected = (cells_by_channels @ vectors[..., -1:])[..., 0]
    turn = torch.where(projected.sum(dim=1, keepdim=True) < 0, -1, 1)
    return (turn * projected).reshape(len(maps), *maps.shape[2:])


def _first_channels(forward_pass: ForwardPass, *, count: int | None) -> Int[Tensor, "scans count"]:
    """The channels of each scan that move its logit most to first order, the strongest first."""
    moves = (forward_pass.gradients * forward_pass.activations).sum(dim=(2, 3)).abs()
    if count is not None and count > moves.shape[1]:
        raise ValueError(
            f"score_cam.channels is {count}, but the network has {moves.shape[1]}; "
            "take fewer, or none for all"
        )
    return moves.argsort(dim=1, descending=True, stable=True)[:, :count]


def _switch_off(forward_pass: ForwardPass) -> Float[Tensor, "scans channels"]:
    """What each logit loses with each channel's map set to zero, many copies of the maps at a time."""
    maps = forward_pass.activations
    scans, channels = maps.shape[:2]
    lost = torch.empty_like(maps[:, :, 0, 0])
    at_once = max(1, ABLATED_BYTES // maps.nbytes)
    with torch.no_grad():
        for part in torch.split(torch.arange(channels, device=maps.device), at_once):
            ablated = maps.repeat(len(part), 1, 1, 1)
            rows = torch.arange(len(ablated), device=maps.device)
            ablated[rows, part.repeat_interleave(scans)] = 0
            left = forward_pass.logits_of(ablated).reshape(len(part), scans)
            lost[:, part] = (forward_pass.logits - left).T
    return lost

"""Class activation maps whose channel weights come from gradients behind the feature maps.

``A`` are the feature maps and ``g`` the derivatives of the logit by them. Every method is given before
its rectification, so that a map keeps its sign. Behind global average pooling and a linear output
``g`` is the head's weight over the number of cells, and most of these methods are CAM itself.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from sonolens.models import FeatureMaps
from sonolens.saliency.forward_pass import ForwardPass

CellMaps = Float[Tensor, "scans cell_rows cell_cols"]


def grad_cam(forward_pass: ForwardPass) -> CellMaps:
    """Weigh each channel by its mean gradient; ``CAM / cells`` behind average pooling.

    References:
        Selvaraju et al., Grad-CAM, ICCV 2017; without its final ReLU.
    """
    weights = forward_pass.gradients.mean(dim=(2, 3))
    return torch.einsum("nk,nkij->nij", weights, forward_pass.activations)


def hires_cam(forward_pass: ForwardPass) -> CellMaps:
    """Multiply gradient and feature map cell by cell; ``CAM / cells`` behind average pooling.

    References:
        Draelos & Carin, Use HiResCAM instead of Grad-CAM, arXiv 2011.08891, 2020.
    """
    return torch.einsum("nkij,nkij->nij", forward_pass.gradients, forward_pass.activations)


def layer_cam(forward_pass: ForwardPass) -> CellMaps:
    """LayerCAM of the logit less LayerCAM of its negative, each before its outer ReLU.

    The published half, ``sum_k relu(g_k) A_k``, sees the channels that argue for malignant only.
    Both halves together are HiResCAM, and so ``CAM / cells`` behind average pooling.

    References:
        Jiang et al., LayerCAM, IEEE Transactions on Image Processing 2021.
    """

    def half(gradients: FeatureMaps) -> CellMaps:
        return torch.einsum("nkij,nkij->nij", gradients.relu(), forward_pass.activations)

    return half(forward_pass.gradients) - half(-forward_pass.gradients)


def grad_cam_pp(forward_pass: ForwardPass) -> CellMaps:
    """Grad-CAM++ of the logit less Grad-CAM++ of its negative, each before its outer ReLU.

    The published half weighs a channel by ``sum_ij relu(g_ij) / (2 + g_ij sum_ab A_ab)``, written
    there as ``g^2 / (2 g^2 + g^3 sum A)`` times ``relu(g)``; the factor ``exp(logit)`` that all cells
    of a scan share is left out. Both halves together are ``sum_ij g_ij / (2 + |g_ij sum_ab A_ab|)``,
    where the absolute value matters only for maps whose sum is negative: it keeps the denominator
    from zero. Behind average pooling a channel of weight ``w`` counts ``w / (2 + |w mean A|)``: CAM
    with its strong channels damped.

    References:
        Chattopadhay et al., Grad-CAM++, WACV 2018; signed here.
    """
    gradients, maps = forward_pass.gradients, forward_pass.activations
    totals = maps.sum(dim=(2, 3), keepdim=True)
    weights = (gradients / (2 + (gradients * totals).abs())).sum(dim=(2, 3))
    return torch.einsum("nk,nkij->nij", weights, maps)

"""Output stride: finer maps from the same weights, by trading strides for dilation."""

import torch.nn.functional as F  # noqa: N812 - torch's own name for it
from torch import Tensor, nn


class DilatedAvgPool(nn.Module):
    """The mean of four cells `dilation` apart, once per cell; the last rows and columns repeat."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation

    def forward(self, maps: Tensor) -> Tensor:
        """Average feature maps ``[scans, channels, rows, cols]``; the shape stays."""
        step = self.dilation
        wide = F.pad(maps, (0, step, 0, step), mode="replicate")
        upper, lower = wide[:, :, :-step], wide[:, :, step:]
        pairs = upper + lower
        return (pairs[..., :-step] + pairs[..., step:]) / 4


def refine_stride(features: nn.Sequential, *, output_stride: int) -> None:
    """Turn, in place, every stride beyond `output_stride` into dilation of what follows.

    The weights fit as before, and the coarse map is contained in the fine one: a fine map's cells at
    the old places hold what the coarse map held. Networks that weigh channels by their mean over
    the scan (EfficientNet) keep this only nearly, for the mean is then taken over more cells.

    Differs from torchvision's ``replace_stride_with_dilation``, which knows only bottleneck ResNets
    and gives the same for them.

    Args:
        features: A trunk whose strides are those of square kernels, in the order of the modules; its
            strided 1x1 convolutions are shortcuts and follow what they bypass.
        output_stride: Pixels of the scan from one cell of the map to the next.

    References:
        Chen et al., DeepLab, TPAMI 2018 (atrous convolution); Yu, Koltun & Funkhouser, Dilated
        residual networks, CVPR 2017.
    """
    reached, dilation = 1, 1
    for path, layer in list(features.named_modules()):
        if not isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d):
            continue
        kernel, stride = _side(layer.kernel_size), _side(layer.stride)
        if kernel == 1:
            if dilation > 1:
                layer.stride = (1, 1)
        elif reached < output_stride:
            reached *= stride
        elif isinstance(layer, nn.AvgPool2d):
            features.set_submodule(path, DilatedAvgPool(dilation))
            dilation *= stride
        else:
            # Half a kernel of padding keeps the map's size, also where the network pads nothing.
            half = dilation * (kernel - 1) // 2
            layer.stride, layer.padding, layer.dilation = (1, 1), (half, half), (dilation, dilation)
            dilation *= stride


def _side(size: int | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else size[0]

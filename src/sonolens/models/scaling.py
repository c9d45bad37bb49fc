"""Deep representation scaling (DRS): learned per-channel factors between frozen residual blocks."""

from collections import OrderedDict

import torch
from torch import Tensor, nn


class ChannelScaling(nn.Module):
    """Multiplies every channel by its own factor and, if asked, adds its own offset.

    It starts as the identity: factors 1, offsets 0.
    """

    def __init__(self, channels: int, *, bias: bool) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.offset = nn.Parameter(torch.zeros(channels)) if bias else None

    def forward(self, maps: Tensor) -> Tensor:
        """Scale feature maps ``[scans, channels, rows, cols]``; the shape stays."""
        scaled = maps * self.scale[:, None, None]
        return scaled if self.offset is None else scaled + self.offset[:, None, None]


class FixedBatchNorm(nn.BatchNorm2d):
    """Batch normalisation that keeps its stored statistics, whatever ``train()`` says."""

    def train(self, mode: bool = True) -> "FixedBatchNorm":  # noqa: ARG002 - that is the point
        """Stay in evaluation mode."""
        return super().train(False)


def insert_scaling(features: nn.Sequential, *, bias: bool) -> nn.Sequential:
    """Build the trunk anew with a scaling layer after each block's output, behind its last ReLU.

    Re-implemented from the description in Byra et al. 2022: layers between the blocks of a
    pretrained network, trained while the rest is frozen. Where exactly the authors put them, and
    whether they also shifted channels, is unknown.

    Args:
        features: A trunk whose stages are `nn.Sequential` of blocks; its blocks are reused.
        bias: Whether each scaling layer also adds a learned offset per channel.

    Returns:
        A trunk in which the reused blocks keep their names, so their weights do too.
    """
    trunk = nn.Sequential()
    for name, part in features.named_children():
        trunk.add_module(name, _scale_blocks(part, bias=bias) if _is_stage(part) else part)
    return trunk


def fix_statistics(module: nn.Module) -> None:
    """Replace, in place, every batch normalisation in `module` by one whose statistics stay."""
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d):
            fixed = FixedBatchNorm(child.num_features, eps=child.eps)
            fixed.load_state_dict(child.state_dict())
            setattr(module, name, fixed.eval())
        else:
            fix_statistics(child)


def _is_stage(part: nn.Module) -> bool:
    return isinstance(part, nn.Sequential)


def _scale_blocks(stage: nn.Module, *, bias: bool) -> nn.Sequential:
    parts = OrderedDict[str, nn.Module]()
    for name, block in stage.named_children():
        # The last normalisation of a block, shortcut included, has the channels of its output.
        norms = [part for part in block.modules() if isinstance(part, nn.BatchNorm2d)]
        parts[name] = block
        parts[f"scaling{name}"] = ChannelScaling(norms[-1].num_features, bias=bias)
    return nn.Sequential(parts)

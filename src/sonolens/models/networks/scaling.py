"""Deep representation scaling (DRS): learned per-channel factors between frozen blocks."""

from collections import OrderedDict
from collections.abc import Collection, Mapping

import torch
from torch import Tensor, nn

SMALLEST_PX = 32
"""Side of a scan that every network can see."""


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


def insert_scaling(
    features: nn.Sequential, *, blocks: Collection[str], bias: bool
) -> nn.Sequential:
    """Build the trunk anew with a scaling layer directly behind each of `blocks`.

    Re-implemented from the description in Byra et al. 2022: layers between the blocks of a
    pretrained network, trained while the rest is frozen. Where exactly the authors put them, and
    whether they also shifted channels, is unknown.

    Args:
        features: A frozen trunk; its parts are reused.
        blocks: Dotted names of the blocks, each a child of `nn.Sequential` modules only.
        bias: Whether each scaling layer also adds a learned offset per channel.

    Returns:
        A trunk in which the reused parts keep their names, so their weights do too. The layer behind
        ``layer1.0`` is called ``layer1.scaling0``.
    """
    channels = _channels_behind(features, blocks)
    return _with_scaling(features, inside="", channels=channels, bias=bias)


def _channels_behind(features: nn.Sequential, blocks: Collection[str]) -> dict[str, int]:
    """Show the frozen trunk a black scan to see how many channels leave each block."""
    channels: dict[str, int] = {}
    watched = [
        features.get_submodule(path).register_forward_hook(
            lambda _block, _inputs, maps, path=path: channels.update({path: maps.shape[1]})
        )
        for path in blocks
    ]
    black = torch.zeros(1, 3, SMALLEST_PX, SMALLEST_PX, device=next(features.parameters()).device)
    with torch.inference_mode():
        features(black)
    for hook in watched:
        hook.remove()
    return channels


def _with_scaling(
    part: nn.Sequential, *, inside: str, channels: Mapping[str, int], bias: bool
) -> nn.Sequential:
    layers = OrderedDict[str, nn.Module]()
    for name, child in part.named_children():
        path = f"{inside}{name}"
        holds_blocks = any(block.startswith(f"{path}.") for block in channels)
        if holds_blocks and isinstance(child, nn.Sequential):
            layers[name] = _with_scaling(child, inside=f"{path}.", channels=channels, bias=bias)
        else:
            layers[name] = child
        if path in channels:
            layers[f"scaling{name}"] = ChannelScaling(channels[path], bias=bias)
    return nn.Sequential(layers)

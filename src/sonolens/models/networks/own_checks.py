"""What a user's own trunk must be, and what is measured of it before anything is fitted."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sonolens.models.networks.classifier import IMAGENET_MEAN, IMAGENET_STD, WHITE
from sonolens.models.networks.own_trunk import TrunkSource, tell_briefly
from sonolens.models.networks.reference_pattern import probe_scan

NEIGHBOURS = 1e-3
"""Share of its largest feature by which a scan's features may change with the scan beside it: other sizes of a batch
are added up in another order, which moved them by 1e-6 in torchvision's networks, while statistics of the batch move
them by tenths."""

MAPS, TOKENS, VECTOR = 4, 3, 2
"""Dimensions of what trunks give: maps of scans, tokens, or one vector of each."""

WANTED = "return maps [scans, channels, rows, cols] from images [scans, 3, rows, cols]"


@dataclass(frozen=True)
class TrunkFacts:
    """What was measured of a trunk at one size of scans.

    Attributes:
        channels: Features of a scan.
        cells: Rows and columns of its maps; 1 by 1 of a trunk that pools by itself.
        pooled: Whether it gives one vector per scan, and so no map.
        output_stride: Pixels from one map cell to the next.
        receptive_field_px: Side of the square that one cell sees; infinite where it is larger than the scan.
    """

    channels: int
    cells: tuple[int, int]
    pooled: bool
    output_stride: int
    receptive_field_px: float

    def tell(self) -> str:
        """Say it in one line."""
        if self.pooled:
            return f"{self.channels} features of the whole scan, without maps"
        seen = self.receptive_field_px
        reach = "more than the scan holds" if math.isinf(seen) else f"{seen:.0f} px"
        return (
            f"{self.channels} channels, {self.cells[0]} x {self.cells[1]} cells, one every {self.output_stride} px, "
            f"each seeing {reach}"
        )


def build_checked(name: str, source: TrunkSource) -> nn.Module:
    """Build a trunk.

    Raises:
        ValueError: Building it fails, or it is no module.
    """
    try:
        trunk = source.build()
    except ValueError as error:
        raise ValueError(
            f"network {name}: {tell_briefly(error).removeprefix('ValueError: ')}"
        ) from error
    except Exception as error:  # a user's function can fail in any way
        raise ValueError(
            f"network {name}: {source.named} cannot be called ({tell_briefly(error)}); it must take no argument and "
            "return a torch module"
        ) from error
    if not isinstance(trunk, nn.Module):
        raise ValueError(  # noqa: TRY004 - what a user can mend is a ValueError
            f"network {name}: {source.named} returned a {type(trunk).__name__}; return a torch module"
        )
    return trunk


def measure_trunk(name: str, trunk: nn.Module, *, size_px: int) -> TrunkFacts:
    """Show a trunk the probe scan, alone and beside another, and measure what leaves it.

    Args:
        name: What its network is called, for errors.
        trunk: In evaluation mode.
        size_px: Side of the framed scans.

    Raises:
        ValueError: It cannot see such scans, gives no feature maps, draws at random, mixes the scans of a batch or
            ignores them, gives NaN, has no gradient, or its stride cannot be told.
    """
    colours = _probe_colours(size_px)
    two = _ask(name, trunk, colours)
    _check_shape(name, two, scans=len(colours))
    alone = _ask(name, trunk, colours[:1])
    if alone.shape[1:] != two.shape[1:]:
        raise ValueError(
            f"network {name} gives features {list(alone.shape[1:])} of a scan alone and {list(two.shape[1:])} of the "
            "same beside another; their number must not vary"
        )
    _check_values(name, alone, again=_ask(name, trunk, colours[:1]), two=two)
    pooled = two.ndim == VECTOR
    cells = (1, 1) if pooled else (two.shape[2], two.shape[3])
    boxes = _see_cells(name, trunk, colours, pooled=pooled)
    stride = size_px if pooled else _find_stride(trunk, boxes, cells=cells, size_px=size_px)
    if stride is None:
        raise ValueError(
            f"network {name} gives {cells[0]} x {cells[1]} cells of {size_px} x {size_px} px, which tell no whole number of "
            "pixels from one to the next; frame scans at a multiple of its stride (framing.size_px)"
        )
    return TrunkFacts(two.shape[1], cells, pooled, stride, _reach(boxes[0], size_px=size_px))


def _probe_colours(size_px: int) -> Tensor:
    """Two scans as a trunk sees them, with colours normalised."""
    probe = probe_scan(size_px)
    grey = torch.cat([probe, probe.flip(2)])[:, None] / WHITE
    mean, std = (torch.tensor(each).reshape(3, 1, 1) for each in (IMAGENET_MEAN, IMAGENET_STD))
    return (grey - mean) / std


def _ask(name: str, trunk: nn.Module, colours: Tensor) -> Tensor:
    try:
        with torch.no_grad():
            maps: object = trunk(colours.clone())
    except Exception as error:  # a user's layers can fail in any way
        scans, *_, side = colours.shape
        raise ValueError(
            f"network {name} cannot see {scans} scan{'s' * (scans > 1)} of {side} px ({tell_briefly(error)}); {WANTED}, of "
            "any number of scans (in torch.export: a dynamic first dimension)"
        ) from error
    if not isinstance(maps, Tensor):
        raise ValueError(  # noqa: TRY004 - what a user can mend is a ValueError
            f"network {name} gives a {type(maps).__name__}, no tensor; {WANTED}"
        )
    return maps


def _check_shape(name: str, maps: Tensor, *, scans: int) -> None:
    fits = maps.ndim in {MAPS, VECTOR} and len(maps) == scans and maps.numel()
    if not fits or not maps.is_floating_point():
        tokens = (
            "; tokens [scans, tokens, channels] must be laid out as a grid"
            if maps.ndim == TOKENS
            else ""
        )
        raise ValueError(
            f"network {name} gives {maps.dtype} of shape {list(maps.shape)} of {scans} scans{tokens}; {WANTED}"
        )


def _check_values(name: str, alone: Tensor, *, again: Tensor, two: Tensor) -> None:
    """Refuse features that are undefined, drawn, mixed between scans, or the same for every scan."""
    if not (two.isfinite().all() and alone.isfinite().all()):
        raise ValueError(
            f"network {name} gives NaN or infinity for the probe scan; are its weights sound?"
        )
    if not torch.equal(alone, again):
        raise ValueError(
            f"network {name} gives other features when it is asked again: something in it is drawn at random in "
            "evaluation mode; leave it out"
        )
    if (two[0] - alone[0]).abs().max() > NEIGHBOURS * two.abs().max():
        raise ValueError(
            f"network {name} gives a scan other features beside another scan: it normalises by the batch; let it use "
            "its stored statistics in evaluation mode (in torch.export: call eval() before)"
        )
    if torch.equal(two[0], two[1]):
        raise ValueError(
            f"network {name} gives a scan and its mirror image the same features: it ignores its input, or all its "
            "channels are silent; look at its weights"
        )


Box = tuple[int, int, int, int]
"""First and last row, first and last column."""


def _see_cells(
    name: str, trunk: nn.Module, colours: Tensor, *, pooled: bool
) -> tuple[Box, Box, Box]:
    """Find the pixels that move the middle cell, and those that move the cells below it and right of it.

    By gradients, on noise: what is silent on one picture may speak on another.
    """
    draw = torch.Generator().manual_seed(0)
    noise = torch.randn(colours.shape, generator=draw).requires_grad_()
    maps = trunk(noise * 1.0)
    if not maps.requires_grad:
        raise ValueError(
            f"network {name} cuts the gradient between scan and features, so that it can be neither fitted nor "
            "explained; leave no_grad and detach out"
        )
    maps = maps[:, :, None, None] if pooled else maps
    weighed = (maps * torch.randn(maps.shape[1], 1, 1, generator=draw)).sum(dim=(0, 1))
    last_row, last_col = (cells - 1 for cells in weighed.shape)
    row, col = last_row // 2, last_col // 2
    places = ((row, col), (min(row + 1, last_row), col), (row, min(col + 1, last_col)))
    return tuple(_box(name, weighed[place], noise) for place in places)  # type: ignore[return-value]


def _box(name: str, cell: Tensor, noise: Tensor) -> Box:
    (gradient,) = torch.autograd.grad(cell, noise, retain_graph=True)
    if not gradient.isfinite().all():
        raise ValueError(f"network {name} has an undefined gradient; methods by gradient need one")
    moved = gradient.ne(0).any(dim=1).any(dim=0)
    if not moved.any():
        return (0, len(moved) - 1, 0, moved.shape[1] - 1)  # silent there: nothing is known
    rows, cols = (moved.any(dim=1 - axis).nonzero().flatten() for axis in (0, 1))
    return int(rows[0]), int(rows[-1]), int(cols[0]), int(cols[-1])


def _reach(box: Box, *, size_px: int) -> float:
    top, bottom, left, right = box
    if min(top, left) == 0 or max(bottom, right) == size_px - 1:
        return math.inf
    return float(max(bottom - top, right - left) + 1)


def _find_stride(
    trunk: nn.Module, boxes: tuple[Box, Box, Box], *, cells: tuple[int, int], size_px: int
) -> int | None:
    """Measure the pixels from one cell to the next: by what cells see, by scans of twice the side, by an even share."""
    middle, below, right = boxes
    down, across = below[0] - middle[0], right[2] - middle[2]
    if all(math.isfinite(_reach(each, size_px=size_px)) for each in boxes) and down == across > 0:
        return down
    try:
        with torch.no_grad():
            larger = trunk(_probe_colours(2 * size_px)[:1]).shape[2:]
    except Exception:
        larger = torch.Size(cells)
    gained = {more - few for more, few in zip(larger, cells, strict=True)}
    step = gained.pop()
    if not gained and step > 0 and size_px % step == 0:
        return size_px // step
    return size_px // cells[0] if cells[0] == cells[1] and size_px % cells[0] == 0 else None

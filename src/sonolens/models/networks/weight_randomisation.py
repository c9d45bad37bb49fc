"""Networks that forget: their weights drawn anew, part by part from the output backwards."""

import copy
import zlib
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from sonolens.models.networks.backbones import NETWORKS
from sonolens.models.networks.building import build_network
from sonolens.models.networks.classifier import ScanClassifier
from sonolens.models.networks.own_trunk import OwnTrunk

REDRAWN = 2018
"""Stream of the weights drawn here; without it, the seed of a fit would give back its first weights."""


def randomise_cascade(network: ScanClassifier, *, seed: int) -> Iterator[ScanClassifier]:
    """Draw the weights of a network anew, each time one part more, from the output backwards.

    The parts are the head, the trunk's stages from the last to the first, and what lies before them.
    What follows a stage, such as a DRS layer, belongs to it. Statistics of batch normalisation start
    anew like weights, and a redrawn DRS layer scales nothing. Of a user's own network, whose parts are not
    known and whose constructor may hand out trained weights, the trunk is one part, and each table of
    weights has its numbers exchanged at random.

    Args:
        network: The network; it is not changed.
        seed: Each part gets the same weights at every depth. The weights are other than those that a
            fit of this seed began with.

    Yields:
        Copies in evaluation mode on the CPU: one part forgotten, two parts, ... all of them.

    References:
        Cascading randomisation: Adebayo et al. (2018), Sanity checks for saliency maps, NeurIPS.

    Examples:
        >>> tiny = build_network("tiny", adaptation="full", weights="none", seed=0)
        >>> len(list(randomise_cascade(tiny, seed=0)))
        5
    """
    drawn_from = int(np.random.SeedSequence([seed, REDRAWN]).generate_state(1, np.uint64)[0])
    fresh = _draw_weights(network, seed=drawn_from)
    forgetting = copy.deepcopy(network).cpu().eval()
    for part in _parts_from_output(network):
        drawn = {name: value for name, value in fresh.items() if name.startswith(part)}
        forgetting.load_state_dict(forgetting.state_dict() | drawn)
        yield copy.deepcopy(forgetting)


def count_parts(network: ScanClassifier) -> int:
    """Count the parts that `randomise_cascade` draws anew, one after the other."""
    return len(_parts_from_output(network))


def _draw_weights(network: ScanClassifier, *, seed: int) -> dict[str, Tensor]:
    if isinstance(network.features, OwnTrunk):
        return {
            name: _exchange(tensor.cpu(), seed=seed + zlib.crc32(name.encode()))
            for name, tensor in network.state_dict().items()
        }
    recipe = network.recipe
    return build_network(
        recipe.network,
        adaptation=recipe.adaptation,
        weights="none",
        seed=seed,
        output_stride=recipe.output_stride,
        drs_placement=recipe.drs_placement,
        drs_bias=recipe.drs_bias,
    ).state_dict()


def _exchange(tensor: Tensor, *, seed: int) -> Tensor:
    draw = torch.Generator().manual_seed(seed % 2**63)
    order = torch.randperm(tensor.numel(), generator=draw)
    return tensor.flatten()[order].reshape(tensor.shape)


def _parts_from_output(network: ScanClassifier) -> list[tuple[str, ...]]:
    """Prefixes of the tensors of each part."""
    own = isinstance(network.features, OwnTrunk)
    stages = () if own else NETWORKS[network.recipe.network].stages
    begins = {stage[0].partition(".")[0] for stage in stages}
    parts: list[list[str]] = [[]]
    for name, _ in network.features.named_children():
        if name in begins:
            parts.append([])
        parts[-1].append(f"features.{name}.")
    return [("head.",), *(tuple(part) for part in reversed(parts) if part)]

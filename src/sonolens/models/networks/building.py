"""Building a network: trunk, starting weights, stride, adaptation and head put together."""

from pathlib import Path

import torch
from torch import nn

from sonolens.models.networks.adaptation import ADAPTATIONS, DRS_PLACEMENTS, adapt_trunk
from sonolens.models.networks.backbones import Architecture
from sonolens.models.networks.classifier import Recipe, ScanClassifier
from sonolens.models.networks.initial_weights import read_starting_weights
from sonolens.models.networks.own_networks import find_architecture
from sonolens.models.networks.own_trunk import OwnTrunk
from sonolens.models.networks.stride import refine_stride
from sonolens.models.networks.weights_file import load_trunk


def build_network(
    name: str,
    *,
    adaptation: str,
    weights: str | Path,
    seed: int,
    output_stride: int | None = None,
    drs_placement: str = "block",
    drs_bias: bool = False,
) -> ScanClassifier:
    """Build a network ready to be fitted.

    Nothing in it is drawn anew when it runs: stochastic depth and dropout are left out, so that a
    frozen network is a fixed function and a fit depends on its seed alone.

    Args:
        name: A name in `NETWORKS`, or of a user's own network that the configuration allows.
        adaptation: A name in `ADAPTATIONS`: which weights learn.
        weights: Where the trunk starts: ``"imagenet"``, ``"none"`` (random; ``"own"``: as a user's own
            constructor leaves it) or a local file; see `read_starting_weights`. The head is always drawn
            at random.
        seed: Seed of everything drawn at random; torch's global generator is left as it was.
        output_stride: Pixels from one map cell to the next; None for the network's own.
        drs_placement: A name in `DRS_PLACEMENTS`, for deep representation scaling.
        drs_bias: Whether deep representation scaling also shifts channels.

    Returns:
        The network in training mode, on the CPU.

    Raises:
        ValueError: A name is unknown, the network does not allow the adaptation or the stride, a DRS
            option is set without DRS, the weights do not fit, or a user's own trunk is not what it must
            be.
        ConnectionError: The ImageNet weights are neither cached nor to be had.
        FileNotFoundError: The weights file does not exist.
    """
    architecture = find_architecture(name)
    recipe = Recipe(
        network=name,
        adaptation=adaptation,
        drs_placement=drs_placement,
        drs_bias=drs_bias,
        output_stride=architecture.output_strides[0] if output_stride is None else output_stride,
    )
    return assemble_network(recipe, architecture, weights=weights, seed=seed)


def assemble_network(
    recipe: Recipe, architecture: Architecture, *, weights: str | Path, seed: int
) -> ScanClassifier:
    """Build a network of an architecture that is at hand; for the rest see `build_network`."""
    _check_recipe(recipe, architecture)
    tensors = read_starting_weights(recipe.network, weights=weights)
    features, head = _draw_weights(architecture, seed=seed)
    if tensors:
        renamed = {architecture.trunk_name(key): tensor for key, tensor in tensors.items()}
        load_trunk(features, renamed, source=str(weights))
    if recipe.output_stride != architecture.output_strides[0]:
        refine_stride(features, output_stride=recipe.output_stride)
    features = adapt_trunk(
        features,
        adaptation=recipe.adaptation,
        blocks=architecture.blocks(features),
        drs_placement=recipe.drs_placement,
        drs_bias=recipe.drs_bias,
    )
    network = ScanClassifier(features, head, recipe=recipe)
    if isinstance(features, OwnTrunk):
        return network  # its code may hold that memory lies as it was drawn
    # Convolutions hand this layout on, so it need be set only once; it is faster on CPU and GPU.
    return network.to(memory_format=torch.channels_last)


def _draw_weights(architecture: Architecture, *, seed: int) -> tuple[nn.Sequential, nn.Linear]:
    """Build trunk and head with weights drawn at random."""
    with torch.random.fork_rng(devices=[]):
        # torch.manual_seed would also seed the GPUs, which fork_rng would then have to copy.
        torch.default_generator.manual_seed(seed)
        return architecture.build_trunk(), nn.Linear(architecture.channels, 1)


def _check_recipe(recipe: Recipe, architecture: Architecture) -> None:
    if recipe.adaptation not in ADAPTATIONS:
        raise ValueError(
            f"adaptation {recipe.adaptation!r} is unknown; choose from {', '.join(ADAPTATIONS)}"
        )
    if recipe.adaptation not in architecture.adaptations:
        allowed = ", ".join(architecture.adaptations)
        reason = (
            f"has no batch normalisation, so adaptation {recipe.adaptation} would leave nothing to learn in its trunk"
            if architecture.stages
            else f"is a user's own, whose blocks are not known, so that it cannot be adapted by {recipe.adaptation}"
        )
        raise ValueError(f"network {recipe.network} {reason}; choose from {allowed}")
    if recipe.output_stride not in architecture.output_strides:
        allowed = " or ".join(map(str, architecture.output_strides))
        raise ValueError(
            f"network {recipe.network} has no output stride {recipe.output_stride}; "
            f"set output_stride to {allowed}"
        )
    if recipe.drs_placement not in DRS_PLACEMENTS:
        raise ValueError(
            f"drs_placement {recipe.drs_placement!r} is unknown; "
            f"choose from {', '.join(DRS_PLACEMENTS)}"
        )
    if recipe.adaptation != "drs" and (recipe.drs_bias or recipe.drs_placement != "block"):
        option = "drs_bias" if recipe.drs_bias else "drs_placement"
        raise ValueError(
            f"{option} belongs to adaptation drs, not {recipe.adaptation}; unset it or choose drs"
        )

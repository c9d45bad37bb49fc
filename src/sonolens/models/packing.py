"""Packing a network into tensors and a header, and rebuilding it from them."""

from collections.abc import Mapping

import sonolens
from sonolens.models.backbones import NETWORKS, build_network
from sonolens.models.classifier import ScanClassifier
from sonolens.models.weights import NetworkWeights

CLASSES = "benign,malignant"
"""Negative logits mean the first class, positive ones the second."""


def pack_weights(
    network: ScanClassifier, *, size_px: int, header_extra: Mapping[str, str]
) -> NetworkWeights:
    """Pack `network` so that `rebuild_network` can rebuild it.

    Args:
        network: The network; it is copied from, never changed.
        size_px: Side in pixels of the framed scans it was fitted on.
        header_extra: What else the file should say, for example the run and its seed.

    Returns:
        Tensors on the CPU, each with memory of its own, and a header of text.

    Raises:
        ValueError: `header_extra` names a key that the header itself sets.
    """
    header = {
        "network": network.recipe.network,
        "adaptation": network.recipe.adaptation,
        "drs_bias": "true" if network.recipe.drs_bias else "false",
        "size_px": str(size_px),
        "classes": CLASSES,
        "sonolens": sonolens.__version__,
    }
    clash = sorted(header.keys() & header_extra.keys())
    if clash:
        raise ValueError(f"header_extra sets {clash[0]}, which the header sets itself; rename it")
    state = network.state_dict()
    tensors = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in state.items()}
    return NetworkWeights(tensors=tensors, header=header | dict(header_extra))


def rebuild_network(weights: NetworkWeights) -> ScanClassifier:
    """Rebuild a packed network in evaluation mode, on the CPU.

    Raises:
        ValueError: The header lacks a key or names an unknown network, or the tensors do not fit.
    """
    header = weights.header
    missing = [key for key in ("network", "adaptation", "drs_bias", "classes") if key not in header]
    if missing:
        raise ValueError(
            f"the header of the weights lacks {missing[0]}; pack networks with pack_weights"
        )
    if header["network"] not in NETWORKS:
        raise ValueError(
            f"the weights belong to network {header['network']!r}, which is unknown; "
            f"this version knows {', '.join(NETWORKS)}"
        )
    if header["classes"] != CLASSES:
        raise ValueError(f"the weights tell {header['classes']!r} apart, but {CLASSES!r} is needed")
    network = build_network(
        header["network"],
        adaptation=header["adaptation"],
        weights="none",
        seed=0,
        drs_bias=header["drs_bias"] == "true",
    )
    try:
        network.load_state_dict(weights.tensors)
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"the weights do not fit {header['network']}: {reason}") from error
    return network.eval()

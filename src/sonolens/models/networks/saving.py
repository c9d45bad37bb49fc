"""Packing a network into tensors and a header, and rebuilding it from them."""

import copy
import math
import re
from collections.abc import Mapping

from sonolens.models.networks.backbones import NETWORKS
from sonolens.models.networks.building import build_network
from sonolens.models.networks.classifier import Recipe, ScanClassifier
from sonolens.models.networks.reference_pattern import answer_probe
from sonolens.models.networks.weights_file import NetworkWeights, check_tensors
from sonolens.version import __version__

CLASSES = "benign,malignant"
"""Negative logits mean the first class, positive ones the second."""

FLAGS = {"true": True, "false": False}

LARGEST_PX = 4096
"""Largest side of a framed scan that a header may claim, so that a damaged one fills no memory."""


def pack_weights(
    network: ScanClassifier, *, size_px: int, header_extra: Mapping[str, str]
) -> NetworkWeights:
    """Pack `network` so that `rebuild_network` can rebuild it.

    Args:
        network: The network; it is copied from, never changed.
        size_px: Side in pixels of the framed scans it was fitted on.
        header_extra: What else the file should say, for example the run and its seed.

    Returns:
        Tensors on the CPU, each with memory of its own, and a header of text. Its ``probe_logit`` is
        the network's answer to a scan that every version can draw; see `probe_scan`.

    Raises:
        ValueError: `header_extra` names a key that the header itself sets, a weight is NaN or
            infinite, or the network cannot see scans of `size_px`.
    """
    header = {
        "network": network.recipe.network,
        "adaptation": network.recipe.adaptation,
        "drs_placement": network.recipe.drs_placement,
        "drs_bias": "true" if network.recipe.drs_bias else "false",
        "output_stride": str(network.recipe.output_stride),
        "size_px": str(size_px),
        "classes": CLASSES,
        "sonolens": __version__,
    }
    clash = sorted((header.keys() | {"probe_logit"}) & header_extra.keys())
    if clash:
        raise ValueError(f"header_extra sets {clash[0]}, which the header sets itself; rename it")
    on_cpu = copy.deepcopy(network).cpu().eval()
    # In channels_last, safetensors would store the numbers in an order that it does not note.
    tensors = {name: tensor.contiguous() for name, tensor in on_cpu.state_dict().items()}
    check_tensors(tensors, expected=tensors, source=f"the {network.recipe.network} to pack")
    header["probe_logit"] = repr(answer_probe(on_cpu, size_px=size_px).logit)
    return NetworkWeights(tensors=tensors, header=header | dict(header_extra))


def rebuild_network(weights: NetworkWeights) -> ScanClassifier:
    """Rebuild a packed network in evaluation mode, on the CPU.

    The rebuilt network must answer the probe scan as the packed one did, so that a header or tensors
    that were changed, exchanged or damaged since are found out.

    Raises:
        ValueError: The header lacks a key or holds a value that cannot be, the tensors do not fit,
            or the rebuilt network is not the one that was packed.
    """
    header = weights.header
    recipe = _read_recipe(header)
    size_px = _read_whole(header, "size_px", most=LARGEST_PX)
    packed_logit = _read_number(header, "probe_logit")
    if _read(header, "classes") != CLASSES:
        raise ValueError(f"the weights tell {header['classes']!r} apart, but {CLASSES!r} is needed")
    network = build_network(
        recipe.network,
        adaptation=recipe.adaptation,
        weights="none",
        seed=0,
        output_stride=recipe.output_stride,
        drs_placement=recipe.drs_placement,
        drs_bias=recipe.drs_bias,
    )
    source = f"the packed {recipe.network}"
    check_tensors(weights.tensors, expected=network.state_dict(), source=source)
    network.load_state_dict(weights.tensors)
    answer = answer_probe(network.eval(), size_px=size_px)
    if not answer.agrees_with(packed_logit):
        raise ValueError(
            f"the rebuilt {recipe.network} answers {answer.logit:.9g} to the probe scan where the "
            f"packed one answered {packed_logit:.9g}; header or tensors were changed since, so take "
            "the file as it was packed or fit the network anew"
        )
    return network


def check_framing(weights: NetworkWeights, *, size_px: int) -> None:
    """Refuse scans framed at another size than those the packed network was fitted on.

    Args:
        weights: The packed network.
        size_px: Side in pixels of the scans it is to judge.

    Raises:
        ValueError: The sizes differ, or the header does not tell its own.
    """
    fitted_px = _read_whole(weights.header, "size_px", most=LARGEST_PX)
    if size_px != fitted_px:
        raise ValueError(
            f"the {_read(weights.header, 'network')} was fitted on scans framed at {fitted_px} px, "
            f"but these are framed at {size_px} px; frame them at {fitted_px} px or fit it anew"
        )


def _read_recipe(header: Mapping[str, str]) -> Recipe:
    name = _read(header, "network")
    if name not in NETWORKS:
        raise ValueError(
            f"the weights belong to network {name!r}, which is unknown; "
            f"this version knows {', '.join(NETWORKS)}"
        )
    flag = _read(header, "drs_bias")
    if flag not in FLAGS:
        raise ValueError(f"the header's drs_bias is {flag!r}; it must be true or false")
    return Recipe(
        network=name,
        adaptation=_read(header, "adaptation"),
        drs_placement=_read(header, "drs_placement"),
        drs_bias=FLAGS[flag],
        output_stride=_read_whole(header, "output_stride", most=max(NETWORKS[name].output_strides)),
    )


def _read(header: Mapping[str, str], key: str) -> str:
    if key not in header:
        raise ValueError(f"the header of the weights lacks {key}; pack networks with pack_weights")
    return header[key]


def _read_whole(header: Mapping[str, str], key: str, *, most: int) -> int:
    text = _read(header, key)
    if not re.fullmatch("[1-9][0-9]{0,8}", text) or int(text) > most:
        raise ValueError(
            f"the header's {key} is {text!r}; it must be a whole number from 1 to {most}"
        )
    return int(text)


def _read_number(header: Mapping[str, str], key: str) -> float:
    text = _read(header, key)
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"the header's {key} is {text!r}; it must be a finite number")
    return number

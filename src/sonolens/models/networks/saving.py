"""Packing a network into tensors and a header, and rebuilding it from them."""

import copy
import math
import re
from collections.abc import Mapping

from sonolens.models.networks.backbones import NETWORKS, Architecture
from sonolens.models.networks.building import assemble_network
from sonolens.models.networks.classifier import Recipe, ScanClassifier
from sonolens.models.networks.own_networks import Constructor, OwnNetwork, find_own_network
from sonolens.models.networks.own_trunk import OwnTrunk
from sonolens.models.networks.reference_pattern import answer_probe
from sonolens.models.networks.weights_file import NetworkWeights, check_tensors
from sonolens.version import __version__

CLASSES = "benign,malignant"
"""Negative logits mean the first class, positive ones the second."""

FLAGS = {"true": True, "false": False}

OWN = "own"
"""Key that says that the trunk's code is a user's; where that code is, a file never says."""

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
    if isinstance(network.features, OwnTrunk):
        header[OWN] = "true"
    clash = sorted((header.keys() | {"probe_logit"}) & header_extra.keys())
    if clash:
        raise ValueError(f"header_extra sets {clash[0]}, which the header sets itself; rename it")
    on_cpu = copy.deepcopy(network).cpu().eval()
    # In channels_last, safetensors would store the numbers in an order that it does not note.
    # Layers of a user's own may share weights, which safetensors would refuse.
    tensors = {name: tensor.contiguous() for name, tensor in on_cpu.state_dict().items()}
    if OWN in header:
        tensors = {name: tensor.clone() for name, tensor in tensors.items()}
    check_tensors(tensors, expected=tensors, source=f"the {network.recipe.network} to pack")
    header["probe_logit"] = repr(answer_probe(on_cpu, size_px=size_px).logit)
    return NetworkWeights(tensors=tensors, header=header | dict(header_extra))


def rebuild_network(
    weights: NetworkWeights, *, constructor: Constructor | None = None
) -> ScanClassifier:
    """Rebuild a packed network in evaluation mode, on the CPU.

    Nothing is imported because a header says so: the trunk of a user's own network is built by a
    constructor that the configuration allows under the network's name, or that is given here. The rebuilt network must answer the probe scan as the packed one did, so that a header or tensors
    that were changed, exchanged or damaged since are found out.

    Args:
        weights: From `pack_weights`.
        constructor: What builds the trunk of a user's own network; a function, or ``module:function``.

    Raises:
        ValueError: The header lacks a key or holds a value that cannot be, the tensors do not fit,
            the rebuilt network is not the one that was packed, or the trunk is a user's own and nothing
            builds it.
    """
    header = weights.header
    size_px = _read_whole(header, "size_px", most=LARGEST_PX)
    architecture = _find_architecture(header, size_px=size_px, constructor=constructor)
    recipe = _read_recipe(header, architecture)
    packed_logit = _read_number(header, "probe_logit")
    if _read(header, "classes") != CLASSES:
        raise ValueError(f"the weights tell {header['classes']!r} apart, but {CLASSES!r} is needed")
    network = assemble_network(recipe, architecture, weights="none", seed=0)
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


def _find_architecture(
    header: Mapping[str, str], *, size_px: int, constructor: Constructor | None
) -> Architecture:
    """Find what the header names; of a user's own network only by what the user names."""
    name = _read(header, "network")
    if header.get(OWN) == "true" and name not in NETWORKS:
        if constructor is not None:
            return OwnNetwork(name, constructor, size_px=size_px).architecture
        try:
            own = find_own_network(name).at(size_px)
        except ValueError as error:
            raise ValueError(
                f"network {name!r} has a trunk of its author's own, whose code is in no weights file; name what builds it: "
                f"training.own_networks.{name} in the configuration, --trunk module:function on the command line, "
                "constructor= in Python"
            ) from error
        return own.architecture
    if name not in NETWORKS:
        raise ValueError(
            f"the weights belong to network {name!r}, which is unknown; "
            f"this version knows {', '.join(NETWORKS)}"
        )
    if constructor is not None:
        raise ValueError(
            f"network {name} is built in, so nothing else can build it; leave the constructor out"
        )
    return NETWORKS[name]


def _read_recipe(header: Mapping[str, str], architecture: Architecture) -> Recipe:
    flag = _read(header, "drs_bias")
    if flag not in FLAGS:
        raise ValueError(f"the header's drs_bias is {flag!r}; it must be true or false")
    largest = LARGEST_PX if header.get(OWN) == "true" else max(architecture.output_strides)
    stride = _read_whole(header, "output_stride", most=largest)
    if not architecture.stages and stride not in architecture.output_strides:
        raise ValueError(
            f"the trunk that was named for network {header['network']} has a cell every {architecture.output_strides[0]} px, "
            f"the one that was packed every {stride} px; name the code that it was fitted with"
        )
    return Recipe(
        network=_read(header, "network"),
        adaptation=_read(header, "adaptation"),
        drs_placement=_read(header, "drs_placement"),
        drs_bias=FLAGS[flag],
        output_stride=stride,
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

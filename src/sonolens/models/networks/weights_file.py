"""The weights of a network: what is packed of it, and whether tensors fit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

OWN_TRUNK = "features."
"""Prefix of the trunk's tensors in a file that sonolens wrote."""

LEFT_OUT = re.compile(
    r"^(fc|head|classifier)\.|^grey_(mean|std)$|(^|\.)scaling[^.]+\.(scale|offset)$"
)
"""Tensors of a file that belong to no trunk: heads, normalisation and DRS."""

COUNTER = "num_batches_tracked"
"""Ending of counters that files older than PyTorch 0.4.1 lack and nothing here reads."""


@dataclass(frozen=True)
class NetworkWeights:
    """All weights of one network and what is needed to rebuild it, ready for a safetensors file.

    Attributes:
        tensors: Tensors by their name in the network's state dict.
        header: What rebuilds the network around them; text only, as safetensors demands.
    """

    tensors: dict[str, Tensor]
    header: dict[str, str]


def load_trunk(features: nn.Module, tensors: Mapping[str, Tensor], *, source: str) -> None:
    """Copy `tensors` into `features`; what a file holds beyond a trunk is left out.

    That is a classifier's head, which sonolens draws itself, and the scaling layers of a network
    that was adapted by DRS: both belong to an adaptation, and without them the file is the frozen
    trunk that it was adapted from.

    Args:
        features: The trunk that is written into.
        tensors: The trunk's names, or sonolens' own, which add ``features.`` in front.
        source: Where the tensors come from, for the error.

    Raises:
        ValueError: A tensor is missing, unknown, of another shape, no floating-point table, or holds
            NaN or infinity; the first one is named.
    """
    given = {
        name.removeprefix(OWN_TRUNK): tensor
        for name, tensor in tensors.items()
        if not LEFT_OUT.search(name) and not name.endswith(COUNTER)
    }
    expected = features.state_dict()
    weights = {name: value for name, value in expected.items() if not name.endswith(COUNTER)}
    check_tensors(given, expected=weights, source=source)
    features.load_state_dict(expected | given)


def check_tensors(
    given: Mapping[str, Tensor], *, expected: Mapping[str, Tensor], source: str
) -> None:
    """Refuse tensors that cannot be the weights of a network.

    Args:
        given: Tensors by name.
        expected: Tensors of the network by name; only their shapes and types are read.
        source: Where `given` comes from, for the error.

    Raises:
        ValueError: As `load_trunk`.
    """
    stranger = "were they saved from another network?"
    for name, tensor in expected.items():
        if name not in given:
            raise ValueError(f"weights from {source} lack {name}; {stranger}")
        if given[name].shape != tensor.shape:
            raise ValueError(
                f"weights from {source} hold {name} of shape {tuple(given[name].shape)} where the "
                f"network needs {tuple(tensor.shape)}; {stranger}"
            )
        if not _holds_numbers(given[name], like=tensor):
            raise ValueError(
                f"weights from {source} hold {name} as {given[name].dtype}, {given[name].layout}, "
                f"on {given[name].device}, where the network needs a dense table of {tensor.dtype} "
                "in memory; save the network's own state dict"
            )
        if not torch.isfinite(given[name].to(tensor.dtype)).all():
            raise ValueError(
                f"weights from {source} hold NaN or infinity in {name}; "
                "the fit they come from diverged or the file is damaged, so take another"
            )
    unknown = [name for name in given if name not in expected]
    if unknown:
        raise ValueError(
            f"weights from {source} hold {unknown[0]}, which the network does not have; {stranger}"
        )


def _holds_numbers(tensor: Tensor, *, like: Tensor) -> bool:
    return (
        tensor.layout is torch.strided
        and not tensor.is_nested
        and not tensor.is_meta
        and not tensor.is_quantized
        and tensor.is_floating_point() == like.is_floating_point()
        and not tensor.is_complex()
    )

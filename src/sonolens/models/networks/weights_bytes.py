"""Weights as the bytes of a safetensors file: equal weights become equal bytes, and reading runs nothing."""

import json

from safetensors import SafetensorError
from safetensors.torch import load, save

from sonolens.models.networks.weights_file import NetworkWeights

LENGTH_BYTES = 8
"""A safetensors file opens with the length of its JSON header, a little-endian integer."""


def write_weights(weights: NetworkWeights) -> bytes:
    """Turn tensors and header into the content of a `.safetensors` file.

    Keys are sorted, because safetensors writes its metadata in a new random order every time.
    """
    content = save(weights.tensors, metadata=weights.header)
    header = json.dumps(_parse(content), sort_keys=True, separators=(",", ":")).encode("utf-8")
    header += b" " * (-len(header) % 8)  # tensors start at a multiple of eight bytes
    return len(header).to_bytes(LENGTH_BYTES, "little") + header + content[header_end(content) :]


def read_weights(content: bytes) -> NetworkWeights:
    """Read what `write_weights`, or anything else that writes safetensors, wrote.

    Raises:
        ValueError: It is no whole safetensors file.
    """
    try:
        tensors = load(content)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    return NetworkWeights(tensors=tensors, header=_parse(content).get("__metadata__", {}))


def header_end(content: bytes) -> int:
    """Tell where the header of a safetensors file says that it ends, in bytes from the start."""
    return LENGTH_BYTES + int.from_bytes(content[:LENGTH_BYTES], "little")


def _parse(content: bytes) -> dict[str, dict[str, str]]:
    parsed: dict[str, dict[str, str]] = json.loads(content[LENGTH_BYTES : header_end(content)])
    return parsed

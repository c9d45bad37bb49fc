"""Weights of networks as safetensors files."""

import json
from typing import TYPE_CHECKING

from sonolens.datasets.whole_file import OpenFile, WholeFileDataset

if TYPE_CHECKING:
    import sonolens.models.networks.weights_file

LENGTH_BYTES = 8
"""A safetensors file opens with the length of its JSON header, a little-endian integer."""


class NetworkWeightsDataset(
    WholeFileDataset[
        "sonolens.models.networks.weights_file.NetworkWeights",
        "sonolens.models.networks.weights_file.NetworkWeights",
    ]
):
    """One network's weights and header in a `.safetensors` file; the item of a `VersionedCollection`.

    Reading runs no code from the file, and equal weights become equal bytes.
    """

    def _write(
        self, data: "sonolens.models.networks.weights_file.NetworkWeights", file: OpenFile
    ) -> None:
        from safetensors.torch import save  # noqa: PLC0415 - torch takes seconds to import

        file.write(_in_fixed_order(save(data.tensors, metadata=data.header)))

    def _read(self, file: OpenFile) -> "sonolens.models.networks.weights_file.NetworkWeights":
        from safetensors import SafetensorError  # noqa: PLC0415 - see above
        from safetensors.torch import load  # noqa: PLC0415 - see above

        from sonolens.models.networks.weights_file import NetworkWeights  # noqa: PLC0415 - see above

        content = file.read()
        try:
            tensors = load(content)
        except SafetensorError as error:
            raise ValueError(str(error)) from error
        return NetworkWeights(tensors=tensors, header=_header(content).get("__metadata__", {}))


def _header(content: bytes) -> dict[str, dict[str, str]]:
    """Parse the JSON header of a safetensors file."""
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    header: dict[str, dict[str, str]] = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + length])
    return header


def _in_fixed_order(content: bytes) -> bytes:
    """Sort the header's keys: safetensors writes its metadata in a new random order every time."""
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    header = json.dumps(_header(content), sort_keys=True, separators=(",", ":")).encode("utf-8")
    header += b" " * (-len(header) % 8)  # tensors start at a multiple of eight bytes
    return len(header).to_bytes(LENGTH_BYTES, "little") + header + content[LENGTH_BYTES + length :]

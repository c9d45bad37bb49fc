"""Weights of networks as safetensors files."""

from typing import TYPE_CHECKING

from sonolens.datasets.file_dataset import WholeFileDataset
from sonolens.datasets.whole_file import OpenFile

if TYPE_CHECKING:
    import sonolens.models.networks.weights_file


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
        from sonolens.models.networks.weights_bytes import (  # noqa: PLC0415 - torch takes seconds to import
            write_weights,
        )

        file.write(write_weights(data))

    def _read(self, file: OpenFile) -> "sonolens.models.networks.weights_file.NetworkWeights":
        from sonolens.models.networks.weights_bytes import read_weights  # noqa: PLC0415 - see above

        return read_weights(file.read())

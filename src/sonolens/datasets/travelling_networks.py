"""Networks that come from elsewhere: the files named for an external validation."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io.core import AbstractDataset, DatasetError

from sonolens.parameters import listed

if TYPE_CHECKING:
    import sonolens.travel


class TravellingNetworksDataset(AbstractDataset[Any, Mapping[str, "sonolens.travel.NetworkFile"]]):
    """Exported networks, each read and checked as far as it is asked for; a network is called as its file is.

    Read-only and not versioned: they were versioned where they were exported.

    Args:
        files: Paths of exported networks, as a list or with blanks between; a folder stands for all its
            `.safetensors` files.
        metadata: Left to plugins such as Kedro-Viz.
    """

    def __init__(
        self, *, files: str | list[str] | None, metadata: dict[str, Any] | None = None
    ) -> None:
        self._files = files
        self.metadata = metadata

    def load(self) -> Mapping[str, "sonolens.travel.NetworkFile"]:
        """Name the networks; card and weights are read when they are asked for.

        Raises:
            DatasetError: No file is named, one does not exist, or two are called alike.
        """
        from sonolens.travel import NetworkFile  # noqa: PLC0415 - torch takes seconds to import

        found: dict[str, Path] = {}
        for path in self._list_files():
            if path.stem in found:
                raise DatasetError(
                    f"external.networks names two files {path.name}; rename one, as networks are told apart by it"
                )
            found[path.stem] = path
        return {name: NetworkFile(path) for name, path in found.items()}

    def _list_files(self) -> list[Path]:
        named = [Path(each).expanduser() for each in listed(self._files or [])]
        if not named:
            raise DatasetError(
                "external.networks names no file; give exported networks by "
                '--params external.networks="FILE FILE", or a list in conf/local/globals.yml'
            )
        files: list[Path] = []
        for path in named:
            inside = sorted(path.glob("*.safetensors")) if path.is_dir() else [path]
            absent = not inside or not inside[0].is_file()
            if absent:
                raise DatasetError(
                    f"external.networks names {str(path)!r}, where there is no exported network; "
                    "export one with kedro run --pipelines export"
                )
            files += inside
        return files

    def save(self, data: Any) -> NoReturn:  # noqa: ARG002 - Kedro's signature
        """Refuse to write.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(
            "networks from elsewhere are read-only; export your own with kedro run --pipelines export"
        )

    def _exists(self) -> bool:
        return bool(self._files)

    def _describe(self) -> dict[str, Any]:
        return {"files": self._files}

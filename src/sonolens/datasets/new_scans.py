"""Scans that belong to no study: the files named for an inference."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io.core import AbstractDataset, DatasetError

from sonolens.parameters import listed

if TYPE_CHECKING:
    import sonolens.explain


class NewScansDataset(AbstractDataset[Any, "list[sonolens.explain.GivenScan]"]):
    """Scans to be explained, each with its mask if it has one; read when they are explained.

    Read-only and not versioned: they are free input.

    Args:
        scans: Pictures, DICOM files, or folders of them, as a list or with blanks between.
        masks: None, one per scan in their order, or one folder whose files bear the scans' names.
        names: How scans are called; see `sonolens.explain.NAMES`.
        metadata: Left to plugins such as Kedro-Viz.
    """

    def __init__(
        self,
        *,
        scans: str | list[str] | None,
        masks: str | list[str] | None = None,
        names: str = "auto",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._scans = scans
        self._masks = masks
        self._names = names
        self.metadata = metadata

    def load(self) -> "list[sonolens.explain.GivenScan]":
        """List the scans and find their masks.

        Raises:
            DatasetError: No scan is named, one does not exist, or masks cannot be assigned.
        """
        from sonolens.explain import list_given  # noqa: PLC0415 - torch takes seconds to import

        scans, masks = (
            [Path(each).expanduser() for each in listed(named or [])]
            for named in (self._scans, self._masks)
        )
        if not scans:
            raise DatasetError(
                'new.scans names no scan; give files or a folder by --params new.scans="PATH PATH", or a list in '
                "conf/local/globals.yml"
            )
        try:
            return list_given(scans, masks=masks, names=self._names)
        except (OSError, ValueError) as error:
            raise DatasetError(f"new.scans: {error}") from error

    def save(self, data: Any) -> NoReturn:  # noqa: ARG002 - Kedro's signature
        """Refuse to write.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError("new scans are read-only; put them where new.scans says")

    def _exists(self) -> bool:
        return bool(self._scans)

    def _describe(self) -> dict[str, Any]:
        return {"scans": self._scans, "masks": self._masks}

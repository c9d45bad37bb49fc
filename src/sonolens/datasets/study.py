"""The study: where every flow of data begins."""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io.core import AbstractDataset, DatasetError

if TYPE_CHECKING:
    import sonolens.studies


class StudyDataset(AbstractDataset[Any, "sonolens.studies.Study"]):
    """A published data set, or the built-in phantoms, through one of `sonolens.studies.READERS`.

    Read-only and not versioned: the data set's authors version it.

    Args:
        reader: Name of the reader, for example ``busbra``.
        path: The folder or file as unpacked; nothing for the phantoms.
        options: Further arguments of the reader.
        changed_options: Options for one run that replace those of the same name.
        metadata: Left to plugins such as Kedro-Viz.
    """

    def __init__(
        self,
        *,
        reader: str,
        path: str | None = None,
        options: dict[str, Any] | None = None,
        changed_options: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._reader = reader
        self._path = path
        self._options = {**(options or {}), **(changed_options or {})}
        self.metadata = metadata

    def load(self) -> "sonolens.studies.Study":
        """Read the study; its pictures are read when they are asked for.

        Raises:
            DatasetError: If the reader or an option is unknown, or the path does not exist.
        """
        from sonolens.studies import READERS  # noqa: PLC0415 - listing the catalog stays quick

        if self._reader not in READERS:
            raise DatasetError(
                f"there is no study reader {self._reader!r}; known are {', '.join(sorted(READERS))}"
            )
        read = READERS[self._reader]
        self._check_options(inspect.signature(read))
        self._check_path()
        try:
            return read(self._path, **self._options)
        except (FileNotFoundError, ValueError) as error:
            raise DatasetError(str(error)) from error

    def save(self, data: Any) -> NoReturn:  # noqa: ARG002 - Kedro's signature
        """Refuse to write.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(
            f"study {self._reader!r} is read-only; save what is made of it under another name"
        )

    def _check_options(self, signature: inspect.Signature) -> None:
        known = list(signature.parameters)[1:]
        unknown = [option for option in self._options if option not in known]
        if unknown:
            raise DatasetError(
                f"study reader {self._reader!r} knows no option {unknown[0]!r} but "
                f"{', '.join(known) or 'none at all'}; correct study.options"
            )
        try:
            signature.bind(self._path, **self._options)
        except TypeError as error:
            raise DatasetError(
                f"study reader {self._reader!r}: {error}; set it in study.options"
            ) from error

    def _check_path(self) -> None:
        if self._path is not None and "://" not in self._path and not Path(self._path).exists():
            raise DatasetError(
                f"study path {self._path!r} does not exist; unpack the data set there or pass "
                "--params study.path=..."
            )

    def _exists(self) -> bool:
        return self._path is None or Path(self._path).exists()

    def _describe(self) -> dict[str, Any]:
        return {"reader": self._reader, "path": self._path, "options": self._options}

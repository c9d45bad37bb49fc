"""The study: where every flow of data begins."""

import inspect
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io.core import AbstractDataset, DatasetError

from sonolens.parameters import check_known
from sonolens.tables.filled_in import name_units

if TYPE_CHECKING:
    import sonolens.studies

logger = logging.getLogger(__name__)


class StudyDataset(AbstractDataset[Any, "sonolens.studies.Study"]):
    """A published data set, or the built-in phantoms, through one of `sonolens.studies.READERS`.

    Read-only and not versioned: the data set's authors version it.

    Args:
        reader: Name of the reader, for example ``busbra``.
        path: The folder or file as unpacked; nothing for the phantoms.
        options: Further arguments of the reader.
        changed_options: Options for one run that replace those of the same name.
        readings: A table of what other readers saw of its scans (`sonolens.studies.add_readings`), if there is one.
        limits: How much its files may take (`sonolens.studies.ReadingLimits`); the usual limits, if nothing is said.
        expect_complete: Whether a difference from the publication is an error; else it is logged.
        metadata: Left to plugins such as Kedro-Viz.
    """

    def __init__(
        self,
        *,
        reader: str,
        path: str | None = None,
        options: dict[str, Any] | None = None,
        changed_options: dict[str, Any] | None = None,
        readings: str | None = None,
        limits: dict[str, Any] | None = None,
        expect_complete: bool = False,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._reader = reader
        self._path = path
        self._options = {**(options or {}), **(changed_options or {})}
        self._readings = readings
        self._limits = limits
        self._expect_complete = expect_complete
        self._study: sonolens.studies.Study | None = None
        self.metadata = metadata

    @property
    def settings(self) -> dict[str, Any]:
        """What is read, and how; not where it lies."""
        return {"reader": self._reader, "options": dict(self._options)}

    def load(self) -> "sonolens.studies.Study":
        """Read the study, once in a run; its pictures are read when they are asked for.

        Raises:
            DatasetError: If the reader or an option is unknown, or the path does not exist.
        """
        if self._study is None:
            self._study = self._read()
        return self._study

    def _read(self) -> "sonolens.studies.Study":
        from sonolens.studies import READERS, ReadingLimits, add_readings, use_limits  # noqa: PLC0415 - listing the catalog stays quick

        try:
            check_known(self._reader, known=sorted(READERS), what="study reader")
            if self._limits is not None:
                use_limits(ReadingLimits(**self._limits))
            read = READERS[self._reader]
            self._check_options(inspect.signature(read))
            self._check_path()
            study = read(self._path, **self._options)
            study = add_readings(study, Path(self._readings)) if self._readings else study
        except (FileNotFoundError, ValueError) as error:
            raise DatasetError(str(error)) from error
        self._tell_completeness(study)
        return study

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was read: whoever is sent the dataset reads for himself, if he needs it."""
        return {**self.__dict__, "_study": None}

    def save(self, data: Any) -> NoReturn:  # noqa: ARG002 - Kedro's signature
        """Refuse to write.

        Raises:
            DatasetError: Always.
        """
        raise DatasetError(
            f"study {self._reader!r} is read-only; save what is made of it under another name"
        )

    def _tell_completeness(self, study: "sonolens.studies.Study") -> None:
        from sonolens.studies import compare_with_published  # noqa: PLC0415

        differences = "; ".join(compare_with_published(study))
        if differences and self._expect_complete:
            raise DatasetError(
                f"study {study.name!r} is not as published: {differences}; complete the data set, or "
                "set study.expect_complete: false"
            )
        told = f"{len(study.scans)} scans"
        units = name_units(study.scans)
        told += "" if units == "patients" else f", split and resampled by {units}"
        told += "".join(f", {count} {reason} left out" for reason, count in study.left_out.items())
        told += f"; not as published: {differences}" if differences else ""
        logger.info("Study %s: %s", study.name, told)

    def _check_options(self, signature: inspect.Signature) -> None:
        what = f"option of study reader {self._reader!r} (study.options)"
        for option in self._options:
            check_known(option, known=list(signature.parameters)[1:], what=what)
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
        described = {"reader": self._reader, "path": self._path, "options": self._options}
        return described | ({"readings": self._readings} if self._readings else {})


class UnreadStudyDataset(AbstractDataset[Any, Callable[[], "sonolens.studies.Study"]]):
    """The study for those who may not need it: nothing is looked at, or has to be there, before it is called for.

    Args:
        metadata: Left to plugins such as Kedro-Viz.
        study: As for `StudyDataset`.
    """

    def __init__(self, *, metadata: dict[str, Any] | None = None, **study: Any) -> None:
        self._study = StudyDataset(**study)
        self.metadata = metadata

    def load(self) -> "Callable[[], sonolens.studies.Study]":
        """Hand on what reads the study, once however often it is called."""
        return self._study.load

    def save(self, data: Any) -> NoReturn:
        """Refuse to write.

        Raises:
            DatasetError: Always.
        """
        self._study.save(data)

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return self._study._describe()

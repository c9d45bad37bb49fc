"""Tables as CSV files that read back as they were written."""

import io
from typing import Any

import pandas as pd
from kedro_datasets._typing import TablePreview

from sonolens.datasets.file_dataset import WholeFileDataset
from sonolens.datasets.whole_file import OpenFile
from sonolens.tables import contract


class TableDataset(WholeFileDataset[pd.DataFrame, pd.DataFrame]):
    """A pandas table in a CSV file: numbers keep every digit, ids stay text, empty is missing.

    The text ``NA`` or ``none`` stays text; only an empty field is a missing value. Equal tables
    become equal bytes on every platform.

    Args:
        load_args: Arguments of `pandas.read_csv`, added to `DEFAULT_LOAD_ARGS`.
        save_args: Arguments of `pandas.DataFrame.to_csv`, added to `DEFAULT_SAVE_ARGS`.
        kwargs: Where the file is, and whether versioned; see `WholeFileDataset`.
    """

    DEFAULT_LOAD_ARGS: dict[str, Any] = {  # noqa: RUF012 - Kedro's way of showing defaults
        "dtype": contract.text_columns(),
        "keep_default_na": False,
        "na_values": [""],
    }
    DEFAULT_SAVE_ARGS: dict[str, Any] = dict(contract.CSV_FORMAT)  # noqa: RUF012

    def __init__(
        self,
        *,
        load_args: dict[str, Any] | None = None,
        save_args: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._load_args = {**self.DEFAULT_LOAD_ARGS, **(load_args or {})}
        self._save_args = {**self.DEFAULT_SAVE_ARGS, **(save_args or {})}

    def preview(self, nrows: int = 5) -> TablePreview:
        """Show the first rows in Kedro-Viz."""
        with self._fs.open(str(self._get_load_path()), "rb") as file:
            head = pd.read_csv(file, **(self._load_args | {"nrows": nrows}))
        shown = head.astype(object).where(head.notna(), None)  # JSON has no word for NaN
        return TablePreview(shown.to_dict(orient="split"))

    def parse(self, content: bytes) -> pd.DataFrame:
        """Read a table from the bytes of a file, as this dataset reads its own."""
        return self._read(io.BytesIO(content))

    def _write(self, data: pd.DataFrame, file: OpenFile) -> None:
        file.write(data.to_csv(**self._save_args).encode("utf-8"))

    def _read(self, file: OpenFile) -> pd.DataFrame:
        table: pd.DataFrame = pd.read_csv(file, **self._load_args)
        return table

    def _describe(self) -> dict[str, Any]:
        return {
            **super()._describe(),
            "load_args": self._load_args,
            "save_args": self._save_args,
        }

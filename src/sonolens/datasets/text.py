"""Texts: plain, Markdown, and reports in HTML."""

from kedro_datasets._typing import HTMLPreview

from sonolens.datasets.file_dataset import WholeFileDataset
from sonolens.datasets.whole_file import OpenFile


class TextDataset(WholeFileDataset[str, str]):
    """Plain text or Markdown in a UTF-8 file."""

    def _write(self, data: str, file: OpenFile) -> None:
        file.write(data.encode("utf-8"))

    def _read(self, file: OpenFile) -> str:
        return file.read().decode("utf-8")


class ReportDataset(TextDataset):
    """A self-contained HTML page, which Kedro-Viz shows."""

    def preview(self) -> HTMLPreview:
        """Show the page in Kedro-Viz."""
        return HTMLPreview(self.load())

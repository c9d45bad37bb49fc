"""Matplotlib figures as SVG files with a PNG file beside, or as PNG files alone."""

import base64
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from kedro.io.core import DatasetError, get_filepath_str
from kedro_datasets._typing import ImagePreview

from sonolens.datasets.file_dataset import WholeFileDataset
from sonolens.datasets.whole_file import OpenFile, whole_file

if TYPE_CHECKING:
    import matplotlib.figure

FORMATS = {
    # Without these, matplotlib writes its version, the time and random ids into every file.
    ".png": {"format": "png", "metadata": {"Software": None}},
    ".svg": {"format": "svg", "metadata": {"Date": None, "Creator": None}},
}


class FigureDataset(WholeFileDataset["matplotlib.figure.Figure", bytes]):
    """A figure in a file: saved from matplotlib and closed, loaded as the file's bytes.

    A chart is an SVG file, sharp at any size, and a PNG file lies beside it for Kedro-Viz and slides; what shows scans
    is a PNG file alone, because speckle has no lines. Equal figures become equal bytes: nothing but the picture is
    written.

    Args:
        filepath: A path ending in ``.svg`` or ``.png``, with an fsspec protocol in front unless it is local.
        save_args: Arguments of `Figure.savefig` such as ``dpi``; ``pil_kwargs`` holds for PNG files.
        kwargs: Where the file is, and whether versioned; see `WholeFileDataset`.

    Raises:
        DatasetError: If the path ends otherwise.
    """

    def __init__(
        self,
        *,
        save_args: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if self._filepath.suffix not in FORMATS:
            raise DatasetError(
                f"figure path {self._filepath.name!r} does not end in .svg or .png, the formats that the report "
                "shows; rename it"
            )
        self._save_args = save_args or {}

    def preview(self) -> ImagePreview:
        """Show the figure in Kedro-Viz, which knows PNG alone."""
        path = _picture_beside(get_filepath_str(self._get_load_path(), self._protocol))
        return ImagePreview(base64.b64encode(self._fs.cat_file(path)).decode("ascii"))

    def save(self, data: "matplotlib.figure.Figure") -> None:
        """Write a new version, and close the figure."""
        from matplotlib import pyplot as plt  # noqa: PLC0415 - listing the catalog stays quick

        try:
            super().save(data)
        finally:
            plt.close(data)

    def _write_beside(self, data: "matplotlib.figure.Figure", path: str) -> list[str]:
        beside = _picture_beside(path)
        if beside == path:
            return []
        with whole_file(self._fs, beside) as file:
            self._draw(data, file, suffix=".png")
        return [beside]

    def _write(self, data: "matplotlib.figure.Figure", file: OpenFile) -> None:
        self._draw(data, file, suffix=self._filepath.suffix)

    def _draw(self, data: "matplotlib.figure.Figure", file: OpenFile, *, suffix: str) -> None:
        import matplotlib as mpl  # noqa: PLC0415

        of_pictures = () if suffix == ".png" else ("pil_kwargs",)
        asked = {name: value for name, value in self._save_args.items() if name not in of_pictures}
        # Letters become outlines, so that a chart looks alike where its font is not installed.
        with mpl.rc_context({"svg.hashsalt": "sonolens", "svg.fonttype": "path"}):
            data.savefig(file, **(FORMATS[suffix] | asked))

    def _read(self, file: OpenFile) -> bytes:
        return file.read()

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "save_args": self._save_args}


def _picture_beside(path: str) -> str:
    """Name the PNG file that lies beside a figure, or is it."""
    return str(PurePosixPath(path).with_suffix(".png"))

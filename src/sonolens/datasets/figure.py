"""Matplotlib figures as PNG files."""

import base64
from typing import TYPE_CHECKING, Any

from kedro.io.core import DatasetError
from kedro_datasets._typing import ImagePreview

from sonolens.datasets.whole_file import OpenFile, WholeFileDataset

if TYPE_CHECKING:
    import matplotlib.figure


class FigureDataset(WholeFileDataset["matplotlib.figure.Figure", bytes]):
    """A figure in a PNG file: saved from matplotlib and closed, loaded as the PNG's bytes.

    Equal figures become equal bytes: nothing but the picture is written.

    Args:
        filepath: A path ending in ``.png``, with an fsspec protocol in front unless it is local.
        save_args: Arguments of `Figure.savefig` such as ``dpi``, added to `DEFAULT_SAVE_ARGS`.
        kwargs: Where the file is, and whether versioned; see `WholeFileDataset`.

    Raises:
        DatasetError: If the path does not end in ``.png``.
    """

    # Without this, matplotlib writes its version into every file.
    DEFAULT_SAVE_ARGS: dict[str, Any] = {"metadata": {"Software": None}}  # noqa: RUF012

    def __init__(
        self,
        *,
        save_args: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if self._filepath.suffix != ".png":
            raise DatasetError(
                f"figure path {self._filepath.name!r} does not end in .png, the one format that "
                "Kedro-Viz and the report show; rename it"
            )
        self._save_args = {**self.DEFAULT_SAVE_ARGS, **(save_args or {})}

    def preview(self) -> ImagePreview:
        """Show the figure in Kedro-Viz."""
        return ImagePreview(base64.b64encode(self.load()).decode("ascii"))

    def _write(self, data: "matplotlib.figure.Figure", file: OpenFile) -> None:
        from matplotlib import pyplot as plt  # noqa: PLC0415 - listing the catalog stays quick

        try:
            data.savefig(file, format="png", **self._save_args)
        finally:
            plt.close(data)

    def _read(self, file: OpenFile) -> bytes:
        return file.read()

    def _describe(self) -> dict[str, Any]:
        return {**super()._describe(), "save_args": self._save_args}

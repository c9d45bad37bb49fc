"""JSON documents."""

import json
from typing import Any

from kedro_datasets._typing import JSONPreview

from sonolens.datasets.file_dataset import WholeFileDataset
from sonolens.datasets.whole_file import OpenFile


class JsonDataset(WholeFileDataset[Any, Any]):
    """Mappings, lists, text, numbers, booleans and None in a JSON file.

    NaN and infinity are refused: other readers of JSON know neither.
    """

    def preview(self) -> JSONPreview:
        """Show the document in Kedro-Viz."""
        return JSONPreview(json.dumps(self.load()))

    def _write(self, data: Any, file: OpenFile) -> None:
        file.write(
            json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"
        )

    def _read(self, file: OpenFile) -> Any:
        return json.loads(file.read())

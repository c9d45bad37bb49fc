"""Kedro-Viz can show every table and figure of a finished run."""

import base64
from io import BytesIO

from kedro.io import DataCatalog
from PIL import Image

from sonolens.datasets import FigureDataset, TableDataset

SOME = 20
"""A run has more of either; fewer would mean that nothing was looked at."""


def made(results: DataCatalog, kind: type) -> list:
    found = [results.get(name) for name in results.keys()]  # noqa: SIM118 - a catalog is no dict
    return [each for each in found if isinstance(each, kind) and each.exists()]


def test_every_figure_is_shown_as_a_picture(results: DataCatalog) -> None:
    figures = made(results, FigureDataset)

    assert len(figures) > SOME
    for figure in figures:
        with Image.open(BytesIO(base64.b64decode(figure.preview()))) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 50


def test_every_table_is_shown_by_its_first_rows(results: DataCatalog) -> None:
    tables = made(results, TableDataset)

    assert len(tables) > SOME
    for table in tables:
        shown = table.preview()
        assert shown["columns"] == list(table.load().columns)
        assert len(shown["data"]) <= 5

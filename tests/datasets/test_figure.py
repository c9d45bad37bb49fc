import base64
import io
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from kedro.io import DatasetError, Version
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from sonolens.datasets import FigureDataset

mpl.use("Agg")


def line(width_in=2.0):
    figure = Figure(figsize=(width_in, 1.0))
    figure.subplots().plot([0, 1])
    return figure


def test_a_figure_becomes_a_png_of_the_asked_resolution(tmp_path):
    dataset = FigureDataset(filepath=str(tmp_path / "f.png"), save_args={"dpi": 50})
    dataset.save(line())

    with Image.open(io.BytesIO(dataset.load())) as picture:
        assert picture.size == (100, 50)


def test_equal_figures_become_equal_bytes_without_a_trace_of_the_program(tmp_path):
    contents = []
    for name in ("a.png", "b.png"):
        FigureDataset(filepath=str(tmp_path / name)).save(line())
        contents.append((tmp_path / name).read_bytes())

    assert contents[0] == contents[1]
    with Image.open(tmp_path / "a.png") as picture:
        assert not {"Software", "Creation Time", "date"} & set(picture.info)


def test_the_figure_is_closed_even_when_saving_fails(tmp_path):
    figure = plt.figure()
    dataset = FigureDataset(filepath=str(tmp_path / "f.png"), save_args={"nonsense": 1})

    with pytest.raises(DatasetError, match="nonsense"):
        dataset.save(figure)

    assert plt.get_fignums() == []
    assert not dataset.exists()


def test_the_preview_is_the_picture(tmp_path):
    dataset = FigureDataset(filepath=str(tmp_path / "f.png"))
    dataset.save(line())

    assert base64.b64decode(dataset.preview()) == (tmp_path / "f.png").read_bytes()
    assert FigureDataset.preview.__annotations__["return"].__name__ == "ImagePreview"


def test_another_format_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"'f\.pdf' does not end in \.svg or \.png"):
        FigureDataset(filepath=str(tmp_path / "f.pdf"))


def test_a_chart_is_drawn_in_lines_and_kedro_viz_sees_a_picture(tmp_path):
    dataset = FigureDataset(
        filepath=str(tmp_path / "f.svg"), save_args={"dpi": 50, "pil_kwargs": {"compress_level": 1}}
    )
    dataset.save(line())

    root = ET.fromstring(dataset.load())  # noqa: S314 - written here
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert (root.get("width"), root.get("height")) == ("144pt", "72pt")
    with Image.open(io.BytesIO(base64.b64decode(dataset.preview()))) as picture:
        assert (picture.format, picture.size) == ("PNG", (100, 50))


def test_equal_charts_become_equal_bytes(tmp_path):
    contents = []
    for name in ("a.svg", "b.svg"):
        FigureDataset(filepath=str(tmp_path / name)).save(line())
        contents.append((tmp_path / name).read_bytes())

    assert contents[0] == contents[1]
    assert b"<dc:date>" not in contents[0]
    assert mpl.__version__.encode() not in contents[0]


def test_every_version_of_a_chart_has_its_own_picture(tmp_path):
    for version, width_in in (("2026-01-01T00.00.00.000Z", 2.0), ("2026-01-02T00.00.00.000Z", 3.0)):
        dataset = FigureDataset(
            filepath=str(tmp_path / "f.svg"), version=Version(None, version), save_args={"dpi": 10}
        )
        dataset.save(line(width_in))

    older = FigureDataset(
        filepath=str(tmp_path / "f.svg"), version=Version("2026-01-01T00.00.00.000Z", None)
    )
    with Image.open(io.BytesIO(base64.b64decode(older.preview()))) as picture:
        assert picture.size == (20, 10)
    assert dataset.list_versions(full_path=False) == [
        "2026-01-02T00.00.00.000Z",
        "2026-01-01T00.00.00.000Z",
    ]

import base64
import io

import matplotlib as mpl
import pytest
from kedro.io import DatasetError
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
    with pytest.raises(DatasetError, match=r"'f\.svg' does not end in \.png"):
        FigureDataset(filepath=str(tmp_path / "f.svg"))

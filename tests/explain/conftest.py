from pathlib import Path

import numpy as np
import pytest
from desk_network import draw_mask, draw_scan, write_desk_network
from PIL import Image

from sonolens.explain import Wanted, explain_files, explain_on_desk, list_given
from sonolens.travel import read_network


@pytest.fixture(scope="session")
def network_file(tmp_path_factory):
    return write_desk_network(tmp_path_factory.mktemp("network") / "tiny.safetensors")


@pytest.fixture(scope="session")
def silent_file(tmp_path_factory):
    return write_desk_network(
        tmp_path_factory.mktemp("network") / "silent.safetensors", silent=True
    )


@pytest.fixture
def save(tmp_path):
    """Saves an array as a picture."""

    def save(pixels: np.ndarray, name: str = "scan.png") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(path)
        return path

    return save


@pytest.fixture
def new_scan(save):
    return save(draw_scan(99))


@pytest.fixture
def new_mask(save):
    return save(255 * draw_mask(), "drawn.png")


@pytest.fixture
def explain(network_file):
    """Explains one scan and returns its document, or why it was left out."""

    def explain(scan, *, mask=None, network=network_file, names="auto", **wanted):
        given = list_given([scan], masks=[] if mask is None else [mask], names=names)
        (found,) = explain_files(given, read_network(network), Wanted(**wanted))
        return getattr(found, "told", found)

    return explain


@pytest.fixture
def at_desk(network_file, tmp_path):
    """Runs the whole way of the command into a folder."""

    def at_desk(
        *scans, masks=(), network=network_file, names="auto", pages=None, out=None, **wanted
    ):
        out = out or tmp_path / "out"
        report = explain_on_desk(
            network,
            scans=scans,
            masks=masks,
            names=names,
            pages=pages,
            out=out,
            wanted=Wanted(**wanted),
        )
        return out, report

    return at_desk

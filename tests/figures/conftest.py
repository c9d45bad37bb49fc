"""One small scan with everything that a figure may show of it."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from drawn import words_beyond_the_page
from matplotlib.figure import Figure

from sonolens.figures.scan_view import ScanView

Make = Callable[..., ScanView]


@pytest.fixture
def make_view() -> Make:
    """A view of 40 x 60 pixels of 0.2 x 0.1 mm, its mass in rows 10-19 and columns 20-34."""

    def make(**changes: object) -> ScanView:
        mask = np.zeros((40, 60), dtype=bool)
        mask[10:20, 20:35] = True
        region_map = np.zeros((40, 60), dtype=np.uint8)
        region_map[7:23, 15:40] = 2
        region_map[23:, 20:35] = 3
        region_map[mask] = 1
        saliency = np.zeros((2, 3), dtype=np.float32)
        saliency[0, 2], saliency[1, 0] = 3.0, -1.0
        facts = {
            "scan_id": "scan-1",
            "scan": np.full((40, 60), 80, dtype=np.uint8),
            "mask": mask,
            "label": "malignant",
            "birads": "4a",
            "spacing_row_mm": 0.2,
            "spacing_col_mm": 0.1,
            "region_map": region_map,
            "saliency": saliency,
            "native_saliency": np.kron(saliency, np.ones((20, 20), dtype=np.float32)),
            "points": {"max": (9.5, 49.5), "min": (29.5, 9.5)},
            "probability": 0.8,
            "threshold": 0.4,
            "ring": "0-5 mm",
        }
        return ScanView(**(facts | changes))

    return make


@pytest.fixture(autouse=True)
def nothing_is_written_beyond_a_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Holds of every figure that any test here draws."""
    figures: list[Figure] = []
    make = Figure.__init__

    def remember(figure: Figure, *args: Any, **kwargs: Any) -> None:
        make(figure, *args, **kwargs)
        figures.append(figure)

    monkeypatch.setattr(Figure, "__init__", remember)
    yield
    assert [cut for figure in figures for cut in words_beyond_the_page(figure)] == []

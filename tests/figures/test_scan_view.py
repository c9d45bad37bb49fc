"""A view refuses what does not belong to its scan and says only what is known."""

import math

import jaxtyping
import numpy as np
import pytest


def test_a_mask_of_another_grid_is_refused(make_view, monkeypatch) -> None:
    # A run does not check shapes; only then does the view's own check speak.
    monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)

    with pytest.raises(ValueError, match="mask of scan 'scan-1' has shape"):
        make_view(mask=np.zeros((60, 40), dtype=bool))


def test_an_unknown_label_is_refused(make_view) -> None:
    with pytest.raises(ValueError, match="has label 'cyst'"):
        make_view(label="cyst")


def test_an_unknown_extreme_is_refused(make_view) -> None:
    with pytest.raises(ValueError, match="has points \\['centre'\\]"):
        make_view(points={"centre": (1.0, 1.0)})


def test_pixels_twice_as_tall_as_wide_double_the_height(make_view) -> None:
    assert make_view().pixel_aspect == 2
    assert make_view().height_over_width == pytest.approx(40 * 2 / 60)


@pytest.mark.parametrize("unknown", [None, math.nan])
def test_half_a_spacing_is_no_spacing(make_view, unknown) -> None:
    view = make_view(spacing_col_mm=unknown)

    assert view.spacing_mm is None
    assert view.pixel_aspect == 1


@pytest.mark.parametrize(
    ("probability", "called"), [(0.39, "benign"), (0.40, "malignant"), (0.41, "malignant")]
)
def test_the_threshold_itself_is_called_malignant(make_view, probability, called) -> None:
    assert make_view(probability=probability, threshold=0.40).called == called


def test_nothing_is_called_without_a_threshold(make_view) -> None:
    assert make_view(threshold=None).called is None

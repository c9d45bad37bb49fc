"""One cell of a scan holds all the evidence: every method must lead back to its place on the native grid."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from settings_of_conf import settings_with
from torch import nn

from sonolens.evaluation.pointing import locate_extremes
from sonolens.models import Recipe, ScanClassifier
from sonolens.saliency import EXPLAINERS, explain_scans
from sonolens.ultrasound import Framing

CELLS, STRIDE = 6, 16
SIDE = CELLS * STRIDE
SIGNED = [name for name, method in EXPLAINERS.items() if method.signed and method.knows_network]
# A square as large as a cell, so that no neighbour is hidden with it; CAMERAS at the scan's own size.
SETTINGS = settings_with(
    occlusion={"window_px": STRIDE, "stride_px": STRIDE},
    cameras={"largest_px": SIDE},
    integrated_gradients={"steps": 4},
    smooth_grad={"samples": 2},
)


@pytest.fixture(scope="module")
def bright_against_dark():
    """A network whose first channel sees bright cells, argues for malignant, and whose second sees dark ones."""
    features = nn.Sequential(nn.Conv2d(3, 2, kernel_size=STRIDE, stride=STRIDE, bias=False))
    features.append(nn.ReLU())
    head = nn.Linear(2, 1)
    with torch.no_grad():
        features[0].weight.zero_()
        features[0].weight[:, 0] = torch.tensor([1.0, -1.0])[:, None, None] / STRIDE**2
        head.weight.copy_(torch.tensor([[5.0, -2.0]]))
        head.bias.fill_(0.5)
    recipe = Recipe(
        network="tiny", adaptation="full", drs_placement="block", drs_bias=False, output_stride=16
    )
    return ScanClassifier(features, head, recipe=recipe).eval()


@pytest.mark.parametrize("extreme", ["max", "min"])
@settings(max_examples=6, deadline=None)
@given(
    cell=st.tuples(st.integers(0, CELLS - 1), st.integers(0, CELLS - 1)),
    cell_px=st.tuples(st.integers(8, 60), st.integers(8, 60)),
)
def test_the_extreme_lies_in_the_one_cell_that_differs(bright_against_dark, extreme, cell, cell_px):
    rows, cols = (slice(at * px, (at + 1) * px) for at, px in zip(cell, cell_px, strict=True))
    native = np.full((CELLS * cell_px[0], CELLS * cell_px[1]), 0 if extreme == "max" else 255)
    native[rows, cols] = 255 if extreme == "max" else 0
    native = native.astype(np.uint8)
    framing = Framing.of(native, size_px=SIDE)

    (batch,) = explain_scans(
        SIGNED,
        bright_against_dark,
        framing.frame_scan(native)[None],
        scan_ids=["planted"],
        run="by hand",
        settings=SETTINGS,
        batch_size=1,
        device="cpu",
    )

    centre = (np.array(cell) + 0.5) * cell_px - 0.5
    for method, maps in batch.maps.items():
        points = locate_extremes(maps[0], on=native.shape, extreme=extreme, rule="cell")
        assert (np.abs(points - centre) < np.array(cell_px) / 2).all(), method
        if EXPLAINERS[method].resolution == "cells":
            np.testing.assert_allclose(points, centre[None], atol=1e-9, err_msg=method)

"""Our maps beside those of well-known packages, where these are installed and right."""

import numpy as np
import pytest
import torch
from settings_of_conf import settings_with
from torch import nn

from sonolens.saliency import EXPLAINERS


class OneColumn(nn.Module):
    """The same network with logits ``[scans, 1]`` and a channel in its scans, as packages want it."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, scans):
        return self.network(scans[:, 0])[:, None]


@pytest.fixture
def seen(small_network, look):
    scans = np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8)
    return look(small_network(0), scans)


@pytest.fixture
def packaged(seen):
    return OneColumn(seen.network), seen.scans[:, None].clone()


def draw(method, seen, **chosen):
    return EXPLAINERS[method].explain(seen, settings_with(**chosen)).numpy()


def close(found, expected, *, within=1e-3):
    np.testing.assert_allclose(found, expected, rtol=within, atol=within * np.abs(expected).max())


def test_grad_cam_is_captums(seen, packaged):
    attribution = pytest.importorskip("captum.attr")
    wrapped, scans = packaged
    seen.network.requires_grad_(True)
    explain = attribution.LayerGradCam(wrapped, wrapped.network.features)

    found = explain.attribute(scans, target=0)

    close(draw("grad_cam", seen), found.detach().numpy()[:, 0])


def test_integrated_gradients_are_captums(seen, packaged):
    attribution = pytest.importorskip("captum.attr")
    wrapped, scans = packaged

    found = attribution.IntegratedGradients(wrapped).attribute(
        scans, baselines=30.0, target=0, n_steps=20
    )

    chosen = {"steps": 20, "baseline_grey": 30.0}
    close(draw("integrated_gradients", seen, integrated_gradients=chosen), found.numpy()[:, 0])


def test_occlusion_is_captums(seen, packaged):
    attribution = pytest.importorskip("captum.attr")
    wrapped, scans = packaged

    found = attribution.Occlusion(wrapped).attribute(
        scans, sliding_window_shapes=(1, 32, 32), strides=(1, 16, 16), baselines=30.0, target=0
    )

    chosen = {"window_px": 32, "stride_px": 16, "fill_grey": 30.0}
    close(draw("occlusion", seen, occlusion=chosen), found.numpy()[:, 0, ::16, ::16])


@pytest.mark.parametrize(("name", "method"), [("CAM", "cam"), ("GradCAM", "grad_cam")])
def test_cam_and_the_positive_part_of_grad_cam_are_torchcams(seen, packaged, name, method):
    methods = pytest.importorskip("torchcam.methods")
    wrapped, scans = packaged
    expected = draw(method, seen)
    where = {"target_layer": wrapped.network.features[-1]}
    if name == "CAM":
        where["fc_layer"] = wrapped.network.head
    wrapped.requires_grad_(True)
    with getattr(methods, name)(wrapped, **where) as extractor:
        logits = wrapped(scans.requires_grad_())
        (found,) = extractor(0, logits, normalized=False)

    # Its Grad-CAM is clipped at zero, its CAM is not.
    lowest = 0 if name == "GradCAM" else None
    close(expected.clip(min=lowest), found.detach().numpy())


def test_grad_cam_pp_is_that_of_pytorch_grad_cam_without_its_epsilon(seen, packaged):
    """The package adds 1e-6 to ``2 g^2 + ...``, which is not small beside ``g^2``; a steep head is."""
    package = pytest.importorskip("pytorch_grad_cam")
    targets = pytest.importorskip("pytorch_grad_cam.utils.model_targets")
    wrapped, scans = packaged
    with torch.no_grad():
        wrapped.network.head.weight.copy_(100 * wrapped.network.head.weight.abs())
    seen = type(seen)(seen.network, seen.scans, seen.scan_ids)
    wrapped.requires_grad_(True)
    with package.GradCAMPlusPlus(wrapped, [wrapped.network.features[-1]]) as explain:
        target = [targets.ClassifierOutputTarget(0)] * 3
        found = explain(scans, targets=target)

    # All weights argue for malignant, so the half for benign is empty; the package stretches maps.
    assert [
        int(each.argmax()) // 64 // 16 * 4 + int(each.argmax()) % 64 // 16 for each in found
    ] == [int(each.argmax()) for each in draw("grad_cam_pp", seen)]

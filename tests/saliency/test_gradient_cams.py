"""``A``: feature maps, ``w``: the head's weights. On networks with average pooling all is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from settings_of_conf import settings_with

from sonolens.saliency import EXPLAINERS

SEEDS = st.integers(0, 2**32 - 1)
laws = settings(max_examples=12, deadline=None)


def draw(method, forward_pass):
    return EXPLAINERS[method].explain(forward_pass, settings_with()).numpy()


def random_scans(seed):
    return np.random.default_rng(seed).integers(0, 256, (3, 32, 48), dtype=np.uint8)


def parts(forward_pass):
    return forward_pass.activations.numpy(), forward_pass.network.head.weight[0].numpy()


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("method", ["grad_cam", "hires_cam", "layer_cam"])
@given(seed=SEEDS)
@laws
def test_behind_average_pooling_it_is_cam_over_the_number_of_cells(
    method, seed, small_network, look
):
    forward_pass = look(small_network(seed), random_scans(seed))

    close(6 * draw(method, forward_pass), draw("cam", forward_pass))


@given(seed=SEEDS)
@laws
def test_behind_average_pooling_grad_cam_pp_is_cam_with_strong_channels_damped(
    seed, small_network, look
):
    forward_pass = look(small_network(seed), random_scans(seed))
    maps, weights = parts(forward_pass)

    damped = weights / (2 + np.abs(weights) * maps.mean(axis=(2, 3)))
    close(draw("grad_cam_pp", forward_pass), np.einsum("nk,nkij->nij", damped, maps))


@given(seed=SEEDS)
@laws
def test_behind_squares_each_method_is_its_own(seed, square_pooling_network, look):
    """The logit is the mean of ``w A A``, so its derivative is ``2 w A / cells`` (here 6)."""
    forward_pass = look(square_pooling_network(seed), random_scans(seed))
    maps, weights = parts(forward_pass)
    gradients = 2 * weights[:, None, None] * maps / 6

    mean = gradients.mean(axis=(2, 3))
    close(draw("grad_cam", forward_pass), np.einsum("nk,nkij->nij", mean, maps))
    close(draw("hires_cam", forward_pass), (gradients * maps).sum(axis=1))
    close(draw("layer_cam", forward_pass), (gradients * maps).sum(axis=1))
    damped = gradients / (2 + np.abs(gradients) * maps.sum(axis=(2, 3), keepdims=True))
    close(
        draw("grad_cam_pp", forward_pass),
        np.einsum("nk,nkij->nij", damped.sum(axis=(2, 3)), maps),
    )


def test_grad_cam_is_signed_where_its_authors_clip(two_channel_network, normalised_red, look):
    scan = np.array([[[0, 255]]], dtype=np.uint8)

    saliency = draw("grad_cam", look(two_channel_network, scan))

    np.testing.assert_allclose(saliency, -3 * normalised_red(scan) / 2, rtol=1e-5)
    assert saliency.min() < 0 < saliency.max()


def test_no_derivative_goes_through_the_trunk(small_network, look, scans):
    forward_pass = look(small_network(0), scans)

    assert forward_pass.activations.grad_fn is None
    assert forward_pass.gradients.shape == forward_pass.activations.shape
    assert not forward_pass.gradients.requires_grad

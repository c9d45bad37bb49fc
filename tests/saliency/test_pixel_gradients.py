import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from settings_of_conf import settings_with

from sonolens.models import build_network
from sonolens.saliency import EXPLAINERS, explain_scans, predict_even_grey

SLOPE = -3 / 0.229 / 255 / 6
"""What one grey level more in one of six pixels does to the logit of the two-channel network."""

SCAN = np.array([[[0, 255, 100], [200, 50, 255]]], dtype=np.uint8)


def integrate(forward_pass, **chosen):
    fitting = settings_with(integrated_gradients=chosen)
    return EXPLAINERS["integrated_gradients"].explain(forward_pass, fitting).numpy()


def smooth(forward_pass, *, seed=0, **chosen):
    fitting = settings_with(smooth_grad=chosen, seed=seed)
    return EXPLAINERS["smooth_grad"].explain(forward_pass, fitting).numpy()


def random_scans(seed):
    return np.random.default_rng(seed).integers(0, 256, (2, 32, 32), dtype=np.uint8)


@pytest.mark.parametrize("steps", [1, 4])
def test_a_linear_network_gives_slope_times_change(two_channel_network, look, steps):
    saliency = integrate(look(two_channel_network, SCAN), steps=steps, baseline_grey=40.0)

    np.testing.assert_allclose(saliency, SLOPE * (SCAN - 40.0), rtol=1e-4)


@given(seed=st.integers(0, 2**32 - 1), grey=st.floats(0, 255))
@settings(max_examples=6, deadline=None)
def test_integrated_gradients_share_out_what_the_logit_gained(seed, grey, small_network, look):
    network, scans = small_network(seed), random_scans(seed)
    forward_pass = look(network, scans)
    empty = look(network, np.full((1, 32, 32), grey, dtype=np.float32))
    gained = (forward_pass.logits - empty.logits).numpy()

    sums = integrate(forward_pass, steps=300, baseline_grey=grey).sum(axis=(1, 2))

    assert np.abs(sums - gained).max() <= 0.01 * max(1, np.abs(gained).max())


def test_what_is_as_dark_as_the_baseline_gets_no_evidence(small_network, look):
    scans = random_scans(1)
    scans[:, :8] = 0

    saliency = integrate(look(small_network(1), scans), steps=5)

    assert not saliency[:, :8].any()
    assert (saliency[:, 8:] != 0).mean() > 0.9


def test_noise_is_no_matter_to_a_linear_network(two_channel_network, look):
    saliency = smooth(look(two_channel_network, SCAN), samples=3, noise_share=0.5)

    np.testing.assert_allclose(saliency, np.full((1, 2, 3), SLOPE), rtol=1e-4)


def test_without_noise_it_is_the_gradient(small_network, look):
    network, scans = small_network(2), random_scans(2).astype(np.float32)
    saliency = smooth(look(network, scans), samples=1, noise_share=0.0)
    row, col = np.unravel_index(np.abs(saliency[0]).argmax(), saliency[0].shape)

    changed = scans.repeat(2, axis=0)[:2].copy()
    changed[:, row, col] += [0.01, -0.01]
    higher, lower = look(network.double(), changed).logits.tolist()

    assert saliency[0, row, col] == pytest.approx((higher - lower) / 0.02, rel=0.05)


def test_the_noise_is_a_share_of_each_scans_own_grey_range(monkeypatch, small_network, look):
    scans = np.zeros((2, 32, 32), dtype=np.uint8)
    scans[1] = 50  # its darkest grey is its own too
    scans[0, 0, 0], scans[1, 0, 0] = 100, 250
    network = small_network(0)
    seen, forward = [], network.forward
    monkeypatch.setattr(network, "forward", lambda noisy: (seen.append(noisy), forward(noisy))[1])

    smooth(look(network, scans), samples=20, noise_share=0.1)

    noise = torch.stack(seen).detach().numpy() - scans
    assert len(noise) == 20
    np.testing.assert_allclose(noise.std(axis=(0, 2, 3)), [10, 20], rtol=0.02)
    np.testing.assert_allclose(noise.mean(axis=(0, 2, 3)), [0, 0], atol=0.5)
    assert not np.array_equal(noise[0], noise[1])


def test_the_noise_belongs_to_the_scan_and_the_seed(small_network, look):
    scans = random_scans(3)
    network = small_network(3)

    both = smooth(look(network, scans, ["a", "b"]), samples=2)
    alone = smooth(look(network, scans[1:], ["b"]), samples=2)
    reseeded = smooth(look(network, scans, ["a", "b"]), samples=2, seed=1)

    np.testing.assert_allclose(both[1:], alone, rtol=1e-3, atol=1e-6)
    assert np.abs(both - reseeded).max() > 0.01 * np.abs(both).max()


def missed(*, steps, grey):
    network = build_network("tiny", adaptation="full", weights="none", seed=0)
    scans = np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8)
    chosen = settings_with(integrated_gradients={"steps": steps, "baseline_grey": grey})
    (batch,) = explain_scans(
        ["integrated_gradients"],
        network,
        scans,
        scan_ids=list("abc"),
        run="r",
        settings=chosen,
        batch_size=3,
        device="cpu",
    )
    baseline = predict_even_grey(network, grey=grey, size_px=64, device="cpu")
    sums = batch.maps["integrated_gradients"].sum(axis=(1, 2))
    return np.abs(sums - (batch.logits - baseline))


@pytest.mark.parametrize("grey", [0.0, 114.5])
def test_integrated_gradients_add_up_with_many_steps_and_less_so_with_one(grey):
    fine, coarse = missed(steps=64, grey=grey), missed(steps=1, grey=grey)

    assert fine.max() < 0.02
    assert fine.max() < coarse.max()


def test_the_noise_of_smooth_grad_belongs_to_the_scan_by_its_name(small_network, look):
    twice = np.repeat(random_scans(3)[:1], 2, axis=0)
    first, second = smooth(look(small_network(3), twice, ["a", "b"]), samples=2, noise_share=0.2)
    (alone,) = smooth(look(small_network(3), twice[:1], ["b"]), samples=2, noise_share=0.2)

    assert not np.allclose(first, second, rtol=1e-3)
    np.testing.assert_allclose(alone, second, rtol=1e-3, atol=1e-6)

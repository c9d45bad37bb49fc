import numpy as np
import pytest
import torch
from settings_of_conf import settings_with
from torch import nn

from sonolens.models import predict_logits
from sonolens.saliency import EXPLAINERS, check_identity


@pytest.fixture
def maps_of(look):
    def draw(network, scans):
        return EXPLAINERS["cam"].explain(look(network, scans), settings_with()).numpy()

    return draw


def test_a_map_adds_up_to_the_logit(maps_of, random_network, scans):
    maps = maps_of(random_network, scans)
    logits = predict_logits(random_network, scans, batch_size=2, device="cpu")

    np.testing.assert_allclose(maps.mean(axis=(1, 2)) + 0.75, logits, rtol=1e-5, atol=1e-5)


def test_a_map_can_be_written_down_by_hand(maps_of, two_channel_network, normalised_red):
    scan = np.array([[[0, 255, 100], [200, 50, 255]]], dtype=np.uint8)

    maps = maps_of(two_channel_network, scan)

    np.testing.assert_allclose(maps, -3 * normalised_red(scan), rtol=1e-5)
    assert maps.min() < 0 < maps.max()


def test_the_bias_is_not_in_the_map(maps_of, random_network, scans):
    before = maps_of(random_network, scans)

    with torch.no_grad():
        random_network.head.bias.add_(10)

    assert np.array_equal(maps_of(random_network, scans), before)


@pytest.mark.parametrize("factor", [-1.0, 2.0, 2.0**20])  # rounding grows with the logit
def test_a_head_times_a_factor_gives_the_map_times_that_factor(
    maps_of, random_network, scans, factor
):
    before = maps_of(random_network, scans)

    with torch.no_grad():
        random_network.head.weight.mul_(factor)

    np.testing.assert_allclose(maps_of(random_network, scans), factor * before, rtol=1e-6)


def test_permuted_scans_give_permuted_maps(maps_of, random_network, scans):
    order = [3, 0, 4, 1, 2]
    maps = maps_of(random_network, scans)

    np.testing.assert_allclose(
        maps_of(random_network, scans[order]), maps[order], rtol=1e-4, atol=1e-5
    )


def test_rows_and_columns_of_a_map_are_those_of_its_scan(maps_of, random_network, scans):
    cell = 16 if random_network.recipe.network == "tiny" else 32

    assert maps_of(random_network, scans).shape == (5, 64 // cell, 96 // cell)


def test_a_network_that_pools_otherwise_is_refused(maps_of, square_pooling_network, scans):
    with pytest.raises(ValueError, match=r"tiny does not end in .*: its maps and its logits are"):
        maps_of(square_pooling_network(1), scans)


def test_a_network_with_a_deep_head_is_refused(maps_of, small_network, scans):
    network = small_network(1)
    network.head = nn.Sequential(nn.Linear(16, 4), nn.ReLU(), nn.Linear(4, 1))

    with pytest.raises(ValueError, match=r"its head is a Sequential; .* grad_cam for any"):
        maps_of(network, scans)


MAPS = np.array([[[1.0, 3.0]], [[-4.0, 2.0]]], dtype=np.float32)


def check(logits, tolerance=1e-4, maps=MAPS):
    check_identity(
        maps, bias=0.5, logits=np.array(logits), scan_ids=["first", "second"], tolerance=tolerance
    )


def test_maps_that_add_up_pass():
    check([2.5, -0.5])
    check([2.5, -0.5 + 0.9e-4])
    check([2.0, -0.5], tolerance=0.25)  # a quarter of 2 apart, to the bit


def test_rounding_may_grow_with_a_logit_beyond_one():
    check([2.5 + 2.4e-4, -0.5])
    with pytest.raises(ValueError, match=r"scan first .* where 0\.00025 is allowed"):
        check([2.5 + 2.6e-4, -0.5])


def test_the_first_scan_that_does_not_add_up_is_named():
    said = r"scan second adds up to -0\.5 but its logit is -0\.4988, 0\.0012 apart where 0\.0001 is"
    with pytest.raises(ValueError, match=said):
        check([2.5, -0.4988])


def test_the_tolerance_is_the_same_for_every_logit_up_to_one_and_in_both_directions():
    check([2.5, -0.5 - 0.9e-4])
    for logit in (-0.5 - 1.1e-4, -0.5 + 1.1e-4):
        with pytest.raises(ValueError, match="scan second"):
            check([2.5, logit])


@pytest.mark.parametrize("cell", [np.nan, -np.inf])
def test_an_undefined_map_is_refused(cell):
    maps = MAPS.copy()
    maps[1, 0, 1] = cell

    with pytest.raises(ValueError, match="scan second holds infinite or undefined values"):
        check([2.5, -0.5], maps=maps)


@pytest.mark.parametrize("logit", [np.nan, np.inf])
def test_an_undefined_logit_is_refused(logit):
    with pytest.raises(ValueError, match=r"scan first adds up to 2\.5 but its logit is"):
        check([logit, -0.5])

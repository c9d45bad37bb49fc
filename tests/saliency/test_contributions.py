import numpy as np
import pytest
import torch
from settings_of_conf import settings_with

from sonolens.models import predict_logits
from sonolens.saliency import EXPLAINERS, strongest_channels

SCAN = np.array([[0, 255, 100], [200, 50, 255]], dtype=np.uint8)


def test_the_channel_that_moves_the_logit_most_comes_first(two_channel_network, normalised_red):
    strongest = strongest_channels(two_channel_network, SCAN, count=2)
    red = normalised_red(SCAN)

    assert strongest.channels.tolist() == [1, 0]
    assert strongest.weights.tolist() == [5.0, 2.0]
    np.testing.assert_allclose(strongest.maps, [-red, red], rtol=1e-5)
    np.testing.assert_allclose(
        strongest.contributions, [-5 * red.mean(), 2 * red.mean()], rtol=1e-4
    )
    np.testing.assert_allclose(strongest.saliency, -3 * red, rtol=1e-5)
    assert strongest.bias == 3.0
    assert strongest.logit == pytest.approx(3 - 3 * red.mean(), rel=1e-5)


def test_a_small_weight_on_a_strong_channel_can_win(two_channel_network):
    with torch.no_grad():
        two_channel_network.features[0].weight[0, 0] *= 10

    strongest = strongest_channels(two_channel_network, SCAN, count=1)

    assert strongest.channels.tolist() == [0]
    assert strongest.maps.shape == (1, 2, 3)


def test_channels_that_contribute_equally_come_in_their_own_order(two_channel_network):
    """Each of 64 channels is the same map; every other one weighs twice as much, for or against."""
    channels = 64
    weights = torch.tensor([2.0, 1.0, -2.0, -1.0]).repeat(channels // 4)
    two_channel_network.features[0] = torch.nn.Conv2d(3, channels, kernel_size=1, bias=False)
    two_channel_network.head = torch.nn.Linear(channels, 1)
    with torch.no_grad():
        two_channel_network.features[0].weight.fill_(0.5)
        two_channel_network.head.weight.copy_(weights[None])

    strongest = strongest_channels(two_channel_network, SCAN, count=channels)

    assert strongest.channels.tolist() == [*range(0, channels, 2), *range(1, channels, 2)]


def test_all_channels_and_the_bias_add_up_to_the_logit(random_network, scans):
    channels = random_network.head.in_features

    whole = strongest_channels(random_network, scans[0], count=channels)

    logit = predict_logits(random_network, scans[:1], batch_size=1, device="cpu")[0]
    total = np.tensordot(whole.weights, whole.maps, axes=1)
    assert whole.contributions.sum() + whole.bias == pytest.approx(logit, rel=1e-4, abs=1e-5)
    assert whole.logit == pytest.approx(logit, rel=1e-4, abs=1e-5)
    np.testing.assert_allclose(total, whole.saliency, rtol=1e-4, atol=1e-5)
    assert (np.diff(np.abs(whole.contributions)) <= 0).all()


def test_the_whole_is_the_class_activation_map(random_network, scans, look):
    strongest = strongest_channels(random_network, scans[0], count=1)

    forward_pass = look(random_network, scans[:1])
    expected = EXPLAINERS["cam"].explain(forward_pass, settings_with()).numpy()[0]
    np.testing.assert_allclose(strongest.saliency, expected, rtol=1e-4, atol=1e-5)


def test_the_network_is_left_in_training_mode(random_network, scans):
    modes = [module.training for module in random_network.modules()]

    strongest_channels(random_network, scans[0], count=1)

    assert [module.training for module in random_network.modules()] == modes


@pytest.mark.parametrize("count", [0, 3])
def test_a_count_beyond_the_channels_is_refused(two_channel_network, count):
    with pytest.raises(ValueError, match=f"count is {count}, but the network has 2 channels"):
        strongest_channels(two_channel_network, SCAN, count=count)

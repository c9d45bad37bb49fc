import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from settings_of_conf import settings_with
from torch.nn.functional import interpolate

from sonolens.saliency import EXPLAINERS, channel_cams

SEEDS = st.integers(0, 2**32 - 1)
laws = settings(max_examples=10, deadline=None)
SCAN = np.array([[[0, 255, 100], [200, 50, 255]]], dtype=np.uint8)


def draw(method, forward_pass, **score_cam):
    return EXPLAINERS[method].explain(forward_pass, settings_with(score_cam=score_cam)).numpy()


def random_scans(seed, side=32):
    return np.random.default_rng(seed).integers(0, 256, (3, side, side + 16), dtype=np.uint8)


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def test_score_cam_can_be_written_down_by_hand(two_channel_network, normalised_red, look):
    """Channel 0 shows the scan through itself stretched to 0..1, channel 1 through its negative."""
    through_0 = 40 + SCAN / 255 * (SCAN - 40.0)
    through_1 = 40 + (1 - SCAN / 255) * (SCAN - 40.0)
    changes = [
        -3 * (normalised_red(seen).mean() - normalised_red(40)) for seen in (through_0, through_1)
    ]

    saliency = draw("score_cam", look(two_channel_network, SCAN), baseline_grey=40.0)

    red = normalised_red(SCAN)
    np.testing.assert_allclose(saliency, changes[0] * red - changes[1] * red, rtol=1e-4, atol=1e-5)


def test_the_channels_that_move_the_logit_most_are_asked_first(
    two_channel_network, normalised_red, look
):
    """Channel 1 has the larger weight; channel 0, with map and weight changed, the larger sum."""
    forward_pass = look(two_channel_network, SCAN)
    first = draw("score_cam", forward_pass, channels=1, baseline_grey=0.0)
    both = draw("score_cam", forward_pass, channels=2, baseline_grey=0.0)

    through_1 = (1 - SCAN / 255) * SCAN
    change = -3 * (normalised_red(through_1).mean() - normalised_red(0))
    np.testing.assert_allclose(first, change * -normalised_red(SCAN), rtol=1e-4, atol=1e-5)
    assert np.abs(both - first).max() > 0.01


def test_a_channel_of_large_cells_is_shown_without_their_edges_and_each_scan_by_itself(
    small_network, look
):
    scans = random_scans(6)
    forward_pass = look(small_network(6), scans)
    shown, expected = torch.as_tensor(scans).float(), 0.0
    empty = forward_pass.network(torch.full_like(shown[:1], 40.0))
    for maps in forward_pass.activations.unbind(dim=1):
        wide = interpolate(maps[:, None], size=scans.shape[1:], mode="bilinear")[:, 0]
        ends = [
            torch.stack([end(each) for each in wide])[:, None, None]
            for end in (torch.min, torch.max)
        ]
        through = (wide - ends[0]) / (ends[1] - ends[0]).clamp(min=1e-9)
        change = forward_pass.network(40.0 + through * (shown - 40.0)) - empty
        expected += change[:, None, None] * maps

    close(draw("score_cam", forward_pass, baseline_grey=40.0), expected.detach().numpy())


@given(seed=SEEDS)
@laws
def test_a_channel_moves_the_logit_by_its_map_times_what_the_logit_gains_by_it(
    seed, small_network, look
):
    forward_pass = look(small_network(seed), random_scans(seed))
    maps, gains = (each.numpy() for each in (forward_pass.activations, forward_pass.gradients))
    moves = np.abs((maps * gains).sum(axis=(2, 3)))
    assume((np.diff(np.sort(moves, axis=1))[:, -1] > 1e-3 * moves.max(axis=1)).all())

    drawn = draw("score_cam", forward_pass, channels=1, baseline_grey=0.0)

    for saliency, of_scan, strongest in zip(drawn, maps, moves.argmax(axis=1), strict=True):
        change = (saliency * of_scan[strongest]).sum() / (of_scan[strongest] ** 2).sum()
        close(saliency, change * of_scan[strongest])


def test_a_level_channel_says_nothing(two_channel_network, look):
    level = np.full((2, 4, 4), 130, dtype=np.uint8)

    assert not draw("score_cam", look(two_channel_network, level)).any()


def test_only_channels_that_say_something_of_a_scan_cost_a_pass(two_channel_network, look):
    scans = np.concatenate([SCAN, np.full_like(SCAN, 90), SCAN])
    alone = draw("score_cam", look(two_channel_network, SCAN))
    forward_pass = look(two_channel_network, scans)
    sizes = []
    forward_pass.network.features.register_forward_hook(
        lambda _module, inputs, _output: sizes.append(len(inputs[0]))
    )
    saliency = draw("score_cam", forward_pass)

    # All scans once for their maps, an empty one, then two scans with two channels, no more than three at once.
    assert sizes == [3, 1, 3, 1]
    close(saliency, np.concatenate([alone, np.zeros_like(alone), alone]))


def test_more_channels_than_there_are_are_refused(two_channel_network, look):
    with pytest.raises(ValueError, match=r"score_cam\.channels is 3, but the network has 2"):
        draw("score_cam", look(two_channel_network, SCAN), channels=3)


@given(seed=SEEDS)
@laws
def test_behind_average_pooling_switching_a_channel_off_loses_its_contribution(
    seed, small_network, look
):
    forward_pass = look(small_network(seed), random_scans(seed))
    maps, weights = forward_pass.activations.numpy(), forward_pass.network.head.weight[0].numpy()

    lost = weights * maps.mean(axis=(2, 3))
    close(draw("ablation_cam", forward_pass), np.einsum("nk,nkij->nij", lost, maps))


def test_behind_squares_switching_a_channel_off_loses_its_square(square_pooling_network, look):
    forward_pass = look(square_pooling_network(3), random_scans(3))
    maps, weights = forward_pass.activations.numpy(), forward_pass.network.head.weight[0].numpy()

    lost = weights * (maps**2).mean(axis=(2, 3))
    close(draw("ablation_cam", forward_pass), np.einsum("nk,nkij->nij", lost, maps))


def test_a_negative_logit_does_not_turn_the_ablation_map_over(small_network, look):
    network = small_network(5)
    before = draw("ablation_cam", look(network, random_scans(5)))

    with torch.no_grad():
        network.head.bias.sub_(1000)
    after = look(network, random_scans(5))

    assert (after.logits < 0).all()
    np.testing.assert_allclose(draw("ablation_cam", after), before, rtol=0.01, atol=0.01)


@pytest.mark.parametrize("held", [1, 1 << 28], ids=["one channel at a time", "all at once"])
def test_switching_off_one_by_one_finds_what_is_known_of_average_pooling(
    monkeypatch, small_network, look, held
):
    forward_pass = look(small_network(2), random_scans(2))
    known = draw("ablation_cam", forward_pass)

    monkeypatch.setattr(channel_cams, "ABLATED_BYTES", held)
    monkeypatch.setattr(
        channel_cams, "why_not_linear", lambda _forward_pass: "to see the other way"
    )

    close(draw("ablation_cam", forward_pass), known)


@pytest.mark.parametrize("side", [32, 80], ids=["fewer-cells-than-channels", "more-cells"])
@given(seed=SEEDS)
@laws
def test_eigen_cam_is_the_projection_on_the_first_singular_vector(side, seed, small_network, look):
    forward_pass = look(small_network(seed), random_scans(seed, side))

    for saliency, maps in zip(
        draw("eigen_cam", forward_pass), forward_pass.activations.double().numpy(), strict=True
    ):
        matrix = maps.reshape(16, -1).T
        vector = np.linalg.svd(matrix, full_matrices=False)[2][0]
        projected = (matrix @ vector).reshape(maps.shape[1:])
        close(saliency, projected * np.sign(projected.sum()))


@pytest.mark.parametrize("cells", [2, 6], ids=["as-many-cells-as-channels", "more-cells"])
def test_eigen_cam_of_weak_feature_maps_is_as_much_weaker(cells, two_channel_network, look):
    scan = SCAN.reshape(1, 1, 6)[:, :, :cells]
    before = draw("eigen_cam", look(two_channel_network, scan))
    with torch.no_grad():
        for each in two_channel_network.features[0].parameters():
            each.mul_(0.001)

    close(1000 * draw("eigen_cam", look(two_channel_network, scan)), before)


@pytest.mark.parametrize("strength", [1.0, 1e-4], ids=["", "faint"])
@pytest.mark.parametrize("seed", range(4))
def test_eigen_cam_never_argues_for_benign(seed, strength, small_network, look):
    forward_pass = look(small_network(seed), random_scans(seed))
    # What a pass has kept is what methods are given.
    forward_pass.__dict__["activations"] = strength * forward_pass.activations

    saliency = draw("eigen_cam", forward_pass)
    assert (saliency >= -1e-4 * strength).all()
    assert saliency.max() > 0


def test_eigen_cam_of_silent_feature_maps_is_silent(two_channel_network, look):
    with torch.no_grad():
        two_channel_network.features[0].weight.zero_()

    assert not draw("eigen_cam", look(two_channel_network, SCAN)).any()

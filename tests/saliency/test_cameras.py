import numpy as np
import pytest
import torch
from settings_of_conf import settings_with
from torch.nn.functional import interpolate

from sonolens.saliency import EXPLAINERS

SIDES = (32, 48, 64)


def draw(forward_pass, **cameras):
    return EXPLAINERS["cameras"].explain(forward_pass, settings_with(cameras=cameras)).numpy()


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


def logits_at(look, network, scan, side):
    size = (side, round(1.5 * side))
    enlarged = interpolate(scan[None, None].float(), size=size, mode="bicubic")[0]
    return look(network, enlarged if side != len(scan) else scan[None])


def as_published(look, network, scan):
    """Resize maps and derivatives channel by channel, average both, multiply; before ReLU."""
    seen = [logits_at(look, network, scan, side) for side in SIDES]
    agree = [each for each in seen if (each.logits > 0) == (seen[0].logits > 0)]
    size = tuple(scan.shape)
    maps = [interpolate(each.activations, size=size, mode="bilinear") for each in agree]
    slopes = [interpolate(each.gradients, size=size, mode="bilinear") for each in agree]
    mean = sum(maps) / len(agree) * (sum(slopes) / len(agree))
    return mean.sum(dim=1)[0].numpy(), len(agree)


@pytest.fixture
def scan():
    generator = torch.Generator().manual_seed(4)
    return torch.randint(0, 256, (32, 48), generator=generator, dtype=torch.uint8)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_is_the_published_algorithm_before_its_clipping(small_network, look, scan, seed):
    expected, _ = as_published(look, small_network(seed), scan)

    close(draw(look(small_network(seed), scan[None]), largest_px=64, step_px=16)[0], expected)


def test_a_size_that_turns_the_call_over_does_not_count(small_network, look, scan):
    network = small_network(1)
    own, *larger = (logits_at(look, network, scan, side).logits.item() for side in SIDES)
    with torch.no_grad():
        network.head.bias.fill_(-(own + larger[0]) / 2)
    expected, used = as_published(look, network, scan)

    assert used < len(SIDES)
    close(draw(look(network, scan[None]), largest_px=64, step_px=16)[0], expected)


@pytest.mark.parametrize("largest_px", [1, 32, 47])
def test_a_single_size_gives_cam_over_its_cells_resized(small_network, look, scan, largest_px):
    forward_pass = look(small_network(0), scan[None])
    saliency = EXPLAINERS["cam"].explain(forward_pass, settings_with())

    resized = interpolate(saliency[None] / 6, size=(32, 48), mode="bilinear")[0]
    close(draw(forward_pass, largest_px=largest_px, step_px=16), resized.numpy())


def test_scans_are_judged_one_by_one_in_parts_of_a_batch(small_network, look, scan):
    others = [scan.flip(0), scan, 255 - scan]
    together = draw(look(small_network(0), torch.stack(others)), largest_px=80, step_px=16)

    for found, other in zip(together, others, strict=True):
        alone = draw(look(small_network(0), other[None]), largest_px=80, step_px=16)[0]
        np.testing.assert_allclose(found, alone, rtol=1e-3, atol=1e-5)


def test_no_call_holds_more_pixels_than_the_batch(monkeypatch, small_network, look, scan):
    network = small_network(0)
    sizes = []
    trunk = network.features.forward
    monkeypatch.setattr(
        network.features,
        "forward",
        lambda colours: (sizes.append(colours.shape), trunk(colours))[1],
    )

    draw(look(network, torch.stack([scan] * 6)), largest_px=64, step_px=16)

    # Of 32 x 48 pixels, six hold as many as 2.7 of 48 x 72, or 1.5 of 64 x 96.
    assert [(count, rows) for count, _, rows, _ in sizes] == [
        (6, 32), *[(2, 48)] * 3, *[(1, 64)] * 6
    ]  # fmt: skip


def test_a_network_that_is_not_for_cam_is_refused(square_pooling_network, look, scan):
    with pytest.raises(ValueError, match="does not end in global average pooling"):
        draw(look(square_pooling_network(0), scan[None]), largest_px=32, step_px=16)


def test_a_trunk_that_takes_one_size_only_is_refused_by_name(look, own_network):
    network = own_network(lambda maps: maps + torch.zeros(8, 8), side=32)
    scans = torch.zeros(1, 32, 32)

    with pytest.raises(
        ValueError,
        match=r"cameras shows scans at 48 x 48 px, where the trunk of .* \(RuntimeError\)",
    ):
        draw(look(network, scans), largest_px=64, step_px=16)

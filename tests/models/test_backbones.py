import pytest
import torch
from torchvision.models import resnet18

from sonolens.models import build_network


def states_equal(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def build_tiny(seed):
    return build_network("tiny", adaptation="full", weights="none", seed=seed)


def test_a_seed_decides_every_random_weight():
    assert states_equal(build_tiny(3), build_tiny(3))
    assert not torch.equal(build_tiny(3).head.weight, build_tiny(4).head.weight)


def test_building_leaves_the_global_generator_alone():
    before = torch.get_rng_state()

    build_tiny(3)

    assert torch.equal(torch.get_rng_state(), before)


def test_tiny_has_a_few_thousand_weights():
    convolutions = 9 * (3 * 8 + 8 * 8 + 8 * 16 + 16 * 16)
    norms = 2 * (8 + 8 + 16 + 16)
    head = 16 + 1

    total = sum(weight.numel() for weight in build_tiny(0).parameters())

    assert total == convolutions + norms + head == 4361


def test_the_trunk_computes_what_torchvision_computes(tmp_path):
    peer = resnet18(weights=None).eval()
    torch.save(peer.state_dict(), tmp_path / "peer.pt")
    ours = build_network("resnet18", adaptation="full", weights=tmp_path / "peer.pt", seed=0).eval()
    peer.fc = ours.head
    scans = torch.rand(2, 64, 64, generator=torch.Generator().manual_seed(0)) * 255
    colours = (scans[:, None] - ours.grey_mean) / ours.grey_std

    with torch.inference_mode():
        torch.testing.assert_close(ours(scans), peer(colours)[:, 0], rtol=1e-4, atol=1e-5)


def test_an_unknown_network_names_the_known_ones():
    with pytest.raises(ValueError, match=r"'vgg' is unknown; choose from tiny, resnet18"):
        build_network("vgg", adaptation="full", weights="none", seed=0)

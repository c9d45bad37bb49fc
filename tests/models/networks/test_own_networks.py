import numpy as np
import pytest
import torch
from torch import nn

from sonolens.models import (
    Recipe,
    ScanClassifier,
    allow_own_networks,
    build_network,
    count_parts,
    pack_weights,
    predict_logits,
    randomise_cascade,
    rebuild_network,
    receptive_field_px,
)
from sonolens.models.networks import own_networks
from sonolens.models.networks.own_networks import OwnNetwork

SIZE_PX = 48
SCANS = np.random.default_rng(0).integers(0, 256, (3, SIZE_PX, SIZE_PX), dtype=np.uint8)


@pytest.fixture
def allow(monkeypatch):
    """Allow networks by what builds them."""

    def allow_builders(**builders):
        allowed = {
            name: OwnNetwork(name, build, size_px=SIZE_PX) for name, build in builders.items()
        }
        monkeypatch.setattr(own_networks, "_allowed", allowed)

    return allow_builders


def build(name="mine", adaptation="full", seed=0, **options):
    return build_network(name, adaptation=adaptation, weights="own", seed=seed, **options).eval()


def logits(network):
    return predict_logits(network, SCANS, batch_size=2, device="cpu")


@pytest.mark.parametrize("gives", ["convolutions", "grid"])
def test_the_mean_of_the_signed_map_and_the_bias_are_the_logit(
    allow, small_trunk, token_trunk, gives
):
    allow(mine=small_trunk if gives == "convolutions" else token_trunk("grid"))
    network = build()

    with torch.no_grad():
        maps = network.activations(torch.tensor(SCANS))
        signed = torch.einsum("k,nkij->nij", network.head.weight[0], maps)

    assert np.allclose(signed.mean(dim=(1, 2)) + network.bias, logits(network), atol=1e-5)


def test_what_is_measured_of_a_trunk_is_told_of_its_network(allow, small_trunk):
    allow(mine=small_trunk)
    network = build()

    assert network.recipe.output_stride == 4
    assert network.head.in_features == 5
    assert receptive_field_px(network) == 7
    assert network.has_maps


def test_the_seed_draws_the_trunk_and_leaves_the_global_generator_alone(allow, small_trunk):
    allow(mine=small_trunk)
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)

    one, same, other = build(seed=1), build(seed=1), build(seed=2)

    assert torch.equal(torch.rand(1), expected)
    assert np.array_equal(logits(one), logits(same))
    assert not np.array_equal(logits(one), logits(other))


def test_two_networks_of_one_module_share_nothing(allow):
    shared = nn.Conv2d(3, 4, 4, stride=4)
    allow(mine=lambda: shared)
    one, other = build(), build()
    before = logits(other)

    with torch.no_grad():
        one.features.trunk.weight.add_(1)

    assert np.array_equal(logits(other), before)


@pytest.mark.parametrize("gives", ["grid", "class"])
@pytest.mark.parametrize("adaptation", ["full", "linear_probe"])
def test_a_packed_network_is_rebuilt_to_the_last_bit(allow, token_trunk, gives, adaptation):
    allow(mine=token_trunk(gives))
    network = build(adaptation=adaptation, seed=5)

    rebuilt = rebuild_network(pack_weights(network, size_px=SIZE_PX, header_extra={}))

    assert np.array_equal(logits(rebuilt), logits(network))
    assert rebuilt.has_maps == network.has_maps


def test_weights_that_layers_share_are_packed(allow):
    def tied():
        trunk = nn.Sequential(nn.Conv2d(3, 3, 4, stride=4), nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1))
        trunk[2].weight = trunk[1].weight
        return trunk

    allow(mine=tied)
    tensors = pack_weights(build(), size_px=SIZE_PX, header_extra={}).tensors

    assert len({tensor.data_ptr() for tensor in tensors.values()}) == len(tensors)


def test_a_weights_file_builds_nothing_that_is_not_named(allow, small_trunk):
    allow(mine=small_trunk)
    weights = pack_weights(build(), size_px=SIZE_PX, header_extra={})
    allow()

    with pytest.raises(ValueError, match="whose code is in no weights file; name what builds it"):
        rebuild_network(weights)

    assert np.array_equal(
        logits(rebuild_network(weights, constructor=small_trunk)),
        logits(rebuild_network(weights, constructor=small_trunk)),
    )
    assert not any("conftest" in told or "convolutions" in told for told in weights.header.values())


def test_another_trunk_than_the_packed_one_is_found_out(allow, small_trunk):
    allow(mine=small_trunk)
    weights = pack_weights(build(), size_px=SIZE_PX, header_extra={})

    with pytest.raises(ValueError, match="has a cell every 3 px, the one that was packed every 4"):
        rebuild_network(weights, constructor=lambda: nn.Conv2d(3, 5, 3, stride=3))
    with pytest.raises(ValueError, match="the packed mine"):
        rebuild_network(weights, constructor=lambda: nn.Conv2d(3, 5, 4, stride=4))
    with pytest.raises(ValueError, match="changed since"):
        rebuild_network(weights, constructor=lambda: small_trunk().append(nn.Tanh()))


def test_a_network_that_is_built_in_takes_no_constructor(small_trunk):
    tiny = build_network("tiny", adaptation="full", weights="none", seed=0)
    weights = pack_weights(tiny, size_px=SIZE_PX, header_extra={})

    with pytest.raises(ValueError, match="is built in"):
        rebuild_network(weights, constructor=small_trunk)


def test_a_linear_probe_leaves_all_but_the_head(allow, small_trunk):
    allow(mine=small_trunk)
    network = build(adaptation="linear_probe").train()

    learning = [name for name, weight in network.named_parameters() if weight.requires_grad]

    assert learning == ["head.weight", "head.bias"]
    assert not network.features.trunk[1].training


@pytest.mark.parametrize("adaptation", ["drs", "batchnorm", "last_block"])
def test_what_would_need_its_blocks_is_refused(allow, small_trunk, adaptation):
    allow(mine=small_trunk)

    with pytest.raises(ValueError, match=r"blocks are not known.*linear_probe, full"):
        build(adaptation=adaptation)


@pytest.mark.parametrize("prefix", ["", "features.trunk."])
def test_a_trunk_starts_from_a_file_with_its_own_names_or_ours(
    allow, small_trunk, tmp_path, prefix
):
    allow(mine=small_trunk)
    torch.manual_seed(9)
    peer = small_trunk()
    state = {f"{prefix}{name}": tensor for name, tensor in peer.state_dict().items()}
    torch.save(state, tmp_path / "start.pt")

    network = build_network("mine", adaptation="full", weights=tmp_path / "start.pt", seed=0)

    assert torch.equal(network.features.trunk[3].weight, peer[3].weight)


def test_a_forgetting_network_has_other_weights_even_where_its_constructor_hands_out_trained_ones(
    allow,
):
    def trained():
        torch.manual_seed(4)
        return nn.Conv2d(3, 4, 4, stride=4)

    allow(mine=trained)
    network = build()
    *_, forgot = randomise_cascade(network, seed=0)
    before, after = network.features.trunk.weight, forgot.features.trunk.weight

    assert count_parts(network) == 2
    assert not torch.equal(before, after)
    assert torch.equal(before.flatten().sort().values, after.flatten().sort().values)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"resnet18": "module:build"}, "network resnet18 is built in"),
        ({"My Net": "module:build"}, "'My Net' cannot name a network"),
        ({"mine": "module"}, "network mine: 'module' is neither"),
    ],
)
def test_what_the_configuration_cannot_allow_is_refused(own, said):
    with pytest.raises(ValueError, match=said):
        allow_own_networks(own, size_px=SIZE_PX)


def test_a_configuration_allows_what_it_names_and_nothing_that_another_named(monkeypatch):
    monkeypatch.setattr(own_networks, "_allowed", {})
    allow_own_networks({"mine": "absent_module:build"}, size_px=SIZE_PX)
    with pytest.raises(ValueError, match="network mine: module absent_module cannot be imported"):
        build()

    allow_own_networks({"other": "absent_module:build"}, size_px=SIZE_PX)
    with pytest.raises(ValueError, match=r"network 'mine' is unknown.*training\.own_networks"):
        build()


def test_a_file_that_was_fitted_to_scans_of_another_size_is_rebuilt_at_its_own(allow, small_trunk):
    def one_size():
        return nn.Sequential(small_trunk(), Strict(8))

    class Strict(nn.Module):
        def __init__(self, cells):
            super().__init__()
            self.places = nn.Parameter(torch.randn(cells, cells))

        def forward(self, maps):
            return maps + self.places

    elsewhere = OwnNetwork("mine", one_size, size_px=32)
    weights = pack_weights(
        ScanClassifier(
            elsewhere.architecture.build_trunk(),
            nn.Linear(5, 1),
            recipe=Recipe("mine", "full", drs_placement="block", drs_bias=False, output_stride=4),
        ),
        size_px=32,
        header_extra={},
    )
    allow(mine=one_size)

    assert rebuild_network(weights).recipe.output_stride == 4
    with pytest.raises(ValueError, match="cannot see 2 scans of 48 px"):
        build()

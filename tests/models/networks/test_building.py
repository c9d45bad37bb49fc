import pytest
import torch

from sonolens.models import NETWORKS, Recipe, build_network


def states_equal(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


def build_tiny(seed=3, adaptation="full", **options):
    return build_network("tiny", adaptation=adaptation, weights="none", seed=seed, **options)


def test_a_seed_decides_every_random_weight():
    assert states_equal(build_tiny(3), build_tiny(3))
    assert not torch.equal(build_tiny(3).head.weight, build_tiny(4).head.weight)


def test_building_leaves_the_global_generator_alone():
    before = torch.get_rng_state()

    build_tiny(adaptation="drs")

    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", ["tiny", "squeezenet1_1", "densenet121"])
def test_convolutions_lie_in_channels_last(name):
    network = build_network(name, adaptation="linear_probe", weights="none", seed=0)
    kernels = [weight for weight in network.parameters() if weight.ndim == 4]

    assert all(kernel.is_contiguous(memory_format=torch.channels_last) for kernel in kernels)


def test_the_recipe_says_how_the_network_was_built():
    network = build_tiny(adaptation="drs", drs_placement="stage", drs_bias=True, output_stride=8)

    assert network.recipe == Recipe(
        network="tiny", adaptation="drs", drs_placement="stage", drs_bias=True, output_stride=8
    )


def test_without_a_wish_the_stride_is_the_networks_own():
    assert build_tiny().recipe.output_stride == 16
    assert NETWORKS["resnet50"].output_strides[0] == 32


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("vgg", {}, r"'vgg' is unknown; choose from tiny, local, resnet18"),
        ("tiny", {"adaptation": "half"}, "'half' is unknown; choose from linear_probe, drs"),
        ("tiny", {"output_stride": 32}, "tiny has no output stride 32; set .* to 16 or 8"),
        ("convnext_tiny", {"output_stride": 16}, "convnext_tiny has no output stride 16.* to 32$"),
        ("resnet18", {"output_stride": 4}, "set output_stride to 32 or 16 or 8"),
        ("tiny", {"adaptation": "drs", "drs_placement": "conv"}, "'conv' is unknown.*block, stage"),
        ("tiny", {"drs_bias": True}, "drs_bias belongs to adaptation drs, not full"),
        ("tiny", {"drs_placement": "stage"}, "drs_placement belongs to adaptation drs, not full"),
        (
            "squeezenet1_1",
            {"adaptation": "batchnorm"},
            "squeezenet1_1 has no batch normalisation.*choose from linear_probe, drs, last_block",
        ),
    ],
)
def test_what_cannot_be_built_is_refused_with_what_can(name, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        build_network(name, **({"adaptation": "full", "weights": "none", "seed": 0} | options))

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sonolens.models import (
    NetworkWeights,
    build_network,
    pack_weights,
    predict_logits,
    rebuild_network,
)

SCANS = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)


def network(adaptation="drs", drs_bias=True, name="tiny"):
    return build_network(name, adaptation=adaptation, weights="none", seed=3, drs_bias=drs_bias)


def packed(**options):
    return pack_weights(network(**options), size_px=48, header_extra={"run": "tiny-drs-0"})


def logits(of):
    return predict_logits(of, SCANS, batch_size=3, device="cpu")


@pytest.mark.parametrize(
    ("name", "adaptation", "drs_bias"),
    [
        ("tiny", "full", False),
        ("tiny", "drs", False),
        ("tiny", "drs", True),
        ("resnet18", "drs", True),
    ],
)
def test_a_network_survives_a_trip_through_a_file_to_the_bit(tmp_path, name, adaptation, drs_bias):
    original = network(adaptation, drs_bias, name)
    with torch.no_grad():
        next(original.features.parameters()).mul_(1.5)
    weights = pack_weights(original, size_px=48, header_extra={})
    save_file(weights.tensors, tmp_path / "n.safetensors", metadata=weights.header)

    rebuilt = rebuild_network(NetworkWeights(load_file(tmp_path / "n.safetensors"), weights.header))

    assert np.array_equal(logits(rebuilt), logits(original))
    assert rebuilt.recipe == original.recipe
    assert not any(module.training for module in rebuilt.modules())


def test_the_header_says_what_the_network_is():
    assert packed().header == {
        "network": "tiny",
        "adaptation": "drs",
        "drs_bias": "true",
        "size_px": "48",
        "classes": "benign,malignant",
        "sonolens": "0.1.0",
        "run": "tiny-drs-0",
    }


def test_packed_tensors_do_not_follow_the_network():
    original = network()
    weights = pack_weights(original, size_px=48, header_extra={})

    with torch.no_grad():
        original.head.bias.add_(1)

    assert not torch.equal(weights.tensors["head.bias"], original.head.bias)


def test_a_header_may_not_be_overwritten():
    with pytest.raises(ValueError, match="header_extra sets network"):
        pack_weights(network(), size_px=48, header_extra={"network": "resnet50"})


@pytest.mark.parametrize("key", ["network", "adaptation", "drs_bias", "classes"])
def test_a_missing_header_key_is_named(key):
    weights = packed()
    header = {name: value for name, value in weights.header.items() if name != key}

    with pytest.raises(ValueError, match=f"lacks {key}"):
        rebuild_network(dataclasses.replace(weights, header=header))


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("network", "vgg", "network 'vgg', which is unknown"),
        ("adaptation", "half", "'half' is unknown"),
        ("classes", "malignant,benign", "'malignant,benign' apart"),
        ("network", "resnet18", "do not fit resnet18"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(key, value, sentence):
    weights = packed()

    with pytest.raises(ValueError, match=sentence):
        rebuild_network(dataclasses.replace(weights, header=weights.header | {key: value}))

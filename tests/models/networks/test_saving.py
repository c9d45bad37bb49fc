import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sonolens.models import (
    NetworkWeights,
    build_network,
    check_framing,
    pack_weights,
    predict_logits,
    rebuild_network,
)

SCANS = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
OWN_KEYS = [
    "network",
    "adaptation",
    "drs_placement",
    "drs_bias",
    "output_stride",
    "size_px",
    "classes",
    "probe_logit",
]


def network(adaptation="drs", drs_bias=True, name="tiny", **options):
    return build_network(
        name, adaptation=adaptation, weights="none", seed=3, drs_bias=drs_bias, **options
    )


def packed(**options):
    return pack_weights(network(**options), size_px=48, header_extra={"run": "tiny-drs-0"})


def with_header(weights, **changes):
    return dataclasses.replace(weights, header=weights.header | changes)


def with_tensors(weights, **changes):
    renamed = {name.replace("__", "."): tensor for name, tensor in changes.items()}
    return dataclasses.replace(weights, tensors=weights.tensors | renamed)


def logits(of):
    return predict_logits(of, SCANS, batch_size=3, device="cpu")


@pytest.mark.parametrize(
    ("name", "adaptation", "options"),
    [
        ("tiny", "full", {}),
        ("tiny", "drs", {}),
        ("tiny", "drs", {"drs_bias": True, "output_stride": 8}),
        ("resnet18", "drs", {"drs_placement": "stage", "output_stride": 16}),
        ("tiny", "linear_probe", {}),
        ("mobilenet_v2", "batchnorm", {}),
        ("squeezenet1_1", "last_block", {}),
        ("densenet121", "drs", {"output_stride": 16}),
        ("efficientnet_b0", "full", {}),
        ("convnext_tiny", "drs", {"drs_bias": True}),
    ],
)
def test_a_network_survives_a_trip_through_a_file_to_the_bit(tmp_path, name, adaptation, options):
    original = network(adaptation, name=name, **({"drs_bias": False} | options))
    with torch.no_grad():
        next(original.features.parameters()).mul_(1.5)
    weights = pack_weights(original, size_px=48, header_extra={})
    save_file(weights.tensors, tmp_path / "n.safetensors", metadata=weights.header)

    rebuilt = rebuild_network(NetworkWeights(load_file(tmp_path / "n.safetensors"), weights.header))

    assert np.array_equal(logits(rebuilt), logits(original))
    assert rebuilt.recipe == original.recipe
    assert not any(module.training for module in rebuilt.modules())
    learning = {key for key, w in original.named_parameters() if w.requires_grad}
    assert learning == {key for key, w in rebuilt.named_parameters() if w.requires_grad}


def test_the_header_says_what_the_network_is():
    header = packed(drs_placement="stage", output_stride=8).header

    float(header.pop("probe_logit"))
    assert header == {
        "network": "tiny",
        "adaptation": "drs",
        "drs_placement": "stage",
        "drs_bias": "true",
        "output_stride": "8",
        "size_px": "48",
        "classes": "benign,malignant",
        "sonolens": "0.1.0",
        "run": "tiny-drs-0",
    }


def test_packing_leaves_the_network_as_it_was_found():
    original = network("full", drs_bias=False).train()
    before = {name: tensor.clone() for name, tensor in original.state_dict().items()}

    weights = pack_weights(original, size_px=48, header_extra={})
    with torch.no_grad():
        weights.tensors["head.bias"].add_(1)

    assert all(torch.equal(before[name], t) for name, t in original.state_dict().items())
    assert all(module.training for module in original.modules())


def test_packed_tensors_do_not_follow_the_network():
    original = network()
    weights = pack_weights(original, size_px=48, header_extra={})

    with torch.no_grad():
        original.head.bias.add_(1)

    assert not torch.equal(weights.tensors["head.bias"], original.head.bias)


def test_a_rebuilt_network_does_not_follow_the_packed_tensors():
    weights = packed()
    rebuilt = rebuild_network(weights)

    weights.tensors["head.bias"].add_(1)

    assert not torch.equal(weights.tensors["head.bias"], rebuilt.head.bias)


@pytest.mark.parametrize("key", ["network", "output_stride", "probe_logit", "sonolens"])
def test_a_header_may_not_be_overwritten(key):
    with pytest.raises(ValueError, match=f"header_extra sets {key}"):
        pack_weights(network(), size_px=48, header_extra={key: "1"})


def test_a_diverged_network_is_not_packed():
    diverged = network()
    with torch.no_grad():
        diverged.features.stage2[0][0].weight[0, 0, 0, 0] = torch.nan

    with pytest.raises(ValueError, match=r"tiny to pack hold NaN or infinity in features\.stage2"):
        pack_weights(diverged, size_px=48, header_extra={})


@pytest.mark.parametrize("key", OWN_KEYS)
def test_a_missing_header_key_is_named(key):
    weights = packed()
    header = {name: value for name, value in weights.header.items() if name != key}

    with pytest.raises(ValueError, match=f"lacks {key}"):
        rebuild_network(dataclasses.replace(weights, header=header))


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("network", "vgg", "network 'vgg', which is unknown"),
        ("network", "resnet18", "from the packed resnet18 lack features.conv1.weight"),
        ("adaptation", "half", "'half' is unknown"),
        ("adaptation", "full", "drs_bias belongs to adaptation drs"),
        ("classes", "malignant,benign", "'malignant,benign' apart"),
        ("drs_placement", "conv", "'conv' is unknown"),
        ("drs_bias", "yes", "drs_bias is 'yes'; it must be true or false"),
        ("drs_bias", "false", "which the network does not have"),
        ("output_stride", "coarse", "output_stride is 'coarse'; it must be a whole number"),
        ("output_stride", "32", "output_stride is '32'; it must be a whole number from 1 to 16"),
        ("output_stride", "12", "no output stride 12"),
        ("output_stride", "8", "answers .* to the probe scan where the packed one"),
        ("size_px", "0", "size_px is '0'"),
        ("size_px", "-48", "size_px is '-48'"),
        ("size_px", "48.0", "size_px is '48.0'"),
        ("size_px", "\u0664\u0668", "must be a whole number"),
        ("size_px", "1000000", "size_px is '1000000'; it must be a whole number from 1 to 4096"),
        ("size_px", "49", "to the probe scan where the packed one"),
        ("probe_logit", "nan", "probe_logit is 'nan'; it must be a finite number"),
        ("probe_logit", "inf", "probe_logit is 'inf'"),
        ("probe_logit", "high", "probe_logit is 'high'"),
        ("probe_logit", "0.5", "packed one answered 0.5; header or tensors were changed"),
    ],
)
def test_a_header_that_lies_is_found_out(key, value, sentence):
    with pytest.raises(ValueError, match=sentence) as refusal:
        rebuild_network(with_header(packed(), **{key: value}))

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "densenet121", "squeezenet1_1"])
def test_another_stride_is_found_out_in_every_family(name):
    weights = pack_weights(
        network("linear_probe", drs_bias=False, name=name), size_px=64, header_extra={}
    )

    with pytest.raises(ValueError, match="to the probe scan"):
        rebuild_network(with_header(weights, output_stride="8"))


def test_exchanged_tensors_of_one_shape_are_found_out():
    original = network()
    with torch.no_grad():
        original.features.stage1[0][1].weight.fill_(2.0)
    weights = pack_weights(original, size_px=48, header_extra={})
    first, second = "features.stage1.0.1.weight", "features.stage1.0.1.running_var"

    swapped = with_tensors(
        weights, **{first: weights.tensors[second], second: weights.tensors[first]}
    )

    with pytest.raises(ValueError, match="to the probe scan"):
        rebuild_network(swapped)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"head__weight": lambda w: -w}, "to the probe scan"),
        ({"head__weight": lambda w: w.roll(1)}, "to the probe scan"),
        ({"head__bias": lambda b: b + 0.001}, "to the probe scan"),
        ({"features__stage4__scaling0__scale": lambda s: s * 1.1}, "to the probe scan"),
        ({"grey_mean": lambda m: m + 1}, "to the probe scan"),
        ({"head__bias": lambda b: b * torch.nan}, "NaN or infinity in head.bias"),
        ({"head__weight": lambda w: w[:, :8]}, r"head.weight of shape \(1, 8\)"),
        ({"head__weight": lambda w: w.long()}, "head.weight as torch.int64"),
        ({"extra": lambda _: torch.zeros(1)}, "hold extra, which the network does not have"),
    ],
)
def test_tampered_tensors_are_found_out(changed, sentence):
    weights = packed()
    tampered = {
        name: change(weights.tensors.get(name.replace("__", ".")))
        for name, change in changed.items()
    }

    with pytest.raises(ValueError, match=sentence) as refusal:
        rebuild_network(with_tensors(weights, **tampered))

    assert "\n" not in str(refusal.value)


def test_a_missing_tensor_is_named():
    weights = packed()
    tensors = {name: t for name, t in weights.tensors.items() if name != "head.bias"}

    with pytest.raises(ValueError, match=r"lack head\.bias"):
        rebuild_network(dataclasses.replace(weights, tensors=tensors))


def test_rounding_is_no_lie():
    weights = packed(name="resnet18")
    logit = float(weights.header["probe_logit"])

    rebuild_network(with_header(weights, probe_logit=repr(logit * (1 + 1e-6))))


def test_scans_of_the_size_it_was_fitted_on_may_be_judged():
    check_framing(packed(), size_px=48)


def test_scans_of_another_size_are_refused_with_both():
    with pytest.raises(
        ValueError, match=r"tiny was fitted on scans framed at 48 px, but.*at 64 px"
    ):
        check_framing(packed(), size_px=64)


def test_a_header_without_a_size_cannot_vouch_for_it():
    with pytest.raises(ValueError, match="lacks size_px"):
        check_framing(NetworkWeights(tensors={}, header={"network": "tiny"}), size_px=48)

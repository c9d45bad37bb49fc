import dataclasses

import pytest
import torch
from torch import nn

from sonolens.models import Recipe, ScanClassifier, build_network
from sonolens.models.networks.reference_pattern import answer_probe, probe_scan


def red_network(weight, bias):
    """Two channels, the normalised red of each pixel and its negative."""
    features = nn.Sequential(nn.Conv2d(3, 2, kernel_size=1, bias=False))
    head = nn.Linear(2, 1)
    with torch.no_grad():
        features[0].weight.zero_()
        features[0].weight[:, 0, 0, 0] = torch.tensor([1.0, -1.0])
        head.weight.copy_(torch.tensor([[weight, 0.5]]))
        head.bias.fill_(bias)
    recipe = Recipe(
        network="tiny", adaptation="full", drs_placement="block", drs_bias=False, output_stride=1
    )
    return ScanClassifier(features, head, recipe=recipe).eval()


def test_the_probe_is_a_scan_in_grey_levels_and_always_the_same():
    probe = probe_scan(224)

    assert probe.shape == (1, 224, 224)
    assert probe.dtype == torch.float32
    assert 0 <= probe.min() < 10
    assert 245 < probe.max() <= 255
    # At the lower right corner all waves begin: sin 0 * cos 0 = sin 0 = 0.
    assert probe[0, -1, -1] == 127.5


@pytest.mark.parametrize(
    "change", [lambda p: p.flip(1), lambda p: p.flip(2), lambda p: p.transpose(1, 2)]
)
def test_the_probe_differs_from_its_mirror_images(change):
    probe = probe_scan(64)

    assert (change(probe) - probe).abs().mean() > 20


def test_a_larger_probe_adds_rows_above_and_columns_to_the_left():
    assert torch.equal(probe_scan(65)[:, 1:, 1:], probe_scan(64))


def test_the_answer_is_the_logit_and_the_evidence_drops_signs():
    red = ((probe_scan(48).double() / 255 - 0.485) / 0.229).mean().item()

    answer = answer_probe(red_network(weight=2.0, bias=3.0), size_px=48)

    assert answer.logit == pytest.approx(2 * red - 0.5 * red + 3, rel=1e-5)
    assert answer.evidence == pytest.approx(2.5 * abs(red), rel=1e-5)


def test_the_answer_is_what_the_network_says_to_the_probe():
    network = build_network("squeezenet1_1", adaptation="full", weights="none", seed=0).eval()

    with torch.inference_mode():
        logit = network(probe_scan(64)).item()

    assert answer_probe(network, size_px=64).logit == pytest.approx(logit, rel=1e-5)


def test_a_large_bias_hides_no_change_of_the_maps():
    quiet = red_network(weight=1e-9, bias=3.0)
    changed = red_network(weight=1.01e-9, bias=3.0)
    with torch.no_grad():
        for network in (quiet, changed):
            network.head.weight[0, 1] = 0

    answer = answer_probe(quiet, size_px=48)

    assert answer.agrees_with(answer.logit)
    assert not answer.agrees_with(answer_probe(changed, size_px=48).logit)


def test_answers_agree_within_rounding_only():
    answer = answer_probe(red_network(weight=2.0, bias=3.0), size_px=48)

    rounded, off = 2e-5 * answer.evidence, 4e-5 * answer.evidence

    assert answer.agrees_with(answer.logit + rounded)
    assert answer.agrees_with(answer.logit - rounded)
    assert not answer.agrees_with(answer.logit + off)
    assert not answer.agrees_with(answer.logit - off)
    assert not dataclasses.replace(answer, evidence=0.0).agrees_with(answer.logit + 1e-9)


def test_a_scan_too_small_to_be_seen_is_refused():
    network = build_network("squeezenet1_1", adaptation="full", weights="none", seed=0).eval()

    with pytest.raises(ValueError, match=r"squeezenet1_1 cannot see scans of 8 px.*frame scans"):
        answer_probe(network, size_px=8)


def test_an_answer_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="answers nan to the probe scan: its fit diverged"):
        answer_probe(red_network(weight=2.0, bias=float("nan")), size_px=48)

"""Guidance: what evidence costs that lies where it should not."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sonolens.models import Guidance, LabelledScans, build_network, fingerprint_fit, fit_network
from sonolens.models.fitting.batches import ScanBatches, Share
from sonolens.models.fitting.guidance import (
    GuidedNetwork,
    cover_cells,
    share_astray,
)
from sonolens.models.fitting.seeds import SCANS, epoch_seed

MAP = torch.tensor([[[4.0, -2.0], [1.0, -1.0]]])


def guidance(train, framed, weight=1.0):
    """Guide a fit by one picture for all of its training scans."""
    stack = np.broadcast_to(np.uint8(framed), train.stack.shape).copy()
    return Guidance(LabelledScans(stack, train.rows, train.labels, train.scan_ids), weight)


def upper_half(train):
    rows, cols = train.stack.shape[1:]
    picture = np.zeros((rows, cols), np.uint8)
    picture[: rows // 2] = 255
    return picture


def weights_of(fit):
    return {name: tensor.numpy() for name, tensor in fit.kept["validation"].state.items()}


def same_weights(first, second):
    one, other = weights_of(first), weights_of(second)
    return all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    ("covered", "share"),
    [
        ([[0.0, 0.0], [0.0, 0.0]], 0.0),
        ([[1.0, 1.0], [1.0, 1.0]], 1.0),
        ([[0.0, 1.0], [0.0, 0.0]], 2 / 8),  # for benign counts as much as for malignant
        ([[0.5, 0.0], [0.0, 1.0]], (2 + 1) / 8),  # a cell that is half out of bounds counts half
    ],
)
def test_the_share_astray_is_the_absolute_evidence_out_of_bounds(covered, share):
    assert share_astray(MAP, torch.tensor([covered])).item() == pytest.approx(share)


def test_a_share_does_not_change_with_the_size_of_evidence_and_is_none_of_a_silent_map():
    covered = torch.tensor([[[0.0, 1.0], [0.0, 0.0]]])
    silent = torch.zeros_like(MAP, requires_grad=True)

    share_astray(silent, covered).sum().backward()

    assert share_astray(1e-3 * MAP, covered).item() == pytest.approx(0.25)
    assert share_astray(silent, covered).item() == 0.0
    assert (silent.grad == 0).all()


def test_a_cell_is_as_far_out_of_bounds_as_its_area():
    pixels = torch.zeros(1, 4, 8)
    pixels[0, :2, :4], pixels[0, 3, 7] = 1.0, 1.0

    assert cover_cells(pixels, cells=(2, 2)).tolist() == [[[1.0, 0.0], [0.0, 1 / 8]]]


def test_a_guided_network_says_what_the_network_says_and_the_share_of_its_own_map(tiny):
    network = tiny().eval()
    scans = torch.rand(3, 32, 32) * 255
    where = torch.zeros(3, 32, 32)
    where[:, :16] = 1.0

    logits, shares = GuidedNetwork(network)(scans, where)

    features, weights = network.activations(scans), network.head.weight[0]
    maps = (weights[:, None, None] * features).sum(dim=1).abs().detach().numpy()
    upper = maps[:, : maps.shape[1] // 2].sum(axis=(1, 2))
    assert torch.equal(logits, network(scans))
    np.testing.assert_allclose(shares.detach(), upper / maps.sum(axis=(1, 2)), rtol=1e-5)


def test_steps_down_its_gradient_lower_the_share(tiny):
    network = tiny()
    guided = GuidedNetwork(network)
    scans = torch.from_numpy(np.random.default_rng(0).integers(0, 255, (4, 32, 32)).astype("f4"))
    where = torch.zeros(4, 32, 32)
    where[:, :16] = 1.0
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05)
    shares = []
    for _ in range(5):
        share = guided(scans, where)[1].mean()
        shares.append(share.item())
        optimizer.zero_grad()
        share.backward()
        optimizer.step()

    assert (np.diff(shares) < 0).all()


def test_a_mask_moves_with_its_scan_and_keeps_its_values(plan):
    given = plan()["plan"]
    # The scan as its own mask: moved alike, but for the contrast and the gain of scans.
    shown = replace(given.train, stack=np.full_like(given.train.stack, 100))
    shown.stack[:, 5:9, 3:6] = 250
    calm = given.augmentation.model_copy(update={"max_contrast": 0.0, "max_gain_levels": 0.0})
    batches = ScanBatches(
        shown,
        batch_size=4,
        augmentation=calm,
        seed=epoch_seed(3, epoch=1, stream=SCANS),
        share=Share(1, 2),
    )

    for number, (scans, _, _) in enumerate(batches):
        masks = Guidance(shown, weight=1.0).of_batch(batches, number)
        torch.testing.assert_close(255 * masks, scans)


def test_guidance_that_puts_nothing_out_of_bounds_changes_nothing_to_the_bit(fit, plan):
    train = plan()["plan"].train

    assert same_weights(fit(), fit(guidance=guidance(train, 0, weight=5.0)))


def test_a_guided_fit_leaves_less_evidence_astray_than_one_by_labels_alone(fit, plan):
    given = plan()["plan"]
    scans = torch.from_numpy(given.train.stack).float()
    where = torch.from_numpy(np.broadcast_to(upper_half(given.train), scans.shape) / 255).float()

    def astray(**changes):
        network = fit(epochs=6, patience=6, **changes).network_of("validation")
        return GuidedNetwork(network)(scans, where)[1].mean().item()

    alone, guided = astray(), astray(guidance=guidance(given.train, upper_half(given.train), 3.0))

    assert guided < alone - 0.05


def test_what_is_watched_is_never_asked_where_its_evidence_lies(tiny, fit, plan):
    given = plan()["plan"]
    told = guidance(given.train, upper_half(given.train))
    # A stack that holds masks of other scans too, as a study's does.
    both = np.concatenate([told.out_of_bounds.stack, np.zeros((10, 32, 32), np.uint8)])
    other = both.copy()
    other[21:] = 255

    told_of = [
        replace(told, out_of_bounds=replace(told.out_of_bounds, stack=stack))
        for stack in (both, other)
    ]

    assert same_weights(*(fit(guidance=each) for each in told_of))
    first, second = (fingerprint_fit(tiny(), **plan(guidance=each)) for each in told_of)
    assert first == second


def test_a_fit_without_guidance_has_the_fingerprint_of_no_guided_one(tiny, plan):
    def fingerprint(**changes):
        return fingerprint_fit(tiny(), **plan(**changes))

    train = plan()["plan"].train
    found = [
        fingerprint(),
        fingerprint(guidance=guidance(train, 0)),
        fingerprint(guidance=guidance(train, 0, weight=2.0)),
        fingerprint(guidance=guidance(train, 255)),
    ]

    assert fingerprint(guidance=None) == found[0]
    assert len(set(found)) == 4


def test_what_cannot_guide_is_refused_in_one_line(tiny, plan, fit):
    train = plan()["plan"].train
    told = guidance(train, 255)
    where = told.out_of_bounds
    fewer = LabelledScans(where.stack, train.rows[1:], train.labels[1:], train.scan_ids[1:])

    with pytest.raises(ValueError, match="weight of guidance is 0"):
        Guidance(told.out_of_bounds, 0.0)
    with pytest.raises(ValueError, match="20 scans that are not the 21 training scans"):
        fit(guidance=Guidance(fewer, 1.0))
    small = replace(where, stack=where.stack[:, :16])
    with pytest.raises(ValueError, match=r"\(16, 32\) pixels but training scans \(32, 32\)"):
        fit(guidance=Guidance(small, 1.0))


def test_a_network_without_places_cannot_be_guided(plan, monkeypatch):
    network = build_network("tiny", adaptation="full", weights="none", seed=0)
    monkeypatch.setattr(type(network), "has_maps", property(lambda _: False))
    arguments = plan(guidance=guidance(plan()["plan"].train, 255))

    with pytest.raises(ValueError, match="tiny pools by itself"):
        fit_network(network, **arguments, checkpoint=None, name="guided")

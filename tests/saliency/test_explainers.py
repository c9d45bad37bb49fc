import dataclasses
import gc
import weakref

import numpy as np
import pytest
import torch
from settings_of_conf import settings_with
from torch import nn

from sonolens.models import ScanClassifier, predict_logits
from sonolens.saliency import EXPLAINERS, explain_scans

SETTINGS = settings_with(
    cameras={"largest_px": 64, "step_px": 16},
    integrated_gradients={"steps": 4},
    smooth_grad={"samples": 3},
    score_cam={"channels": 5},
)
METHODS = tuple(EXPLAINERS)
KNOWING = [name for name, method in EXPLAINERS.items() if method.knows_network]
IGNORANT = [name for name, method in EXPLAINERS.items() if not method.knows_network]


@pytest.fixture
def small_scans():
    return np.random.default_rng(1).integers(0, 256, (5, 32, 48), dtype=np.uint8)


def explain(
    network, scans, *, methods=METHODS, scan_ids=None, batch_size=2, device="cpu", **others
):
    names = scan_ids or [f"scan_{number}" for number in range(len(scans))]
    return explain_scans(
        methods,
        network,
        scans,
        scan_ids=names,
        run="run_7",
        settings=SETTINGS,
        batch_size=batch_size,
        device=device,
        **others,
    )


def maps_of(network, scans, **plan):
    batches = list(explain(network, scans, **plan))
    return {
        name: np.concatenate([batch.maps[name] for batch in batches]) for name in batches[0].maps
    }


def close(found, expected, *, within=1e-3):
    np.testing.assert_allclose(found, expected, rtol=within, atol=within * np.abs(expected).max())


def test_batches_come_in_the_order_of_the_scans_with_their_logits(random_network, scans):
    methods = ("cam", "eigen_cam", "centre_prior")
    batches = list(explain(random_network, scans, methods=methods))

    assert [batch.scan_ids for batch in batches] == [
        ("scan_0", "scan_1"),
        ("scan_2", "scan_3"),
        ("scan_4",),
    ]
    logits = predict_logits(random_network, scans, batch_size=5, device="cpu")
    close(np.concatenate([batch.logits for batch in batches]), logits)
    for batch in batches:
        assert tuple(batch.maps) == methods
        assert all(maps.dtype == np.float32 for maps in batch.maps.values())
        means = batch.maps["cam"].mean(axis=(1, 2))
        np.testing.assert_allclose(means + 0.75, batch.logits, rtol=1e-4, atol=1e-4)


def test_features_are_what_the_head_turns_into_the_logit(random_network, scans):
    head = random_network.head
    weight, bias = (each.detach().cpu().numpy() for each in (head.weight, head.bias))

    for batch in explain(random_network, scans, methods=("centre_prior",)):
        assert batch.features.shape == (len(batch.scan_ids), weight.shape[1])
        close(batch.features @ weight[0] + bias, batch.logits)


def test_every_method_has_the_resolution_and_the_signs_it_declares(small_network, small_scans):
    maps = maps_of(small_network(0), small_scans)

    for name, method in EXPLAINERS.items():
        assert len(maps[name]) == 5, name
        assert (maps[name].shape[1:] == (32, 48)) == (method.resolution == "pixels"), name
        assert np.unique(maps[name][0]).size > 1, name
        if not method.signed:
            assert maps[name].min() >= -1e-4, name


def test_exactly_the_declared_methods_are_cam_behind_average_pooling(small_network, small_scans):
    maps = maps_of(small_network(3), small_scans)
    cam = maps["cam"].ravel()

    def is_cam(found):
        if found.size != cam.size:
            return False
        likeness = found.ravel() @ cam / np.linalg.norm(found) / np.linalg.norm(cam)
        return likeness > 1 - 1e-5

    assert {name for name in maps if is_cam(maps[name])} == {
        name for name, method in EXPLAINERS.items() if method.same_as_cam_on_gap
    }


@pytest.mark.parametrize("seed", [0, 1])
def test_a_head_of_the_other_sign_turns_signed_maps_over_and_no_other(
    small_network, small_scans, seed
):
    network = small_network(seed)
    before = maps_of(network, small_scans)

    network.head.weight.neg_()
    after = maps_of(network, small_scans)

    for name, method in EXPLAINERS.items():
        sign = -1 if method.signed and method.knows_network else 1
        close(after[name], sign * before[name])


def test_the_bias_is_in_no_map(small_network, small_scans):
    network = small_network(0)
    logits = predict_logits(network, small_scans, batch_size=5, device="cpu")
    network.head.bias.fill_(2 * np.abs(logits).max())
    before = maps_of(network, small_scans)

    network.head.bias.mul_(2)

    for name, maps in maps_of(network, small_scans).items():
        # Methods that subtract logits lose digits as these grow.
        close(maps, before[name], within=0.01)


def test_only_methods_that_claim_to_know_the_network_change_with_it(small_network, small_scans):
    one, other = (maps_of(small_network(seed), small_scans) for seed in (0, 1))

    assert {name for name in one if np.array_equal(one[name], other[name])} == set(IGNORANT)


def test_maps_do_not_depend_on_the_batch_or_the_order(small_network, small_scans):
    order = [3, 0, 4, 1, 2]
    maps = maps_of(small_network(2), small_scans, batch_size=5)
    shuffled = maps_of(
        small_network(2), small_scans[order], scan_ids=[f"scan_{n}" for n in order], batch_size=3
    )

    for name, expected in maps.items():
        close(shuffled[name], expected[order])


def test_all_methods_that_can_share_one_forward_pass(monkeypatch, small_network, small_scans):
    passes = []
    look_at = ScanClassifier.activations
    monkeypatch.setattr(
        ScanClassifier, "activations", lambda self, x: (passes.append(len(x)), look_at(self, x))[1]
    )

    list(explain(small_network(0), small_scans, methods=["cam"]))
    alone = passes.copy()
    passes.clear()
    shared = [*(n for n in METHODS if n.endswith(("_cam", "_pp")) and n != "score_cam"), *IGNORANT]
    list(explain(small_network(0), small_scans, methods=shared))

    assert passes == alone
    # One scan to find what can be folded, the same on the folded network to compare, then the batches.
    assert alone == [1, 1, 2, 2, 1]


def test_a_large_batch_goes_through_the_trunk_in_parts_and_no_scan_twice(
    monkeypatch, small_network, small_scans
):
    passes = []
    look_at = ScanClassifier.activations
    monkeypatch.setattr(
        ScanClassifier, "activations", lambda self, x: (passes.append(len(x)), look_at(self, x))[1]
    )
    scans = np.concatenate([small_scans, small_scans, small_scans[:3]])

    (batch,) = explain(small_network(0), scans, methods=["cam"], batch_size=13)

    assert passes == [1, 1, 6, 6, 1]
    close(batch.maps["cam"][5:10], batch.maps["cam"][:5])


@pytest.mark.parametrize("ending", ["exhausted", "dropped"])
def test_nothing_is_held_afterwards(monkeypatch, small_network, small_scans, ending):
    held = weakref.WeakSet()
    look_at = ScanClassifier.activations

    def remember(self, scans):
        maps = look_at(self, scans)
        held.update([self, maps])
        return maps

    monkeypatch.setattr(ScanClassifier, "activations", remember)
    network = small_network(0)

    # Without the collector of cycles: what is held in a cycle would stay, and a large one for long.
    gc.collect()
    gc.disable()
    try:
        batches = explain(network, small_scans, methods=["cam", "grad_cam"])
        next(batches)
        assert len(held) > 0
        if ending == "exhausted":
            list(batches)
        del batches
        assert not held
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "method", ["score_cam", "integrated_gradients", "smooth_grad", "occlusion"]
)
def test_a_full_batch_costs_as_many_calls_as_a_single_scan(
    monkeypatch, small_network, small_scans, method
):
    calls = []
    answer = ScanClassifier.forward
    monkeypatch.setattr(
        ScanClassifier, "forward", lambda self, x: (calls.append(len(x)), answer(self, x))[1]
    )

    list(explain(small_network(0), small_scans[:1], methods=[method], batch_size=5))
    alone = len(calls)
    calls.clear()
    list(explain(small_network(0), small_scans, methods=[method], batch_size=5))

    assert len(calls) == alone
    assert sum(size == 5 for size in calls) >= len(calls) - 2


def test_no_scans_give_no_batches(two_channel_network, scans):
    assert list(explain(two_channel_network, scans[:0])) == []


def test_a_read_only_memory_map_is_enough(small_network, small_scans, tmp_path):
    np.save(tmp_path / "scans.npy", small_scans)
    mapped = np.load(tmp_path / "scans.npy", mmap_mode="r")

    read, given = maps_of(small_network(0), mapped), maps_of(small_network(0), small_scans)

    assert all(np.array_equal(read[name], given[name]) for name in METHODS)


def fail(forward_pass, settings):
    raise ZeroDivisionError


@pytest.mark.parametrize("ending", ["exhausted", "closed", "failed"])
@pytest.mark.parametrize("method", METHODS)
def test_the_network_is_left_as_it_was_found(
    monkeypatch, small_network, small_scans, method, ending
):
    network = small_network(0).train().requires_grad_(True)
    network.features[0].eval()
    network.head.bias.requires_grad_(False)
    monkeypatch.setitem(EXPLAINERS, "fail", dataclasses.replace(EXPLAINERS["cam"], explain=fail))

    def found():
        return (
            [module.training for module in network.modules()],
            [weight.requires_grad for weight in network.parameters()],
            [weight.grad for weight in network.parameters()],
            [len(module._forward_hooks | module._backward_hooks) for module in network.modules()],
            [(name, tensor.tolist()) for name, tensor in network.state_dict().items()],
            torch.is_grad_enabled(),
            torch.is_inference_mode_enabled(),
            torch.get_rng_state().tolist(),
            np.random.get_state()[1].tolist(),  # noqa: NPY002 - whether it was drawn from
        )

    before = found()
    if ending == "exhausted":
        list(explain(network, small_scans, methods=[method]))
    elif ending == "closed":
        batches = explain(network, small_scans, methods=[method])
        next(batches)
        assert torch.is_grad_enabled()
        batches.close()
    else:
        with pytest.raises(ZeroDivisionError):
            list(explain(network, small_scans, methods=[method, "fail"]))

    assert found() == before


def test_a_caller_that_wants_no_gradients_gets_the_same_maps(small_network, small_scans):
    expected = maps_of(small_network(0), small_scans)
    with torch.no_grad():
        maps = maps_of(small_network(0), small_scans)

    assert all(np.array_equal(maps[name], expected[name]) for name in METHODS)


@pytest.mark.parametrize("method", KNOWING)
def test_an_undefined_map_names_method_run_and_scan(small_network, small_scans, method):
    network = small_network(0)
    network.head.weight[0, 3] = np.nan

    said = f"the logit of method {method}, run run_7, scan scan_0 holds infinite or undefined"
    with pytest.raises(ValueError, match=said):
        list(explain(network, small_scans, methods=[method]))


@pytest.fixture
def spoiled(monkeypatch):
    """A method whose map of the second scan of every batch is not finite."""

    def spoil(forward_pass, settings):
        return torch.tensor([[[1.0]], [[np.inf]]])[: len(forward_pass.scans)]

    monkeypatch.setitem(
        EXPLAINERS, "random", dataclasses.replace(EXPLAINERS["random"], explain=spoil)
    )
    return "random"


def test_the_scan_whose_map_is_undefined_is_named(spoiled, small_network, small_scans):
    with pytest.raises(ValueError, match="the map of method random, run run_7, scan scan_1 holds"):
        list(explain(small_network(0), small_scans, methods=[spoiled]))


def test_an_undefined_map_can_be_kept_and_costs_no_other_scan_its_own(
    spoiled, small_network, small_scans
):
    batches = explain(small_network(0), small_scans, methods=[spoiled], undefined="keep")

    kept = np.concatenate([batch.maps[spoiled] for batch in batches]).ravel()
    assert kept.tolist() == [1, np.inf, 1, np.inf, 1]


def test_an_undefined_logit_is_refused_even_where_maps_are_kept(small_network, small_scans):
    network = small_network(0)
    network.head.weight[0, 3] = np.nan

    with pytest.raises(ValueError, match="the logit of method cam, run run_7, scan scan_0 holds"):
        list(explain(network, small_scans, methods=["cam"], undefined="keep"))


@pytest.mark.parametrize("method", IGNORANT)
def test_who_knows_nothing_does_not_mind_an_unsound_network(small_network, small_scans, method):
    sound = maps_of(small_network(0), small_scans, methods=[method])[method]
    network = small_network(0)
    network.head.weight.fill_(np.nan)

    assert np.array_equal(maps_of(network, small_scans, methods=[method])[method], sound)


@pytest.mark.parametrize(
    "method", ["grad_cam", "integrated_gradients", "ablation_cam", "occlusion"]
)
def test_most_methods_explain_a_network_with_a_deep_head(small_network, small_scans, method):
    network = small_network(0)
    network.head = nn.Sequential(nn.Linear(16, 8), nn.Tanh(), nn.Linear(8, 1))

    assert np.ptp(maps_of(network, small_scans, methods=[method])[method]) > 0


def test_a_plan_that_cannot_work_is_refused_before_the_first_batch(two_channel_network, scans):
    with pytest.raises(ValueError, match="'lime' is unknown; choose from cam, grad_cam"):
        explain(two_channel_network, scans, methods=["cam", "lime"])
    with pytest.raises(ValueError, match="batch_size is 0"):
        explain(two_channel_network, scans, batch_size=0)
    with pytest.raises(ValueError, match="5 scans have 1 names"):
        explain(two_channel_network, scans, scan_ids=["a"])
    with pytest.raises(ValueError, match="device 'tpu' is unknown"):
        explain(two_channel_network, scans, device="tpu")


def test_every_published_method_says_where():
    assert all(method.reference for method in EXPLAINERS.values())
    assert next(iter(EXPLAINERS)) == "cam"


def pool(maps):
    """As a class token: one vector per scan, and no linear one."""
    return maps.tanh().amax(dim=(2, 3))


ON_MAPS = {name for name, each in EXPLAINERS.items() if each.needs_maps}


def test_the_methods_on_maps_are_those_that_ask_for_feature_maps_or_their_cells(own_network):
    assert {
        *("cam", "grad_cam", "grad_cam_pp", "hires_cam", "layer_cam", "eigen_cam", "score_cam"),
        *("ablation_cam", "cameras", "centre_prior", "random"),
    } == ON_MAPS


@pytest.mark.parametrize("method", sorted(ON_MAPS))
def test_a_network_without_maps_is_refused_by_the_name_of_the_method(own_network, method):
    network = own_network(pool, side=48)

    with pytest.raises(
        ValueError, match=f"^method {method} works on feature maps, but network mine"
    ) as refused:
        explain_scans(
            ["occlusion", method],
            network,
            np.zeros((1, 48, 48), dtype=np.uint8),
            scan_ids=["a"],
            run="mine",
            settings=settings_with(),
            batch_size=1,
            device="cpu",
        )
    listed = str(refused.value).partition("choose from ")[2].partition(", or let")[0]
    assert set(listed.split(", ")) == set(EXPLAINERS) - ON_MAPS


def test_a_network_without_maps_is_explained_by_gradients_and_by_hiding(own_network):
    network = own_network(pool, side=48)
    scans = np.random.default_rng(0).integers(0, 256, (2, 48, 48), dtype=np.uint8)
    quick = settings_with(
        occlusion={"window_px": 16, "stride_px": 16},
        integrated_gradients={"steps": 60},
        smooth_grad={"samples": 2},
    )

    (batch,) = explain_scans(
        ["occlusion", "integrated_gradients", "smooth_grad", "edges"],
        network,
        scans,
        scan_ids=["a", "b"],
        run="mine",
        settings=quick,
        batch_size=2,
        device="cpu",
    )

    logits = predict_logits(network, scans, batch_size=2, device="cpu")
    even = predict_logits(network, 0 * scans, batch_size=2, device="cpu")
    assert np.allclose(batch.logits, logits, atol=1e-6)
    gained = batch.maps["integrated_gradients"].sum(axis=(1, 2))
    assert np.allclose(gained, logits - even, atol=0.05 * np.abs(logits - even).max())
    assert batch.maps["occlusion"].shape == (2, 3, 3)


def test_cam_alone_knows_that_a_network_has_no_maps(look, own_network):
    scans = np.zeros((1, 48, 48), dtype=np.uint8)

    with pytest.raises(ValueError, match="its trunk pools by itself"):
        EXPLAINERS["cam"].explain(look(own_network(pool, side=48), scans), settings_with())

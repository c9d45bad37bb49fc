import numpy as np
import pytest
import torch

from sonolens.saliency import EXPLAINERS, cam, explain_scans
from sonolens.saliency import explainers as explainers_module


def explain(network, scans, *, method="cam", batch_size=2, device="cpu"):
    return explain_scans(method, network, scans, batch_size=batch_size, device=device)


def test_maps_come_in_batches_in_the_order_of_the_scans(random_network, scans):
    batches = list(explain(random_network, scans))

    assert [len(maps) for maps in batches] == [2, 2, 1]
    assert all(maps.dtype == np.float32 for maps in batches)
    expected = cam(random_network.eval(), torch.tensor(scans)).numpy()
    np.testing.assert_allclose(np.concatenate(batches), expected, rtol=1e-4, atol=1e-5)


def test_no_scans_give_no_maps(two_channel_network, scans):
    assert list(explain(two_channel_network, scans[:0])) == []


def test_a_read_only_memory_map_is_enough(two_channel_network, scans, tmp_path):
    np.save(tmp_path / "scans.npy", scans)
    mapped = np.load(tmp_path / "scans.npy", mmap_mode="r")

    for read, given in zip(
        explain(two_channel_network, mapped), explain(two_channel_network, scans), strict=True
    ):
        assert np.array_equal(read, given)


def fail(network, batch):
    raise ZeroDivisionError


@pytest.mark.parametrize("ending", ["exhausted", "closed", "failed"])
def test_the_network_is_left_as_it_was_found(monkeypatch, random_network, scans, ending):
    monkeypatch.setitem(explainers_module.EXPLAINERS, "fail", fail)
    modes = [module.training for module in random_network.modules()]
    state = {name: tensor.clone() for name, tensor in random_network.state_dict().items()}

    if ending == "exhausted":
        list(explain(random_network, scans))
    elif ending == "closed":
        maps = explain(random_network, scans)
        next(maps)
        maps.close()
    else:
        with pytest.raises(ZeroDivisionError):
            list(explain(random_network, scans, method="fail"))

    assert [module.training for module in random_network.modules()] == modes
    assert all(weight.grad is None for weight in random_network.parameters())
    assert not any(module._forward_hooks for module in random_network.modules())
    assert all(torch.equal(state[n], t) for n, t in random_network.state_dict().items())
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()


def test_a_consumer_may_train_between_batches(two_channel_network, scans):
    for _ in explain(two_channel_network, scans):
        assert not torch.is_inference_mode_enabled()
        assert torch.is_grad_enabled()


def test_a_plan_that_cannot_work_is_refused_before_the_first_batch(two_channel_network, scans):
    with pytest.raises(ValueError, match="'lime' is unknown; choose from cam"):
        explain(two_channel_network, scans, method="lime")
    with pytest.raises(ValueError, match="batch_size is 0"):
        explain(two_channel_network, scans, batch_size=0)


def test_cam_is_among_the_methods():
    assert EXPLAINERS["cam"] is cam

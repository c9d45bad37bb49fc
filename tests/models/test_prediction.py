import numpy as np
import pytest
import torch

from sonolens.models import build_network, cut_batches, pool_features, predict_logits

SCANS = np.random.default_rng(0).integers(0, 256, (7, 48, 48), dtype=np.uint8)


@pytest.fixture
def network():
    return build_network("tiny", adaptation="full", weights="none", seed=3)


def predict(network, scans=SCANS, batch_size=3):
    return predict_logits(network, scans, batch_size=batch_size, device="cpu")


def test_predictions_are_those_of_the_network_in_evaluation_mode(network):
    logits = predict(network.train())

    with torch.inference_mode():
        expected = network.eval()(torch.tensor(SCANS)).numpy()
    np.testing.assert_allclose(logits, expected, rtol=1e-5, atol=1e-6)


def test_the_batch_size_does_not_matter(network):
    np.testing.assert_allclose(
        predict(network, batch_size=1), predict(network, batch_size=7), rtol=1e-5, atol=1e-6
    )


def test_a_read_only_memory_map_is_enough(network, tmp_path):
    np.save(tmp_path / "scans.npy", SCANS)
    mapped = np.load(tmp_path / "scans.npy", mmap_mode="r")

    assert np.array_equal(predict(network, mapped), predict(network))


def test_no_scans_give_no_logits(network):
    assert predict(network, SCANS[:0]).shape == (0,)


def test_the_network_is_left_as_it_was_found(network):
    network.train()
    network(torch.tensor(SCANS)).sum().backward()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    gradient = network.head.weight.grad.clone()

    predict(network)

    assert all(module.training for module in network.modules())
    assert torch.equal(network.head.weight.grad, gradient)
    assert all(
        weight.requires_grad and not weight.is_inference() for weight in network.parameters()
    )
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


def test_an_empty_batch_is_refused(network):
    with pytest.raises(ValueError, match="batch_size is 0"):
        predict(network, batch_size=0)


def test_running_out_of_memory_names_the_batch_size(network, monkeypatch):
    def run_out(scans):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")

    monkeypatch.setattr(network, "forward", run_out)

    with pytest.raises(RuntimeError, match=r"batch_size 3; lower it \(CUDA out of memory"):
        predict(network)


def test_another_error_of_the_network_stays_itself(network, monkeypatch):
    def fail(scans):
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(network, "forward", fail)

    with pytest.raises(RuntimeError, match=r"^shapes do not match$"):
        predict(network)


def test_the_linear_output_of_pooled_features_is_the_logit(network):
    pooled = pool_features(network.train(), SCANS, batch_size=3, device="cpu")

    head = network.head.weight[0].detach().numpy()
    np.testing.assert_allclose(pooled @ head + network.bias, predict(network), rtol=1e-4, atol=1e-5)
    assert network.training
    assert pool_features(network, SCANS[:0], batch_size=3, device="cpu").shape == (0, len(head))


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (3, [3]), (4, [4]), (9, [4, 4, 1])])
def test_every_scan_is_in_one_batch_in_its_order(count: int, sizes: list[int]) -> None:
    stack = np.arange(count * 4, dtype=np.uint8).reshape(count, 2, 2)

    batches = cut_batches(stack, batch_size=4)

    assert [len(batch) for batch in batches] == sizes
    np.testing.assert_array_equal(np.concatenate([stack[:0], *batches]), stack)

import pytest
import torch

from sonolens.models import borrowed, build_network, choose_device


def test_auto_takes_the_processor_when_there_is_nothing_else(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)

    assert choose_device("auto") == torch.device("cpu")


def test_auto_takes_cuda_where_it_is(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)

    assert choose_device("auto") == torch.device("cuda")
    assert choose_device("cpu") == torch.device("cpu")


def test_a_device_that_is_absent_is_refused(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)

    with pytest.raises(RuntimeError, match="cuda was asked for but is not available"):
        choose_device("cuda")


def test_an_unknown_device_names_the_known_ones():
    with pytest.raises(ValueError, match="'tpu' is unknown; choose from auto, cpu, cuda, mps"):
        choose_device("tpu")


def fail_on_loan(network):
    with borrowed(network, device="cpu"):
        assert not any(module.training for module in network.modules())
        raise ZeroDivisionError


def test_a_borrowed_network_comes_back_in_its_own_modes_even_after_an_error():
    network = build_network("tiny", adaptation="full", weights="none", seed=0).train()
    network.features.stage2.eval()
    modes = [module.training for module in network.modules()]

    with pytest.raises(ZeroDivisionError):
        fail_on_loan(network)

    assert [module.training for module in network.modules()] == modes

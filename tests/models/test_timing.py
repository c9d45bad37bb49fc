"""How long a fit will take."""

import numpy as np

from sonolens.models import build_network, seconds_per_scan


def test_a_timed_step_takes_time_and_leaves_the_network_as_it_was():
    network = build_network("tiny", adaptation="full", weights="none", seed=0).eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    seconds = seconds_per_scan(network, np.zeros((4, 32, 32), dtype=np.uint8), device="cpu")

    assert 0 < seconds < 10
    assert not network.training
    assert all((tensor == before[name]).all() for name, tensor in network.state_dict().items())

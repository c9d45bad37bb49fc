"""One scan held against the training scans."""

import pytest

from sonolens.explain.checks import check_device
from sonolens.travel import read_network
from sonolens.travel.card import DeviceCount


@pytest.mark.parametrize(
    ("trained", "device", "found"),
    [
        (["ACME Echo 9"], "ACME Echo 9", "known"),
        (["ACME Echo 9"], "acme echo 9", "known"),
        (["ACME Echo 9", "Other 1"], "ACME Echo 10", "unseen"),
        (["ACME Echo 9"], "", "unknown"),
        ([""], "ACME Echo 9", "nothing to compare"),
        ([], "", "nothing to compare"),
    ],
)
def test_a_device_is_compared_only_where_both_sides_tell_one(network_file, trained, device, found):
    card = read_network(network_file).card
    devices = tuple(DeviceCount(device=name, scans=1) for name in trained)
    study = card.study.model_copy(update={"devices": devices})

    assert check_device(device, card.model_copy(update={"study": study})) == found

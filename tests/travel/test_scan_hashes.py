import numpy as np

from sonolens.travel.scan_hashes import digest_scan, hash_scans, is_among

SCANS = np.random.default_rng(0).integers(0, 256, (5, 8, 9), dtype=np.uint8)


def test_exactly_the_hashed_scans_are_found_again():
    hashed = hash_scans([digest_scan(scan) for scan in SCANS[:4]], run="r")

    assert [is_among(scan, hashed) for scan in SCANS] == [True] * 4 + [False]
    changed = SCANS[0].copy()
    changed[3, 3] ^= 1
    assert not is_among(changed, hashed)
    assert not is_among(SCANS[0].reshape(9, 8), hashed)
    assert is_among(np.asfortranarray(SCANS[0]), hashed)


def test_two_networks_do_not_tell_whether_they_share_scans():
    first, second = (
        hash_scans([digest_scan(scan) for scan in scans], run="r")
        for scans in (SCANS[:3], SCANS[:4])
    )

    assert not set(first.hashes) & set(second.hashes)


def test_the_order_of_scans_and_their_copies_tell_nothing():
    digests = [digest_scan(scan) for scan in SCANS]

    assert hash_scans(digests, run="r") == hash_scans([*reversed(digests), digests[0]], run="r")

import numpy as np
import pytest

from sonolens.evaluation.evidence import area_under, fill_scans, trace_faithfulness

SETTINGS = {"fill": "mean", "steps": 4, "batch_size": 3, "seed": 0}


def brightness(batch):
    """A network whose probability is the mean grey level of the left half."""
    return batch[:, :, : batch.shape[2] // 2].mean(axis=(1, 2)) / 255


def trace(scans, maps, predict=brightness, *, called=True, **changes):
    called_malignant = np.full(len(scans), called)
    return trace_faithfulness(
        predict, scans, maps, called_malignant=called_malignant, **SETTINGS | changes
    )


def quarters(*levels):
    """A scan of 8 x 8 pixels in four cells of one grey level each."""
    return np.kron(np.reshape(levels, (2, 2)), np.ones((4, 4)))[None].astype(np.uint8)


def test_deleting_the_cells_in_the_order_of_the_map_by_hand():
    scan = quarters(200, 0, 100, 100)  # mean 100; the left half shows 150
    maps = np.array([[[4.0, 1.0], [3.0, 2.0]]])

    curves = trace(scan, maps)

    np.testing.assert_allclose(
        curves["deletion", "map"] * 255, [[150, 100, 100, 100, 100]], atol=1e-9
    )
    np.testing.assert_allclose(
        curves["insertion", "map"] * 255, [[100, 150, 150, 150, 150]], atol=1e-9
    )


def test_a_scan_called_benign_goes_by_the_smallest_values_and_reads_benign():
    scan = quarters(200, 0, 100, 100)
    maps = np.array([[[4.0, 1.0], [3.0, 2.0]]])

    benign, turned = trace(scan, maps, called=False), trace(scan, -maps)

    for test in ("insertion", "deletion"):
        np.testing.assert_allclose(benign[test, "map"], 1 - turned[test, "map"])
    # The bright cell argues least for benign and goes last.
    assert benign["deletion", "map"][0].tolist()[-2:] == pytest.approx(
        [1 - 150 / 255, 1 - 100 / 255]
    )


def test_insertion_begins_where_deletion_ends():
    rng = np.random.default_rng(0)
    scans = rng.integers(0, 256, size=(5, 12, 12)).astype(np.uint8)

    for fill in ("mean", "blurred"):
        curves = trace(scans, rng.normal(size=(5, 3, 3)), fill=fill)
        for order in ("map", "random"):
            insertion, deletion = curves["insertion", order], curves["deletion", order]
            np.testing.assert_allclose(insertion[:, 0], deletion[:, -1])
            np.testing.assert_allclose(insertion[:, -1], deletion[:, 0])
            np.testing.assert_allclose(deletion[:, 0], brightness(scans))


def test_a_map_of_what_the_network_reads_beats_chance_and_a_random_one_does_not():
    rng = np.random.default_rng(1)
    scans = rng.integers(0, 256, size=(60, 16, 16)).astype(np.uint8)
    cells = scans.reshape(60, 8, 2, 8, 2).mean(axis=(2, 4))
    truth = (cells - scans.mean(axis=(1, 2))[:, None, None]) * (np.arange(8) < 4)
    areas = {}
    for name, maps in (("truth", truth), ("noise", rng.normal(size=truth.shape))):
        curves = trace(scans, maps, steps=16)
        areas[name] = {
            test: area_under(curves[test, "map"]) - area_under(curves[test, "random"])
            for test in ("insertion", "deletion")
        }

    assert (areas["truth"]["insertion"] > 0).all()
    assert (areas["truth"]["deletion"] < 0).all()
    for difference in areas["noise"].values():
        assert abs(difference.mean()) < 3 * difference.std() / np.sqrt(60)


def test_scans_are_read_in_full_batches_whatever_scan_they_belong_to():
    sizes = []

    def predict(batch):
        sizes.append(len(batch))
        return brightness(batch)

    trace(np.zeros((7, 8, 8), dtype=np.uint8), np.zeros((7, 2, 2)), predict, batch_size=10)

    # 2 orders x 2 tests x 7 scans x 5 stages.
    assert sizes == [10, 10, 10, 5] * 4


def test_the_size_of_a_batch_changes_nothing_and_the_seed_decides_ties():
    rng = np.random.default_rng(2)
    scans = rng.integers(0, 256, size=(4, 8, 8)).astype(np.uint8)
    maps = np.zeros((4, 4, 4))

    one, other = trace(scans, maps, batch_size=1), trace(scans, maps, batch_size=99)

    for key, curve in one.items():
        np.testing.assert_array_equal(curve, other[key])
    again = trace(scans, maps, seed=5)
    assert (again["deletion", "map"] != one["deletion", "map"]).any()


def test_scans_and_maps_are_left_alone():
    scans, maps = quarters(9, 8, 7, 6), np.array([[[4.0, 1.0], [3.0, 2.0]]])
    kept = scans.copy(), maps.copy()

    trace(scans, maps)

    np.testing.assert_array_equal(scans, kept[0])
    np.testing.assert_array_equal(maps, kept[1])


def test_fills_keep_the_mean_grey_level_and_hide_the_rest():
    rng = np.random.default_rng(3)
    scans = rng.integers(0, 256, size=(2, 64, 64)).astype(np.uint8)

    mean, blurred = fill_scans(scans, fill="mean"), fill_scans(scans, fill="blurred")

    assert np.ptp(mean, axis=(1, 2)).tolist() == [0, 0]
    for filled in (mean, blurred):
        np.testing.assert_allclose(filled.mean(axis=(1, 2)), scans.mean(axis=(1, 2)), atol=1.5)
    assert blurred.std() < 0.15 * scans.std()
    with pytest.raises(ValueError, match="fill 'black' is unknown; choose from mean, blurred"):
        fill_scans(scans, fill="black")

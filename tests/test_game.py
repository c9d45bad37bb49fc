"""The pointing game in plain arrays: answers known by hand, and the pipeline's own."""

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import sonolens

ALL = {"subset": "all", "label": "both"}


def scan(*, top=10, left=20):
    """A mask of 10 x 20 pixels on a scan of 40 x 60; 0.5 mm per pixel."""
    mask = np.zeros((40, 60), dtype=bool)
    mask[top : top + 10, left : left + 20] = True
    return mask


def looking_at(row, col, *, cells=(40, 60)):
    """A map whose one maximum lies at a cell, and whose minimum at its top left."""
    saliency = np.zeros(cells)
    saliency[row, col], saliency[0, 0] = 1.0, -1.0
    return saliency


def rates(table, **which):
    rows = table[(table[list(which)] == pd.Series(which)).all(axis=1)]
    return rows.set_index("region")["rate"].to_dict()


@pytest.mark.parametrize(
    ("row", "region"), [(15, "mass"), (9, "peritumoral"), (29, "peritumoral"), (30, "below")]
)
def test_a_map_hits_the_region_under_its_maximum(row, region):
    # The ring of 5 mm is 10 pixels wide, so that what is below begins at row 30.
    table = sonolens.pointing_game(
        [looking_at(row, 30)], [scan()], spacing_mm=0.5, malignant=[True], called=[True]
    )

    found = rates(table, rule="max", **ALL)
    assert found == {"mass": 0, "peritumoral": 0, "below": 0, "any": 1} | {region: 1}


def test_maps_of_7_by_7_cells_are_played_at_their_cell_centres():
    # The centre of cell (2, 3) is pixel (13.8, 29.5), inside the mass; chance counts the 49 centres.
    table = sonolens.pointing_game(
        [looking_at(2, 3, cells=(7, 7))], [scan()], spacing_mm=0.5, malignant=[True], called=[True]
    )

    row = table.query("region == 'mass' and rule == 'max' and subset == 'all' and label == 'both'")
    rows, cols = ((np.arange(7) + 0.5) * 40 / 7 - 0.5, (np.arange(7) + 0.5) * 60 / 7 - 0.5)
    inside = ((rows > 9.5) & (rows < 19.5)).sum() * ((cols > 19.5) & (cols < 39.5)).sum()
    assert row["rate"].tolist() == [1]
    assert row["chance"].tolist() == [pytest.approx(inside / 49)]


def test_the_decision_reads_the_minimum_of_a_scan_called_benign():
    saliency = -looking_at(15, 30)
    table = sonolens.pointing_game(
        [saliency], [scan()], spacing_mm=0.5, malignant=[False], called=[False]
    )

    assert rates(table, rule="decision", **ALL)["mass"] == 1
    assert rates(table, rule="max", **ALL)["mass"] == 0


def test_pixels_need_not_be_square_and_spacing_may_differ_by_scan():
    maps = [looking_at(15, 12), looking_at(15, 12)]
    wide = sonolens.pointing_game(
        maps,
        [scan(), scan()],
        spacing_mm=[(0.5, 0.5), (0.5, 1.0)],
        malignant=[True, False],
        called=[True, True],
    )

    # Eight pixels beside the mass: 4 mm on the first scan, 8 mm on the second.
    hits = wide.query("region == 'peritumoral' and rule == 'max' and subset == 'all'")
    assert hits.set_index("label")["rate"].to_dict() == {"malignant": 1, "benign": 0, "both": 0.5}


def test_the_prior_is_the_mean_of_the_training_maps():
    one = {"spacing_mm": 0.5, "malignant": [True], "called": [True]}
    elsewhere = [looking_at(39, 59)]
    own = sonolens.pointing_game([looking_at(15, 30)], [scan()], **one)
    given = sonolens.pointing_game([looking_at(15, 30)], [scan()], training_maps=elsewhere, **one)

    which = "region == 'mass' and rule == 'max' and subset == 'all' and label == 'both'"
    assert own.query(which)["centre_prior"].tolist() == [1]
    assert given.query(which)["centre_prior"].tolist() == [0]


def test_fixed_places_are_chosen_on_the_training_masks():
    one = {"spacing_mm": 0.5, "malignant": [True], "called": [True]}
    which = "region == 'mass' and rule == 'max' and subset == 'all' and label == 'both'"
    maps, masks = [looking_at(15, 30)], [scan()]

    alike = sonolens.pointing_game(maps, masks, training_masks=[scan(), scan()], **one)
    elsewhere = sonolens.pointing_game(maps, masks, training_masks=[scan(top=29)], **one)
    unknown = sonolens.pointing_game(maps, masks, **one)

    assert alike.query(which)["location_prior"].tolist() == [pytest.approx(1)]
    assert elsewhere.query(which)["location_prior"].tolist() == [0]
    assert elsewhere.query(which)["beyond_location_prior"].tolist() == [1]
    assert unknown["location_prior"].isna().all()
    unmoved = [name for name in unknown if "location_prior" not in name]
    pd.testing.assert_frame_equal(unknown[unmoved], alike[unmoved])


def test_spacing_that_differs_by_scan_is_told_of_training_masks_too():
    one = {"malignant": [True], "called": [True], "training_masks": [scan()]}

    with pytest.raises(ValueError, match="each of 1 scans and 1 training masks"):
        sonolens.pointing_game([looking_at(15, 30)], [scan()], spacing_mm=[(0.5, 0.5)], **one)
    spacing_mm = [(0.5, 0.5), (0.4, 0.4)]
    sonolens.pointing_game([looking_at(15, 30)], [scan()], spacing_mm=spacing_mm, **one)


def test_maps_of_several_sizes_are_played_without_a_prior():
    table = sonolens.pointing_game(
        [looking_at(15, 30), looking_at(2, 3, cells=(7, 7))],
        [scan(), scan()],
        spacing_mm=0.5,
        malignant=[True, True],
        called=[True, False],
    )

    assert table["centre_prior"].isna().all()
    assert rates(table, rule="max", **ALL)["mass"] == 1


def test_scans_of_one_patient_are_exchanged_and_resampled_together():
    rng = np.random.default_rng(0)
    maps, masks = rng.normal(size=(12, 7, 7)), [scan(top=2 * row) for row in range(12)]
    flags = {"spacing_mm": 0.5, "malignant": [True, False] * 6, "called": [True] * 12}
    apart = sonolens.pointing_game(maps, masks, **flags)
    together = sonolens.pointing_game(maps, masks, patient_ids=["one"] * 12, **flags)

    # One patient's maps can be laid on no other patient's scans.
    assert apart["rate"].equals(together["rate"])
    assert (together["p_value"].dropna() == 1).all()
    assert (apart["p_value"].dropna() < 1).any()


def test_constant_maps_are_counted_apart():
    table = sonolens.pointing_game(
        [np.zeros((7, 7)), looking_at(15, 30)],
        [scan(), scan()],
        spacing_mm=0.5,
        malignant=[True, True],
        called=[True, True],
    )

    counted = table.query("region == 'mass' and rule == 'max' and subset == 'all'").iloc[-1]
    assert (counted["n"], counted["n_silent"]) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"maps": []}, "there is no map"),
        ({"masks": [scan(), scan()]}, "1 maps but 2 masks"),
        ({"malignant": [True, False]}, "1 maps but 2 values of malignant"),
        ({"patient_ids": ["a", "b"]}, "1 maps but 2 values of patient_ids"),
        ({"maps": [np.zeros((1, 7, 7))]}, "map 0 has 3 axes"),
        ({"maps": [np.full((7, 7), np.nan)]}, "map 0 holds infinite or undefined"),
        ({"masks": [np.zeros((40, 60))]}, "mask"),
        ({"spacing_mm": np.nan}, "has no pixel spacing"),
        ({"ring_mm": 0.0}, "greater than 0"),
    ],
)
def test_what_cannot_be_played_is_refused_by_name(changes, said):
    given = {
        "maps": [looking_at(15, 30)],
        "masks": [scan()],
        "spacing_mm": 0.5,
        "malignant": [True],
        "called": [True],
    }

    with pytest.raises(ValueError, match=said):
        sonolens.pointing_game(**given | changes)


def game(**changes):
    """Two scans, one hit in the mass; what a test changes is given."""
    given = {
        "maps": [looking_at(15, 30), looking_at(30, 30)],
        "masks": [scan(), scan()],
        "spacing_mm": 0.5,
        "malignant": [True, False],
        "called": [True, True],
        "patient_ids": ["a", "b"],
    }
    return sonolens.pointing_game(**given | changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"maps": np.stack([looking_at(15, 30), looking_at(30, 30)])},
        {"maps": torch.tensor(np.stack([looking_at(15, 30), looking_at(30, 30)]))},
        {"maps": [torch.tensor(looking_at(15, 30)), torch.tensor(looking_at(30, 30))]},
        {"maps": [looking_at(15, 30).astype(np.float16), looking_at(30, 30).astype(np.float16)]},
        {"maps": [looking_at(15, 30).astype(int), looking_at(30, 30).astype(int)]},
        {"maps": [looking_at(15, 30).tolist(), looking_at(30, 30).tolist()]},
        {"maps": iter([looking_at(15, 30), looking_at(30, 30)])},
        {"masks": [255 * scan().astype(np.uint8), scan().astype(float)]},
        {"masks": np.stack([scan(), scan()])},
        {"masks": torch.tensor(np.stack([scan(), scan()]))},
        {"masks": [Image.fromarray(scan()), Image.fromarray(255 * scan().astype(np.uint8))]},
        {"masks": (mask for mask in [scan(), scan()])},
        {"spacing_mm": (0.5, 0.5)},
        {"spacing_mm": pd.DataFrame({"row": [0.5, 0.5], "col": [0.5, 0.5]})},
        {"malignant": pd.Series([True, False], index=["x", "y"])},
        {"malignant": pd.Series([1, 0], dtype="Int64"), "called": pd.Series([1.0, 1.0])},
        {"malignant": torch.tensor([True, False]), "called": torch.tensor([1.0, 1.0])},
        {"malignant": iter([True, False]), "called": [np.True_, 1]},
        {"patient_ids": iter([7, 9])},
        {"patient_ids": pd.Series(["a", "b"], index=[4, 2])},
        {"patient_ids": None},
    ],
    ids=" ".join,
)
def test_what_is_the_same_is_played_the_same_however_it_is_written(changes):
    pd.testing.assert_frame_equal(game(**changes), game())


def test_scans_may_differ_in_size():
    wide = np.pad(scan(), [(0, 20), (10, 40)])
    played = game(
        maps=[looking_at(15, 30), looking_at(15, 40, cells=wide.shape)], masks=[scan(), wide]
    )

    assert rates(played, rule="max", **ALL)["mass"] == 1


def test_maps_of_whole_numbers_keep_every_level():
    # 16777217 and 16777216 are one number in single precision.
    saliency = np.full((4, 6), 16777216)
    saliency[1, 3] += 1

    assert rates(game(maps=[saliency, saliency]), rule="max", **ALL)["mass"] == 1


def test_what_is_given_stays_as_it_was():
    maps, masks = np.stack([looking_at(15, 30)] * 2), np.stack([scan(), scan()])
    kept = maps.copy(), masks.copy()
    game(maps=maps, masks=masks)

    np.testing.assert_array_equal(maps, kept[0])
    np.testing.assert_array_equal(masks, kept[1])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"maps": looking_at(15, 30)}, "map 0 has 1 axes"),
        ({"maps": np.zeros((2, 1, 7, 7))}, "map 0 has 3 axes"),
        ({"maps": np.zeros((2, 7, 7, 1))}, "map 0 has 3 axes"),
        ({"maps": ["one.npy", "two.npy"]}, "map 0 has 0 axes"),
        ({"maps": np.zeros((2, 0, 7))}, "map 0 has 2 axes and 0 values"),
        ({"maps": [looking_at(15, 30), np.full((7, 7), np.inf)]}, "map 1 holds infinite"),
        ({"training_maps": [np.full((7, 7), np.nan)]}, "training map 0 holds infinite"),
        ({"training_maps": []}, "there is no training map"),
        ({"masks": scan()}, "mask 0 has 1 axes"),
        ({"masks": [scan(), np.dstack([scan()] * 3)]}, "mask 1 has 3 axes"),
        ({"masks": [scan(), np.zeros((40, 60))]}, "mask 1 holds 0 values besides 0"),
        ({"masks": [scan(), np.arange(9).reshape(3, 3)]}, "mask 1 holds 8 values .* mask > 127"),
        ({"masks": [scan(), np.full((9, 9), np.nan)]}, "mask 1 holds infinite or undefined"),
        ({"malignant": ["malignant", "benign"]}, "malignant of scan 0 is 'malignant'.*words =="),
        ({"malignant": pd.Series(["malignant", "benign"])}, "malignant of scan 0 is 'malignant'"),
        ({"called": [1.0, np.nan]}, "called of scan 1 is nan"),
        ({"called": [True, None]}, "called of scan 1 is None"),
        ({"called": pd.Series([True, pd.NA], dtype="boolean")}, "called of scan 1 is <NA>"),
        ({"called": [1, 0.7]}, "called of scan 1 is 0.7.*probabilities >= 0.5"),
        ({"called": [1, -1]}, "called of scan 1 is -1"),
        ({"called": np.ones((2, 1), dtype=bool)}, r"called, of shape \(2, 1\)"),
        ({"called": {"first": True, "second": False}}, "called of scan 0 is 'first'"),
        ({"called": "malignant"}, "2 maps but 9 values of called"),
        ({"patient_ids": ["a", None]}, "patient_ids of scan 1 is None"),
        ({"patient_ids": [1.0, np.nan]}, "patient_ids of scan 1 is nan"),
        ({"spacing_mm": [0.5, 0.0]}, "has no pixel spacing above 0"),
        ({"spacing_mm": [0.5, 0.5, 0.5]}, r"spacing_mm of shape \(3,\)"),
        ({"spacing_mm": [[0.5, 0.5], [0.5, np.inf]]}, "has no pixel spacing above 0"),
        ({"ring_mm": -1.0}, "ring_mm is -1.0; give a width greater than 0"),
        ({"ring_mm": np.nan}, "ring_mm is nan"),
        ({"ring_mm": np.inf}, "ring_mm is inf"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_what_is_odd_is_refused_with_its_name_and_a_remedy(changes, said):
    with pytest.raises(ValueError, match=said):
        game(**changes)


def test_a_map_that_still_has_a_gradient_is_told_to_leave_it():
    saliency = torch.tensor(looking_at(15, 30), requires_grad=True)

    with pytest.raises(RuntimeError, match=r"detach\(\)"):
        game(maps=[saliency, saliency])


def test_a_point_on_an_annotation_is_a_miss_and_chance_leaves_annotations_out():
    mask = np.zeros((40, 60), dtype=bool)
    mask[10:20, 20:40] = True
    marked = np.zeros(mask.shape, dtype=np.uint8)
    marked[20:, 20:40] = 255  # all that lies below the mass
    saliency = np.zeros((1, 4, 6))
    saliency[0, 3, 2] = 1.0
    told = {"spacing_mm": 0.5, "malignant": [1], "called": [1], "ring_mm": 1.0}

    def below(**further):
        table = sonolens.pointing_game(saliency, [mask], **told, **further)
        rows = table.query("rule == 'max' and subset == 'all' and label == 'both'")
        return rows.set_index("region").loc["below"]

    assert below()["rate"] == 1.0
    assert below()["chance"] > 0
    assert below(annotations=[marked])["n_empty"] == 1
    marked[:, 30:] = 0  # half of it
    half = below(annotations=[marked])
    assert half["rate"] == 0.0
    assert half["chance"] == pytest.approx(below()["chance"] / 2)


def test_annotations_of_another_number_of_scans_are_refused():
    mask = scan()

    with pytest.raises(ValueError, match="there are 1 masks but 2 annotations; give one per scan"):
        sonolens.pointing_game(
            np.eye(4)[None],
            [mask],
            spacing_mm=1,
            malignant=[1],
            called=[1],
            annotations=[mask, mask],
        )


def test_annotations_of_another_size_are_refused():
    mask = np.zeros((40, 60), dtype=bool)
    mask[10:20, 20:40] = True

    with pytest.raises(ValueError, match=r"annotations 0 have shape \(60, 40\)"):
        sonolens.pointing_game(
            np.eye(4)[None], [mask], spacing_mm=1, malignant=[1], called=[1], annotations=[mask.T]
        )

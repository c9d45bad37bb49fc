import numpy as np
import pytest
from desk_network import (
    BIAS,
    SPACING,
    TEMPERATURE,
    TRAINING,
    draw_mask,
    draw_scan,
    make_card,
    write_desk_network,
)
from scipy.special import expit

from sonolens.explain import Explanation, Refused
from sonolens.explain.asking import decide
from sonolens.tables.vocabulary import REGION_NAMES
from sonolens.travel.card import SetRule


def checks_of(told):
    return {doubt.check for doubt in told.doubts}


def test_a_network_that_says_its_bias_gives_a_known_probability_and_known_calls(
    explain, new_scan, silent_file
):
    told = explain(new_scan, network=silent_file)

    assert told.answer.logit == pytest.approx(BIAS)
    assert told.answer.probability == pytest.approx(expit(BIAS / TEMPERATURE))
    assert [call.call for call in told.answer.calls] == ["malignant", "malignant"]
    assert told.answer.call == "malignant"
    assert told.map.extremes == ()  # its map is even
    assert "even_map" in checks_of(told)


def test_the_document_reads_back_as_it_was_written(explain, new_scan, new_mask):
    told = explain(new_scan, mask=new_mask, spacing_mm=SPACING)

    assert Explanation.model_validate_json(told.model_dump_json()) == told


def test_mean_and_bias_of_a_class_activation_map_are_the_logit(explain, new_scan):
    told = explain(new_scan)

    assert told.map.law.total == pytest.approx(told.answer.logit, abs=told.map.law.tolerance)
    assert np.mean(told.map.cells) == pytest.approx(told.map.law.map_mean)


def test_what_all_cells_add_and_the_bias_are_the_whole_logit(explain, new_scan):
    told = explain(new_scan)
    cells = np.array(told.map.cells)
    largest = next(each for each in told.map.extremes if each.extreme == "max")

    assert largest.logit_part == pytest.approx(cells.max() / cells.size)
    assert largest.logit_share == pytest.approx(largest.logit_part / told.answer.logit)


def test_extremes_are_told_in_millimetres_only_where_a_spacing_is_known(explain, new_scan):
    unknown, known = explain(new_scan), explain(new_scan, spacing_mm=SPACING)

    assert unknown.picture.spacing_from == "unknown"
    for pixels, lengths in zip(unknown.map.extremes, known.map.extremes, strict=True):
        assert pixels.depth_mm is pixels.lateral_mm is None
        assert lengths.depth_mm == pytest.approx((pixels.row_px + 0.5) * SPACING[0])
        assert lengths.lateral_mm == pytest.approx((pixels.col_px + 0.5) * SPACING[1])


def test_a_training_scan_is_found_out_and_a_new_one_is_not(explain, save):
    trained, new = explain(save(TRAINING[3])), explain(save(draw_scan(99)))

    assert (trained.training_scan, new.training_scan) == (True, False)
    assert "fitted on this very scan" in trained.doubts[0].text
    assert "training_scan" not in checks_of(new)


def test_every_training_range_that_is_left_is_told(explain, save):
    told = explain(save(draw_scan(1, shape=(300, 128)) // 3), spacing_mm=(0.1, 0.2))
    outside = {check.name for check in told.ranges if check.standing == "outside"}

    assert {"rows_px", "spacing_row_mm", "depth_mm", "mean_grey"} <= outside
    assert "cols_px" not in outside
    assert {f"range_{name}" for name in outside} <= checks_of(told)


def test_a_spacing_that_a_header_rounded_leaves_no_range(explain, new_scan):
    told = explain(new_scan, spacing_mm=(0.20001, 0.2))

    assert not {"range_spacing_row_mm", "range_depth_mm"} & checks_of(told)


def test_a_scan_without_spacing_is_not_placed_by_it(explain, new_scan):
    told = explain(new_scan)

    assert {c.standing for c in told.ranges if c.name.endswith("_mm")} == {"unknown"}
    assert any("Not known of this scan" in line for line in told.not_checked)


def test_the_distance_of_a_strange_scan_passes_the_limit_and_that_of_one_like_the_rest_does_not(
    explain, save, tmp_path
):
    network = write_desk_network(tmp_path / "net.safetensors", familiar=True)
    strange = np.tile(np.arange(0, 256, 2, dtype=np.uint8), (96, 1))
    shape = (64, 64)
    far, near = (
        explain(save(scan), network=network).familiarity
        for scan in (strange, draw_scan(5, shape=shape))
    )

    assert far.unfamiliar
    assert not near.unfamiliar
    assert near.distance < near.threshold < far.distance


def test_without_familiarity_it_is_told_why(explain, new_scan):
    told = explain(new_scan)

    assert told.familiarity is None
    assert any("there are 3 validation scans" in line for line in told.not_checked)


def test_operating_points_that_differ_are_a_reason_to_distrust(explain, new_scan, tmp_path):
    points = make_card(0.0).decisions
    changed = points.model_copy(
        update={
            "operating_points": (
                points.operating_points[0].model_copy(update={"threshold": 0.99}),
                points.operating_points[1],
            )
        }
    )
    network = write_desk_network(tmp_path / "n.safetensors", silent=True, decisions=changed)
    told = explain(new_scan, network=network)

    assert [call.call for call in told.answer.calls] == ["benign", "malignant"]
    assert "calls_differ" in checks_of(told)


@pytest.mark.parametrize(
    ("limits", "labels"),
    [
        # The silent network gives malignant 0.56, so benign is as improbable as that, and malignant as 0.44.
        ((0.5, 0.5), ("malignant",)),
        ((0.6, 0.4), ("benign",)),
        ((0.6, 0.5), ("benign", "malignant")),
        ((0.5, 0.4), ()),
        ((np.inf, np.inf), ("benign", "malignant")),
    ],
)
def test_a_scan_whose_set_holds_not_one_label_is_left_open(
    explain, new_scan, tmp_path, limits, labels
):
    rules = tuple(
        SetRule(
            level="scan",
            taxonomy="label",
            group=group,
            alpha=0.1,
            calibrated_on="validation",
            threshold=limit,
            n=12,
            n_patients=9,
            fell_back=False,
        )
        for group, limit in zip(("benign", "malignant"), limits, strict=True)
    )
    changed = make_card(0.0).decisions.model_copy(update={"sets": rules})
    network = write_desk_network(tmp_path / "n.safetensors", silent=True, decisions=changed)
    told = explain(new_scan, network=network)

    (found,) = told.answer.sets
    assert (found.alpha, found.labels, found.patients) == (0.1, labels, (9, 9))
    assert ("left_open" in checks_of(told)) == (len(labels) != 1)
    assert not any("abstain" in line for line in told.not_checked)


def test_a_rule_that_knows_one_label_alone_makes_no_set():
    rules = tuple(
        SetRule(
            level="scan",
            taxonomy="label",
            group=group,
            alpha=alpha,
            calibrated_on="validation",
            threshold=0.5,
            n=12,
            n_patients=9,
            fell_back=False,
        )
        for alpha, group in ((0.1, "benign"), (0.2, "benign"), (0.2, "malignant"))
    )
    decisions = make_card(0.0).decisions.model_copy(update={"sets": rules})

    sets = decide(BIAS, decisions).sets

    assert [(each.alpha, each.labels) for each in sets] == [(0.2, ("malignant",))]


def test_with_a_mask_regions_chance_and_reliance_by_every_fill_are_told(
    explain, new_scan, new_mask
):
    told = explain(new_scan, mask=new_mask, spacing_mm=SPACING)
    shares = {region.region: region for region in told.regions.regions}

    assert told.regions.ring == "0-5 mm"
    assert shares["mass"].area_share == pytest.approx(draw_mask().mean())
    assert shares["any"].chance == pytest.approx(sum(shares[n].chance for n in REGION_NAMES))
    assert [fill.fill for fill in told.regions.reliance.fills] == ["mean", "blurred", "tissue"]
    for fill in told.regions.reliance.fills:
        total = sum(fill.values.values()) + fill.empty_logit
        assert total == pytest.approx(told.answer.logit, abs=1e-3)
    said = {fill.hangs_most_on for fill in told.regions.reliance.fills}
    assert (told.regions.reliance.hangs_most_on is None) == (len(said) > 1)
    assert ("reliance_undecided" in checks_of(told)) == (len(said) > 1)


def test_a_network_that_says_the_same_of_everything_is_doubted_for_its_fills(
    explain, new_scan, new_mask, silent_file
):
    told = explain(new_scan, mask=new_mask, network=silent_file)

    (doubt,) = [each.text for each in told.doubts if each.check == "fill_alone"]
    assert doubt.count("(0.5)") == len(told.regions.reliance.fills)


def test_without_spacing_the_ring_is_relative(explain, new_scan, new_mask):
    assert "relative" in explain(new_scan, mask=new_mask).regions.ring


def test_another_method_is_named_and_has_no_law(explain, new_scan):
    told = explain(new_scan, method="ablation_cam")

    assert told.map.method == "ablation_cam"
    assert told.map.law is None
    assert all(extreme.logit_part is None for extreme in told.map.extremes)


@pytest.mark.parametrize(
    ("shape", "reason"), [((1, 1), "1 x 1"), ((63, 200), "63 x 200"), ((400, 2), "400 x 2")]
)
def test_a_scan_too_small_to_show_anything_is_refused(explain, save, shape, reason):
    refused = explain(save(draw_scan(0, shape=shape)))

    assert isinstance(refused, Refused)
    assert reason in refused.reason


def test_a_scan_without_content_is_refused(explain, save):
    assert "no content" in explain(save(np.full((96, 128), 70))).reason


@pytest.mark.parametrize(
    ("mask", "reason"),
    [
        (np.ones((96, 128)), "mask"),
        (np.zeros((96, 128)), "empty"),
        (np.ones((10, 10)), "10 x 10"),
    ],
)
def test_a_mask_that_fills_the_scan_is_empty_or_of_another_size_is_refused(
    explain, save, new_scan, mask, reason
):
    refused = explain(new_scan, mask=save(255 * mask, "mask.png"))

    assert isinstance(refused, Refused)
    assert reason in refused.reason


@pytest.mark.parametrize("spacing", [(0.0, 0.1), (-0.1, 0.1), (5.0, 5.0), (float("inf"), 0.1)])
def test_a_spacing_that_cannot_be_is_refused(explain, new_scan, spacing):
    assert isinstance(explain(new_scan, spacing_mm=spacing), Refused)

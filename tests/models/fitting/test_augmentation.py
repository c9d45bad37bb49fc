import pytest
import torch

from sonolens.models import AugmentationRanges
from sonolens.models.fitting.augmentation import (
    AugmentationDraw,
    apply_augmentation,
    draw_augmentation,
)

SCAN = torch.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]], dtype=torch.uint8)


def draw_of(*, flip=False, down=0.0, right=0.0, contrast=1.0, gain_levels=0.0):
    return AugmentationDraw(
        flip=torch.tensor([flip]),
        shift=torch.tensor([[down, right]]),
        contrast=torch.tensor([contrast]),
        gain_levels=torch.tensor([gain_levels]),
    )


def applied(scan=SCAN, **changes):
    return apply_augmentation(scan[None], draw_of(**changes))[0].tolist()


def draw(count=2000, seed=1, **ranges):
    options = {
        "horizontal_flip": True,
        "max_shift": 0.1,
        "max_contrast": 0.2,
        "max_gain_levels": 12.0,
    }
    generator = torch.Generator().manual_seed(seed)
    return draw_augmentation(
        count, ranges=AugmentationRanges(**(options | ranges)), generator=generator
    )


def test_a_draw_of_nothing_changes_nothing():
    assert applied() == SCAN.tolist()


def test_a_flip_swaps_left_and_right_and_never_the_skin_and_the_depth():
    assert applied(flip=True) == [[3, 2, 1], [6, 5, 4], [9, 8, 7]]


def test_a_shift_down_repeats_the_skin_line():
    assert applied(down=0.34) == [[1, 2, 3], [1, 2, 3], [4, 5, 6]]


def test_a_shift_to_the_left_repeats_the_right_edge():
    assert applied(right=-0.34) == [[2, 3, 3], [5, 6, 6], [8, 9, 9]]


def test_the_shift_follows_the_flip():
    assert applied(flip=True, right=0.34) == [[3, 3, 2], [6, 6, 5], [9, 9, 8]]


def test_contrast_multiplies_and_gain_adds_afterwards():
    assert applied(contrast=2.0, gain_levels=1.0)[0] == [3, 5, 7]


def test_grey_levels_stay_between_black_and_white_and_no_echo_stays_none():
    scan = torch.tensor([[0, 10, 250]], dtype=torch.uint8)

    assert applied(scan, gain_levels=20.0) == [[0, 30, 255]]
    assert applied(scan, gain_levels=-20.0) == [[0, 0, 230]]


def test_each_scan_of_a_batch_gets_its_own_draw():
    both = AugmentationDraw(
        flip=torch.tensor([True, False]),
        shift=torch.tensor([[0.0, 0.0], [-0.34, 0.0]]),
        contrast=torch.tensor([1.0, 2.0]),
        gain_levels=torch.tensor([0.0, 0.0]),
    )

    changed = apply_augmentation(torch.stack([SCAN, SCAN]), both)

    assert changed[0].tolist() == [[3, 2, 1], [6, 5, 4], [9, 8, 7]]
    assert changed[1].tolist() == [[8, 10, 12], [14, 16, 18], [14, 16, 18]]


def test_some_scans_of_a_draw_keep_their_own():
    drawn = draw(count=5)
    chosen = drawn.of(torch.tensor([3, 0]))

    for name in ("flip", "shift", "contrast", "gain_levels"):
        assert torch.equal(getattr(chosen, name), getattr(drawn, name)[[3, 0]])


def test_draws_fill_their_ranges_on_both_sides():
    drawn = draw()

    assert 0.45 < drawn.flip.float().mean() < 0.55
    for values, low, high in (
        (drawn.shift[:, 0], -0.1, 0.1),
        (drawn.shift[:, 1], -0.1, 0.1),
        (drawn.contrast, 0.8, 1.2),
        (drawn.gain_levels, -12, 12),
    ):
        assert low <= values.min() < low + 0.02 * (high - low)
        assert high >= values.max() > high - 0.02 * (high - low)


def test_a_seed_decides_the_draw_and_the_global_generator_stays():
    before = torch.get_rng_state()

    assert torch.equal(draw(seed=4).shift, draw(seed=4).shift)
    assert not torch.equal(draw(seed=4).shift, draw(seed=5).shift)
    assert torch.equal(torch.get_rng_state(), before)


def test_switching_one_change_off_leaves_the_others():
    drawn, calm = draw(), draw(horizontal_flip=False, max_contrast=0.0)

    assert not calm.flip.any()
    assert torch.equal(calm.contrast, torch.ones(2000))
    assert torch.equal(calm.gain_levels, drawn.gain_levels)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_shift", 1.0),
        ("max_shift", -0.1),
        ("max_contrast", 1.0),
        ("max_gain_levels", -1.0),
        ("max_gain_levels", float("inf")),
    ],
)
def test_a_range_out_of_bounds_is_named(name, value):
    with pytest.raises(ValueError, match=rf"{name}\n.*input_value={value}"):
        draw(**{name: value})

import math

import pytest
import torch
from torch import nn

from sonolens.models.networks.own_checks import build_checked, measure_trunk
from sonolens.models.networks.own_trunk import TrunkSource, evaluating


class Gives(nn.Module):
    """A trunk that gives what a function makes of its maps."""

    def __init__(self, change, channels=4):
        super().__init__()
        self.maps = nn.Conv2d(3, channels, 4, stride=4)
        self.change = change

    def forward(self, colours):
        return self.change(self.maps(colours))


def facts_of(build, size_px=48):
    torch.manual_seed(0)
    return measure_trunk("mine", evaluating(build()), size_px=size_px)


def test_stride_channels_and_reach_of_convolutions_are_those_counted_by_hand(small_trunk):
    facts = facts_of(small_trunk)

    assert (facts.channels, facts.cells, facts.output_stride) == (5, (12, 12), 4)
    assert facts.receptive_field_px == 3 + 2 * 2
    assert not facts.pooled


@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (5, 3), (7, 4), (1, 1)])
def test_a_single_convolution_is_measured_as_it_is_built(kernel, stride):
    facts = facts_of(lambda: nn.Conv2d(3, 2, kernel, stride=stride))

    assert (facts.output_stride, facts.receptive_field_px) == (stride, kernel)


def test_cells_that_see_the_whole_scan_are_told_so_and_their_stride_comes_from_larger_scans():
    def build():
        return nn.Sequential(
            nn.Conv2d(3, 4, 4, stride=4), nn.Conv2d(4, 4, 25, padding=12), nn.Tanh()
        )

    facts = facts_of(build)

    assert (facts.output_stride, facts.receptive_field_px) == (4, math.inf)


def test_tokens_laid_out_as_a_grid_are_maps(token_trunk):
    facts = facts_of(token_trunk("grid"))

    assert (facts.channels, facts.cells, facts.output_stride) == (8, (3, 3), 16)
    assert facts.receptive_field_px == math.inf
    assert "9" not in facts.tell()


def test_a_class_token_is_one_vector_of_the_whole_scan(token_trunk):
    facts = facts_of(token_trunk("class"))

    assert facts.pooled
    assert (facts.channels, facts.cells, facts.output_stride) == (8, (1, 1), 48)
    assert "without maps" in facts.tell()


def ignore(maps):
    return maps * 0 + 1


def undefined(maps):
    return maps / 0 * 0


def count_channels(maps):
    return maps[:, : 4 - (len(maps) == 1)]


def silence_the_middle(maps):
    heard = torch.ones_like(maps)
    heard[:, :, (maps.shape[2] - 1) // 2, (maps.shape[3] - 1) // 2] = 0
    return maps * heard


def test_a_silent_middle_cell_tells_no_reach_and_the_stride_comes_from_larger_scans():
    facts = facts_of(lambda: Gives(silence_the_middle))

    assert (facts.output_stride, facts.receptive_field_px) == (4, math.inf)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (ignore, "ignores its input"),
        (undefined, "NaN or infinity"),
        (count_channels, "must not vary"),
        (lambda maps: maps.detach(), "cuts the gradient"),
        (lambda maps: maps + (maps * 0).sqrt(), "has an undefined gradient"),
        (lambda maps: maps + torch.randn_like(maps), "drawn at random"),
        (lambda maps: maps - maps.mean(dim=0, keepdim=True), "normalises by the batch"),
        (lambda maps: maps.flatten(2).mT, "laid out as a grid"),
        (lambda maps: maps[0], "of shape [4, 12, 12] of 2 scans"),
        (lambda maps: maps[None], "of shape [1, 2, 4, 12, 12]"),
        (lambda maps: maps[:, :0], "of shape [2, 0, 12, 12]"),
        (lambda maps: maps.long(), "gives torch.int64"),
        (lambda maps: {"maps": maps}, "gives a dict, no tensor"),
        (lambda maps: maps[:, :, :, ::2], "tell no whole number"),
        (lambda maps: maps @ torch.ones(3, 3), "cannot see 2 scans of 48 px (RuntimeError"),
    ],
)
def test_what_is_no_trunk_is_refused_in_one_line_that_says_why(change, said):
    with pytest.raises(ValueError, match=r"^network mine ") as told:
        facts_of(lambda: Gives(change))

    assert said in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_statistics_of_the_batch_are_allowed_to_nobody_who_is_asked_about_one_scan():
    trunk = nn.Sequential(nn.Conv2d(3, 4, 4, stride=4), nn.BatchNorm2d(4)).train()

    with pytest.raises(ValueError, match="normalises by the batch"):
        measure_trunk("mine", trunk, size_px=48)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: 3, "returned a int; return a torch module"),
        (lambda: nn.Conv2d, "returned a type"),
        (nn.Linear, "must take no argument"),
        (lambda: 1 / 0, "cannot be called (ZeroDivisionError: division by zero)"),
    ],
)
def test_what_builds_no_module_is_refused_in_one_line(build, said):
    with pytest.raises(ValueError, match=r"^network mine: my\.module:build ") as told:
        build_checked("mine", TrunkSource(build, "my.module:build"))

    assert said in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_a_builder_that_refuses_is_heard_in_its_own_words():
    def refuse():
        raise ValueError("weights.pt is not there")

    with pytest.raises(ValueError, match=r"^network mine: weights\.pt is not there$"):
        build_checked("mine", TrunkSource(refuse, "my.module:build"))

import pytest
from pydantic import ValidationError
from settings_of_conf import settings_with

from sonolens.saliency import EXPLAINERS, MethodSettings


@pytest.mark.parametrize(
    ("method", "values", "said"),
    [
        ("score_cam", {"channels": 0}, "channels\n.* greater than or equal to 1"),
        ("score_cam", {"baseline_grey": 256.0}, "baseline_grey\n.* less than or equal to 255"),
        ("cameras", {"largest_px": 0}, "largest_px\n.* greater than or equal to 1"),
        ("cameras", {"step_px": 0}, "step_px\n"),
        ("integrated_gradients", {"steps": 0}, "steps\n.* greater than or equal to 1"),
        ("integrated_gradients", {"baseline_grey": -1.0}, "baseline_grey\n"),
        ("smooth_grad", {"samples": 0}, "samples\n.* greater than or equal to 1"),
        ("smooth_grad", {"noise_share": -0.1}, "noise_share\n.* greater than or equal to 0"),
        ("occlusion", {"stride_px": 0}, "stride_px\n.* greater than or equal to 1"),
        ("occlusion", {"window_px": 0}, "window_px\n"),
        ("occlusion", {"fill_grey": 300.0}, "fill_grey\n"),
        ("centre_prior", {"sigma_share": 0.0}, "sigma_share\n.* greater than 0"),
        ("edges", {"sigma_px": 0.0}, "sigma_px\n.* greater than 0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(method, values, said):
    with pytest.raises(ValidationError, match=rf"{method}\.{said}"):
        settings_with(**{method: values})


def test_a_setting_that_no_method_has_is_refused_and_the_nearest_is_named():
    with pytest.raises(ValidationError, match=r"edges\n.*'sigma_mm' is no .*did you mean sigma_px"):
        settings_with(edges={"sigma_mm": 1.0})


def test_a_window_that_is_no_whole_number_of_strides_is_refused():
    with pytest.raises(ValidationError, match=r"window_px is 24; it must be a multiple of .* 16"):
        settings_with(occlusion={"window_px": 24})


def test_settings_are_named_for_their_methods():
    assert set(MethodSettings.model_fields) - {"seed"} <= set(EXPLAINERS)


def test_the_sizes_of_cameras_are_the_published_ones():
    chosen = settings_with().cameras

    sides = list(range(224, chosen.largest_px + 1, chosen.step_px))
    assert sides == [224, 324, 424, 524, 624, 724, 824, 924]

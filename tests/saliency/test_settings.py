import pytest

from sonolens.saliency import (
    EXPLAINERS,
    CamerasSettings,
    CentrePriorSettings,
    EdgesSettings,
    IntegratedGradientsSettings,
    MethodSettings,
    OcclusionSettings,
    ScoreCamSettings,
    SmoothGradSettings,
)


@pytest.mark.parametrize(
    ("settings", "values", "said"),
    [
        (ScoreCamSettings, {"channels": 0}, r"score_cam\.channels is 0; it must be at least 1, or"),
        (
            ScoreCamSettings,
            {"baseline_grey": 256.0},
            "256.0; it must be a grey level from 0 to 255",
        ),
        (CamerasSettings, {"largest_px": 0}, "largest_px is 0; it must be at least 1"),
        (CamerasSettings, {"step_px": 0}, "step_px is 0"),
        (IntegratedGradientsSettings, {"steps": 0}, r"integrated_gradients\.steps is 0"),
        (IntegratedGradientsSettings, {"baseline_grey": -1.0}, "baseline_grey is -1.0"),
        (SmoothGradSettings, {"samples": 0}, r"smooth_grad\.samples is 0"),
        (SmoothGradSettings, {"noise_share": -0.1}, "noise_share is -0.1; it must be 0 or more"),
        (OcclusionSettings, {"stride_px": 0}, "stride_px is 0"),
        (OcclusionSettings, {"window_px": 24}, "window_px is 24; it must be a multiple of 16"),
        (OcclusionSettings, {"window_px": 0}, "window_px is 0"),
        (OcclusionSettings, {"fill_grey": 300.0}, "fill_grey is 300.0"),
        (CentrePriorSettings, {"sigma_share": 0.0}, "sigma_share is 0.0; it must be above 0"),
        (EdgesSettings, {"sigma_px": 0.0}, "sigma_px is 0.0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(settings, values, said):
    with pytest.raises(ValueError, match=said):
        settings(**values)


def test_settings_are_named_for_their_methods():
    assert set(vars(MethodSettings())) - {"seed"} <= set(EXPLAINERS)


def test_the_sizes_of_cameras_are_the_published_ones():
    chosen = MethodSettings().cameras

    sides = list(range(224, chosen.largest_px + 1, chosen.step_px))
    assert sides == [224, 324, 424, 524, 624, 724, 824, 924]

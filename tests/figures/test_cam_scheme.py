"""In Fig. 2 equal colours are equal evidence, and a sign is not taken for a call."""

import numpy as np
from matplotlib.figure import Figure

from sonolens.figures.cam_scheme import draw_cam_scheme
from sonolens.figures.style import INK, text_width_in


def scheme(*, title: str = "scan-1", logit: float = 0.5) -> Figure:
    maps = np.stack([np.full((2, 2), 4.0), np.full((2, 2), 1.0)]).astype(np.float32)
    return draw_cam_scheme(
        np.zeros((8, 8), dtype=np.uint8),
        title=title,
        channel_maps=maps,
        channel_weights=np.array([0.5, -0.5], dtype=np.float32),
        channels_total=9,
        saliency=np.full((2, 2), 3.0, dtype=np.float32),
        bias=logit - 3.0,
        logit=logit,
    )


def alpha(figure: Figure, place: int) -> float:
    (image,) = figure.findobj(lambda each: each.get_gid() == f"cells-{place}")
    return float(image.get_array()[0, 0, 3])


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_a_channel_that_adds_a_quarter_is_a_quarter_as_opaque() -> None:
    figure = scheme()

    assert np.isclose(alpha(figure, 2), alpha(figure, 1) / 4)


def test_every_map_says_what_full_colour_means() -> None:
    shown = [text for text in texts(scheme()) if text.startswith("full colour")]

    assert shown == ["full colour: ±2.0 per cell"] * 2 + ["full colour: ±3.0 per cell"]


def test_the_sum_is_written_in_plain_ink_whatever_its_sign() -> None:
    for logit in (0.5, -0.5):
        (text,) = (t for t in scheme(logit=logit).texts if t.get_text().startswith("mean of"))
        assert text.get_color() == INK


def test_a_long_scan_name_stays_within_its_panel() -> None:
    (shown,) = (t for t in texts(scheme(title="a_hospital_name_" * 8)) if "…" in t and "_" in t)

    assert text_width_in(shown, size_pt=7.0) <= 1.75

import pytest
from tiny_run import pointing_table, scans_table

from sonolens.report.banners import raise_banners

RELATIVE = "relative: 0-0.5 mass radii"


@pytest.mark.parametrize("phantoms", [True, False])
@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("random_start", [True, False])
def test_each_banner_is_raised_exactly_when_it_applies(
    phantoms: bool, relative: bool, random_start: bool
) -> None:
    banners = raise_banners(
        scans_table(source="phantoms" if phantoms else "busbra"),
        pointing_table(ring=RELATIVE if relative else "0-5 mm"),
        starts={"none" if random_start else "imagenet"},
    )

    titles = " ".join(banner.title for banner in banners)
    assert ("Phantoms" in titles) == phantoms
    assert ("not in millimetres" in titles) == relative
    assert ("random weights" in titles) == random_start
    assert len(banners) == phantoms + relative + random_start


def test_some_phantoms_among_patients_are_counted() -> None:
    (banner,) = raise_banners(
        scans_table(source=["phantoms"] * 3 + ["busbra"] * 5),
        pointing_table(),
        starts={"imagenet"},
    )

    assert "3 of 8 scans are simulated" in banner.text


def test_the_relative_ring_is_quoted() -> None:
    (banner,) = raise_banners(
        scans_table(), pointing_table(ring=RELATIVE), starts={"a/file.safetensors"}
    )

    assert RELATIVE in banner.text

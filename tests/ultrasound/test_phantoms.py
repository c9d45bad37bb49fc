"""Phantoms: cues that are named carry the label, cues that are not carry nothing."""

from typing import Any

import numpy as np
import pytest
from scipy import ndimage, stats

from sonolens.ultrasound import (
    CUES,
    FOCI_SITES,
    Framing,
    MassPlan,
    Phantom,
    draw_mask,
    draw_scan,
    plan_mass,
)
from sonolens.ultrasound.foci import find_site


def plans(*, malignant: bool, cues: tuple[str, ...], count: int = 150) -> list[MassPlan]:
    rng = np.random.default_rng(7)
    return [
        plan_mass(rng, malignant=malignant, cues=cues, least_look=0.4, foci_site="mass")
        for _ in range(count)
    ]


def look(plan: MassPlan, cue: str) -> float:
    return float(getattr(plan, cue))


def changed(plan: MassPlan, **changes: object) -> MassPlan:
    return MassPlan(**(vars(plan) | changes))


PLAN = MassPlan(
    seed=3,
    field_depth_mm=34.0,
    depth_mm=14.0,
    half_height_mm=4.0,
    half_widths_mm=(5.0, 6.0),
    laterals_mm=(19.0, 17.0),
    margin=0.0,
    posterior=0.48,  # as much attenuation as average tissue
    interior=0.5,
    foci=0,
    foci_site="mass",
    gain_db=0.0,
)


def below(mask: np.ndarray) -> np.ndarray:
    """The middle columns of the mass, from 1 mm under it to 8 mm under it."""
    rows, cols = np.nonzero(mask)
    middle = slice(int(np.percentile(cols, 40)), int(np.percentile(cols, 60)))
    region = np.zeros_like(mask)
    region[rows.max() + 14 : rows.max() + 107, middle] = True
    return region


def test_without_a_cue_the_label_changes_no_byte() -> None:
    (benign,), (malignant,) = (plans(malignant=label, cues=(), count=1) for label in (False, True))

    assert benign == malignant
    assert np.array_equal(
        draw_scan(Phantom(benign, "transverse")), draw_scan(Phantom(malignant, "transverse"))
    )


@pytest.mark.parametrize(
    ("cue", "auc"), [("margin", 0.944), ("posterior", 0.944), ("interior", 0.944)]
)
def test_a_named_appearance_separates_the_labels_but_for_an_overlap(cue: str, auc: float) -> None:
    """Uniform looks on 0.4 to 1 and 0 to 0.6 cross in 0.2 squared / 2 / 0.6 squared of all pairs."""
    benign, malignant = (
        np.array([look(plan, cue) for plan in plans(malignant=label, cues=(cue,), count=1000)])
        for label in (False, True)
    )

    shuffled = np.random.default_rng(0).permutation(malignant)
    assert np.mean(shuffled > benign) == pytest.approx(auc, abs=0.02)


def test_named_foci_are_in_every_malignant_mass_and_in_no_benign_one() -> None:
    benign, malignant = (plans(malignant=label, cues=("foci",)) for label in (False, True))

    assert {plan.foci for plan in benign} == {0}
    assert {plan.foci for plan in malignant} == {4, 5, 6, 7}


@pytest.mark.parametrize("cue", CUES)
def test_a_cue_that_is_not_named_is_the_same_for_both_labels(cue: str) -> None:
    others = tuple(name for name in CUES if name != cue)
    benign, malignant = (plans(malignant=label, cues=others) for label in (False, True))

    assert [look(plan, cue) for plan in benign] == [look(plan, cue) for plan in malignant]


def test_size_and_place_do_not_depend_on_the_label() -> None:
    benign, malignant = (plans(malignant=label, cues=CUES) for label in (False, True))

    for name in ("depth_mm", "half_height_mm", "half_widths_mm", "laterals_mm", "gain_db"):
        assert [getattr(p, name) for p in benign] == [getattr(p, name) for p in malignant]


def test_an_attenuating_mass_casts_a_shadow_and_a_clear_one_enhances() -> None:
    mean = {
        posterior: np.mean(
            [
                draw_scan(phantom)[below(draw_mask(phantom))].mean()
                for seed in range(4)
                for phantom in [
                    Phantom(changed(PLAN, posterior=posterior, seed=seed), "transverse")
                ]
            ]
        )
        for posterior in (0.0, 0.48, 1.0)
    }

    assert mean[0.0] > mean[0.48] + 15
    assert mean[1.0] < mean[0.48] - 30


def test_posterior_changes_nothing_above_the_mass() -> None:
    dark, bright = (
        draw_scan(Phantom(changed(PLAN, posterior=posterior), "transverse")).astype(int)
        for posterior in (1.0, 0.0)
    )
    top = np.nonzero(draw_mask(Phantom(PLAN, "transverse")))[0].min()

    assert np.abs(dark - bright)[: top - 25].mean() < 0.2  # rounding near the noise
    assert np.abs(dark - bright).max() > 50


def test_a_suspicious_interior_is_darker_and_more_uneven() -> None:
    mask = draw_mask(Phantom(PLAN, "longitudinal"))
    core = ndimage.binary_erosion(mask, iterations=14)
    even, uneven = (
        ndimage.gaussian_filter(
            draw_scan(Phantom(changed(PLAN, interior=interior), "longitudinal")).astype(float), 6
        )[core]
        for interior in (0.0, 1.0)
    )

    assert uneven.mean() < even.mean() - 20
    assert uneven.std() > 1.5 * even.std()


def test_an_irregular_outline_is_longer_for_its_area() -> None:
    def compactness(margin: float) -> float:
        mask = draw_mask(Phantom(changed(PLAN, margin=margin), "longitudinal"))
        edge = mask & ~ndimage.binary_erosion(mask)
        return edge.sum() ** 2 / mask.sum()

    assert compactness(1.0) > 1.5 * compactness(0.0)


def test_a_smooth_mass_is_as_wide_and_high_as_planned() -> None:
    mask = draw_mask(Phantom(PLAN, "transverse"))
    rows, cols = np.nonzero(mask)

    assert (rows.mean() + 0.5) * 0.075 == pytest.approx(14.0, abs=0.4)
    assert (cols.mean() + 0.5) * 0.075 == pytest.approx(17.0, abs=0.4)
    assert np.ptp(cols) * 0.075 == pytest.approx(12.0, rel=0.15)
    assert np.ptp(rows) * 0.075 == pytest.approx(8.0, rel=0.15)


@pytest.mark.parametrize("site", FOCI_SITES)
def test_foci_change_the_scan_only_where_they_are_meant_to_lie(site: str) -> None:
    phantom = Phantom(changed(PLAN, foci=6, foci_site=site), "transverse")
    mask = draw_mask(phantom)
    with_foci, without = draw_scan(phantom), draw_scan(Phantom(PLAN, "transverse"))

    brighter = with_foci.astype(int) - without > 60
    reach_px = ndimage.distance_transform_edt(~find_site(mask, site=site))
    assert brighter.sum() > 100
    assert reach_px[brighter].max() * 0.075 < 1.5


def test_foci_survive_the_networks_resolution() -> None:
    phantom = Phantom(changed(PLAN, foci=6, foci_site="below"), "transverse")
    scan = draw_scan(phantom)
    framed = Framing(*scan.shape, size_px=224).frame_scan(scan)
    without = draw_scan(Phantom(PLAN, "transverse"))

    assert (
        np.sum(framed > Framing(*scan.shape, size_px=224).frame_scan(without).astype(int) + 60) > 20
    )


def test_both_planes_share_depth_and_differ_in_speckle() -> None:
    longitudinal, transverse = (Phantom(PLAN, view) for view in ("longitudinal", "transverse"))
    centres = [np.nonzero(draw_mask(p))[0].mean() * 0.075 for p in (longitudinal, transverse)]

    assert centres[0] == pytest.approx(centres[1], abs=0.4)
    assert not np.array_equal(draw_scan(longitudinal), draw_scan(transverse))


def test_speckle_is_wider_across_than_along_the_beam() -> None:
    flat = draw_scan(Phantom(changed(PLAN, interior=0.0, margin=0.0), "transverse")).astype(float)
    patch = flat[draw_mask(Phantom(PLAN, "transverse")).argmax(0).max() + 5 :][:60, 190:260]
    patch = patch - ndimage.gaussian_filter(patch, 10)

    down = stats.pearsonr(patch[:-4].ravel(), patch[4:].ravel()).statistic
    across = stats.pearsonr(patch[:, :-4].ravel(), patch[:, 4:].ravel()).statistic
    assert across > down + 0.1


def test_birads_counts_what_looks_suspicious() -> None:
    suspicious = changed(PLAN, margin=0.9, posterior=0.9, interior=0.9)

    assert changed(PLAN, interior=0.1).birads == "3"
    assert suspicious.birads == "4c"
    assert changed(suspicious, foci=5).birads == "5"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"cues": ("margin", "halo")}, "cue 'halo' is unknown; choose from "),
        ({"least_look": 1.1}, r"least_look is 1\.1, but looks lie between 0 and 1"),
        ({"least_look": -0.1}, r"least_look is -0\.1"),
    ],
)
def test_a_cue_or_a_look_that_cannot_be_is_named(wrong: dict[str, Any], said: str) -> None:
    sound: dict[str, Any] = {"cues": ("margin",), "least_look": 0.4, "foci_site": "mass"}

    with pytest.raises(ValueError, match=said):
        plan_mass(np.random.default_rng(0), malignant=True, **sound | wrong)
    for least_look in (0.0, 1.0):
        plan_mass(np.random.default_rng(0), malignant=True, **sound | {"least_look": least_look})


def test_an_unknown_site_is_named() -> None:
    with pytest.raises(ValueError, match="'nipple' is unknown; choose from mass"):
        plan_mass(
            np.random.default_rng(0), malignant=True, cues=(), least_look=0.4, foci_site="nipple"
        )

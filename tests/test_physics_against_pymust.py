"""The cross-check of the phantoms' physics, as far as it needs no simulator."""

import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "physics_against_pymust.py"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def test_without_the_simulator_it_says_in_one_line_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pymust", None)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT)])

    with pytest.raises(
        SystemExit, match=r"^pymust is not installed: pip install .*pymust==[\d.]+$"
    ):
        runpy.run_path(str(SCRIPT), run_name="__main__")


def test_reflectors_lie_where_the_grid_of_phantoms_has_them(script: dict[str, Any]) -> None:
    grid = np.array([[0, 0, 0], [0, 0, 5]], dtype=np.float32)
    told = script["on_grid"](grid, first_mm=10.0)
    loud = told.strength == 5

    assert told.across_mm[loud].tolist() == pytest.approx([2 * 0.075])
    assert told.depth_mm[loud].tolist() == pytest.approx([10.0 + 0.0375])


def test_a_line_hears_what_is_near_it_as_seen_from_it(script: dict[str, Any]) -> None:
    at = np.array([0.0, 2.0, 6.0])
    heard = script["Reflectors"](at, at + 1, at + 2).about(4.0)

    assert heard.across_mm.tolist() == [-2.0, 2.0]
    assert heard.depth_mm.tolist() == [3.0, 7.0]
    assert heard.strength.tolist() == [4.0, 8.0]


def test_a_difference_beyond_a_tenth_is_printed_bold(script: dict[str, Any]) -> None:
    assert script["tell"]("width", 1.0, 1.0, 0.95, 0.5) == (
        "| width | 1.000 | 1.000 | 0.950 | +5.3% | 0.500 | **+100.0%** |"
    )


def test_the_planted_shadow_is_measured_where_its_sides_do_not_soften_it(
    script: dict[str, Any],
) -> None:
    speckle = np.random.default_rng(0).rayleigh(size=(214, 60)).astype(np.float32)

    assert script["measure_planted_shadow"](speckle) == pytest.approx(8.0, rel=0.03)


def test_depths_that_are_less_loud_are_levelled_and_speckle_is_not(script: dict[str, Any]) -> None:
    speckle = np.random.default_rng(1).rayleigh(size=(300, 80)).astype(np.float32)
    fading = speckle * np.exp(-(np.linspace(0, 1, 300, dtype=np.float32) ** 2))[:, None]

    levelled = script["level"](fading)
    assert levelled.mean() / levelled.std() == pytest.approx(1.913, rel=0.01)
    assert fading.mean() / fading.std() < 1.75
    assert np.corrcoef(levelled.ravel(), speckle.ravel())[0, 1] > 0.999

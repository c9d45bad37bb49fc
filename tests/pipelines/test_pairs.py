"""One command fits every network to the scans with and without their annotations, and compares both."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sonolens.models import NetworkWeights
from sonolens.pipelines.data_processing.preparation import frame_scans
from sonolens.pipelines.pairs import inputs_of, is_paired
from sonolens.pipelines.parameters import FramingParameters
from sonolens.pipelines.training.grid import PlannedFit

SIDE = 32


def framed(annotations: str) -> np.ndarray:
    """Two scans with a bright letter each, at the given way of framing."""
    pixels = np.random.default_rng(0).integers(60, 90, size=(2, SIDE, SIDE), dtype=np.uint8)
    pixels[:, 4:8, 4:8] = 250
    marked = np.where(pixels > 200, 1, 0).astype(np.uint8)

    def readers(stack: np.ndarray) -> dict:
        return {
            name: lambda one=one: Image.fromarray(one)
            for name, one in zip("ab", stack, strict=True)
        }

    scans = pd.DataFrame({"scan_id": ["a", "b"]})
    framing = FramingParameters(size_px=SIDE, annotations=annotations)
    return frame_scans(scans, readers(pixels), readers(marked), framing)


def test_both_holds_all_scans_with_annotations_and_then_all_without() -> None:
    both = framed("both")

    np.testing.assert_array_equal(both, np.concatenate([framed("keep"), framed("blank")]))
    assert both[:2].max() == 250
    assert both[2:].max() < 100


@pytest.mark.parametrize(("seen", "rows"), [("as framed", [0, 1]), ("blank", [2, 3])])
def test_a_network_is_asked_of_the_half_that_it_learned(seen: str, rows: list[int]) -> None:
    both = framed("both")
    weights = NetworkWeights({}, {"annotations": seen})

    np.testing.assert_array_equal(inputs_of(weights, both, count=2), both[rows])
    np.testing.assert_array_equal(inputs_of(weights, both[:2], count=2), both[:2])


def test_another_number_of_scans_is_refused() -> None:
    assert is_paired(framed("both"), count=2)
    assert not is_paired(framed("keep"), count=2)
    with pytest.raises(ValueError, match="hold 2 framed scans, but the table 3"):
        is_paired(framed("keep"), count=3)


def test_the_pair_are_two_configurations() -> None:
    fits = [PlannedFit("tiny", "drs", None, seed=0, fold=0, blank=blank) for blank in (False, True)]

    assert [each.run("rigorous") for each in fits] == [
        "tiny-drs-seed0-fold0",
        "tiny-drs-blank-seed0-fold0",
    ]

import numpy as np
import pytest

from sonolens.evaluation.pointing import LocationPrior
from sonolens.travel import take_places, tell_places

REGIONS = {"mass": ("mass",), "below": ("below",)}
PRIOR = LocationPrior(
    regions=REGIONS, one=np.array([220, 230]), two=np.array([[220, 221], [0, 440]])
)


def test_places_are_played_as_they_were_chosen():
    taken = take_places(tell_places(PRIOR, tolerance_mm=0.0), regions=REGIONS)

    assert (taken.one == PRIOR.one).all()
    assert (taken.two == PRIOR.two).all()
    bits = np.zeros((1, 441), dtype=np.uint8)
    bits[0, 220] = 1
    assert taken.play(bits, rules=["max"])[0, :, 0].tolist() == [1, 0]


def test_a_region_without_a_place_and_another_grid_are_refused():
    told = tell_places(PRIOR, tolerance_mm=0.0)

    with pytest.raises(ValueError, match="no place was chosen for peritumoral"):
        take_places(told, regions={"peritumoral": ("peritumoral",)})
    elsewhere = [place.model_copy(update={"grid": (7, 7)}) for place in told]
    with pytest.raises(ValueError, match="on a grid of 7 x 7, and this version plays on 21 x 21"):
        take_places(elsewhere, regions=REGIONS)

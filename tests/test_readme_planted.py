"""What the README says of planted evidence is the table that comes with the program."""

from pathlib import Path

import pytest

from sonolens.evaluation.experiments import summarise_seeds
from sonolens.report.numerals import percent
from sonolens.report.sections.planted import SITES, read_measured, tell_area, tell_rate

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("cue", list(SITES))
def test_a_row_of_the_readme_is_measured(cue: str) -> None:
    cells = (
        summarise_seeds(read_measured())
        .query("cue == @cue")
        .set_index(["network", "method"])
        .to_dict("index")
    )
    told = [SITES[cue]]
    for network in ("local", "resnet18"):
        cam, hung = cells[network, "cam"], cells[network, "reliance"]
        told.append(tell_area(cam))
        rates = [tell_rate(cam), tell_rate(hung)]
        told += rates if cam["learnt"] else ["not learnt"] * 2
        told.append(percent(hung["chance"]) if cam["learnt"] else "")
    told.append(percent(cells["local", "random"]["chance"]))

    assert f"| {' | '.join(told)} |" in README.splitlines()

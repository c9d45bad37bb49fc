"""What the README says of planted evidence is the table that comes with the program."""

from pathlib import Path

import pytest

from sonolens.report.numerals import percent, percent_with_interval, score_with_interval
from sonolens.report.sections.planted import SITES, read_measured

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("cue", list(SITES))
def test_a_row_of_the_readme_is_measured(cue: str) -> None:
    planted = read_measured().query("region == 'planted' and cue == @cue")
    cells = planted.set_index(["network", "method"])
    told = [SITES[cue]]
    for network in ("local", "resnet18"):
        cam, hung = cells.loc[(network, "cam")], cells.loc[(network, "reliance")]
        learnt = cam["auc_ci_low"] > 0.5
        told.append(score_with_interval(cam["auc"], cam["auc_ci_low"], cam["auc_ci_high"]))
        for found in (cam, hung):
            hits = percent_with_interval(found["rate"], found["ci_low"], found["ci_high"])
            told.append(hits if learnt else "not learnt")
        told.append(percent(hung["chance"]) if learnt else "")
    told.append(percent(cells.loc[("local", "random")]["chance"]))

    assert f"| {' | '.join(told)} |" in README.splitlines()

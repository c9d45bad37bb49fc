"""The figure of moved annotations shows every rate with three intervals."""

import pandas as pd
from matplotlib.figure import Figure

from sonolens.figures.pointing.mask_uncertainty import draw_mask_uncertainty

ROWS = [("mass", 0.5), ("peritumoral", 0.25), ("below", 0.0), ("any", 0.75)]
TABLE = pd.DataFrame(ROWS, columns=["region", "rate"]).assign(
    method="cam",
    run="net",
    chance=0.15,
    ci_low=0.1,
    ci_high=0.9,
    moved_rate=0.4,
    moved_low=0.3,
    moved_high=0.6,
    both_low=0.05,
    both_high=0.95,
    near_hits=0.5,
    near_misses=0.25,
    n=20,
    draws=100,
    partition="test",
    confidence=0.95,
)


def limits(figure: Figure, gid: str) -> list[float]:
    (line,) = figure.findobj(lambda each: each.get_gid() == gid)
    return [float(x) for x in line.get_xdata()]


def test_every_rate_has_the_intervals_of_patients_annotations_and_both() -> None:
    figure = draw_mask_uncertainty(TABLE)

    assert limits(figure, "patients-0") == [0.1, 0.9]
    assert limits(figure, "annotations-3") == [0.3, 0.6]
    assert limits(figure, "both-2") == [0.05, 0.95]
    assert limits(figure, "chance-1") == [0.15]


def test_runs_are_named_only_where_there_are_several() -> None:
    def names(table: pd.DataFrame) -> list[str]:
        return [each.get_text() for each in draw_mask_uncertainty(table).axes[0].get_yticklabels()]

    assert names(TABLE)[0] == "mass"
    assert names(pd.concat([TABLE, TABLE.assign(run="other")]))[4].startswith("cam, other: ")

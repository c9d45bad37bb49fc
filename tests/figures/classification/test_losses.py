"""Losses show whose they are, and which epoch was kept by which of them."""

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonolens.figures.classification.losses import draw_training

HISTORY = pd.DataFrame(
    {
        "run": "r",
        "epoch": [1, 2, 3],
        "train_loss": [0.7, 0.5, 0.4],
        "validation_loss": [0.8, 0.6, 0.9],
        "test_loss": float("nan"),
        "best": [False, True, False],
    }
)
TESTED = HISTORY.assign(test_loss=[0.9, 0.77, 0.65], best=[False, False, True])


def runs(
    *names: str, configuration: object = "net", chosen_on: object = "validation"
) -> pd.DataFrame:
    table = {"run": list(names), "configuration": configuration, "chosen_on": chosen_on}
    return pd.DataFrame(table)


def panel(figure: Figure, title: str) -> Axes:
    (found,) = (axes for axes in figure.axes if axes.get_title(loc="left") == title)
    return found


def artists(figure: Figure | Axes, gid: str) -> list:
    return figure.findobj(lambda each: each.get_gid() == gid)


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def test_the_kept_epoch_is_marked_on_the_loss_that_chose_it() -> None:
    (kept,) = artists(draw_training(HISTORY, training_runs=runs("r")), "kept")

    assert kept.get_xydata().tolist() == [[2.0, 0.6]]


def test_under_the_papers_protocol_that_is_the_test_loss() -> None:
    figure = draw_training(TESTED, training_runs=runs("r", chosen_on="test"))

    (kept,) = artists(figure, "kept")
    assert kept.get_xydata().tolist() == [[3.0, 0.65]]
    assert "lowest test loss" in words(figure)


def test_test_scans_have_a_line_only_where_they_have_a_loss() -> None:
    def names(history: pd.DataFrame) -> list[str]:
        (axes,) = draw_training(history, training_runs=runs("r")).axes
        return [text.get_text() for text in axes.get_legend().get_texts()]

    assert names(HISTORY) == ["training", "validation"]
    assert names(TESTED) == ["training", "validation", "test"]


def test_every_line_shows_its_own_loss() -> None:
    (axes,) = draw_training(TESTED, training_runs=runs("r")).axes

    drawn = {line.get_label(): line.get_ydata().tolist() for line in axes.lines}
    assert drawn["training"] == [0.7, 0.5, 0.4]
    assert drawn["validation"] == [0.8, 0.6, 0.9]
    assert drawn["test"] == [0.9, 0.77, 0.65]


@pytest.mark.parametrize("losses", [(0.66, 0.70), (0.004, 2.1), (0.5, 4.0), (0.5, 0.5)])
def test_the_loss_axis_stays_on_the_page(losses) -> None:
    history = pd.DataFrame(
        {
            "run": "r",
            "epoch": [1, 2],
            "train_loss": losses,
            "validation_loss": losses,
            "test_loss": float("nan"),
            "best": [True, False],
        }
    )
    figure = draw_training(history, training_runs=runs("r"))
    figure.draw_without_rendering()
    (axes,) = figure.axes

    labels = [text.get_text() for text in axes.get_yticklabels(which="both") if text.get_text()]
    assert axes.yaxis.label.get_window_extent().x0 >= 0
    assert len(set(labels)) == len(labels) > 1


def test_a_loss_of_zero_does_not_break_the_axis() -> None:
    figure = draw_training(HISTORY.assign(train_loss=0.0), training_runs=runs("r"))

    figure.draw_without_rendering()
    assert figure.axes[0].get_ylim()[0] > 0


def test_many_runs_have_a_panel_per_loss_and_mark_each_epoch_where_it_was_chosen() -> None:
    history = pd.concat([HISTORY, TESTED.assign(run="p")])
    known = runs("r", "p", configuration=["net", "net-paper"], chosen_on=["validation", "test"])

    figure = draw_training(history, training_runs=known)

    (on_validation,) = artists(panel(figure, "validation scans"), "kept")
    (on_test,) = artists(panel(figure, "test scans"), "kept")
    assert on_validation.get_xydata().tolist() == [[2.0, 0.6]]
    assert on_test.get_xydata().tolist() == [[3.0, 0.65]]
    assert artists(panel(figure, "training scans"), "kept") == []


def test_without_test_losses_there_is_no_panel_for_them() -> None:
    figure = draw_training(
        pd.concat([HISTORY, HISTORY.assign(run="s")]), training_runs=runs("r", "s")
    )

    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "training scans",
        "validation scans",
    ]


def test_fifty_runs_are_named_by_configuration_on_a_page_of_bearable_size() -> None:
    names = [f"n{place % 10}-seed0-fold{place // 10}" for place in range(50)]
    known = runs(*names, configuration=[name.split("-")[0] for name in names])

    figure = draw_training(
        pd.concat([HISTORY.assign(run=name) for name in names]), training_runs=known
    )

    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [f"n{n} (5 runs)" for n in range(10)]
    width, height = figure.get_size_inches()
    assert width < 9
    assert height < 7


def test_panels_of_many_runs_share_their_limits_and_the_legend_lies_below_them() -> None:
    history = pd.concat([HISTORY, HISTORY.assign(run="s", train_loss=0.01)])
    figure = draw_training(history, training_runs=runs("r", "s"))
    figure.draw_without_rendering()

    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    (legend,) = figure.legends
    lowest = min(axes.get_tightbbox().y0 for axes in figure.axes)
    assert legend.get_window_extent().y1 <= lowest
    assert legend.get_window_extent().y0 >= 0


def test_of_networks_that_were_fitted_elsewhere_it_is_said_that_no_epoch_is_known() -> None:
    figure = draw_training(HISTORY.head(0), training_runs=runs("r"))

    assert "brought no epochs" in words(figure)
    assert figure.axes == []

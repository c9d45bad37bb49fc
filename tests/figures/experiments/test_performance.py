"""One dot per run: its AUC and how far its hits lie above chance."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sonolens.figures.experiments.performance import draw_performance_and_pointing


def runs(count: int, *, networks=("resnet18",), methods=("cam",), **changes) -> pd.DataFrame:
    """Runs of the networks in turn, with a decoy of another region each."""
    shown = [
        {
            "run": f"r{place}",
            "network": networks[place % len(networks)],
            "protocol": "rigorous",
            "labels": "given",
            "method": method,
            "region": "any",
            "auc": 0.6 + place / 200,
            "auc_low": 0.5,
            "auc_high": 0.95,
            "rate": 0.7,
            "ci_low": 0.6,
            "ci_high": 0.9,
            "chance": 0.4,
            "rate_above_chance": 0.3,
            "partition": "test",
            "confidence": 0.95,
        }
        | changes
        for method in methods
        for place in range(count)
    ]
    return pd.DataFrame([*(row | {"region": "mass", "auc": 0.1} for row in shown), *shown])


def correlation(shown: pd.DataFrame, **changes) -> pd.DataFrame:
    rows = shown[["protocol", "method", "region"]].drop_duplicates()
    told = {"n_runs": 12, "rho": 0.62, "ci_low": 0.1, "ci_high": 0.9, "p_value": 0.0123}
    return rows.assign(**told | changes)


def draw(shown: pd.DataFrame, **changes) -> Figure:
    return draw_performance_and_pointing(shown, correlation(shown, **changes))


def artists(figure: Figure, gid: str) -> list:
    return figure.findobj(lambda each: each.get_gid() == gid)


def words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))


def test_a_run_is_a_dot_with_both_intervals() -> None:
    figure = draw(runs(1))

    (dot,), (auc,), (rate,) = (artists(figure, f"{kind}-r0") for kind in ("run", "auc", "rate"))
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (0.6, 0.3)
    assert (list(auc.get_xdata()), list(auc.get_ydata())) == ([0.5, 0.95], [0.3, 0.3])
    assert list(rate.get_xdata()) == [0.6, 0.6]
    assert list(rate.get_ydata()) == pytest.approx([0.2, 0.5])


def test_the_title_tells_rho_with_its_interval_p_value_and_number() -> None:
    shown = runs(12)

    assert "rho 0.62 [0.10, 0.90], p 0.012, n = 12 runs" in words(draw(shown))
    assert "rho 0.62, p 0.012, n = 12 runs" in words(draw(shown, ci_low=np.nan, ci_high=np.nan))
    nothing = dict.fromkeys(("rho", "ci_low", "ci_high", "p_value"), np.nan)
    assert "no rank correlation, n = 1 run\n" in words(draw(shown, n_runs=1, **nothing))
    assert "no rank correlation, n = 3 runs" in words(draw(shown, n_runs=3, **nothing))


def test_networks_differ_in_colour_and_beyond_five_in_their_markers_too() -> None:
    networks = tuple(f"net{place}" for place in range(7))
    figure = draw(runs(14, networks=networks))

    dots = [artists(figure, f"run-r{place}")[0] for place in range(14)]
    looks = [(to_hex(dot.get_color()), dot.get_marker()) for dot in dots]
    assert looks[:7] == looks[7:]
    assert len(set(looks)) == 7
    assert len({colour for colour, _ in looks}) == 5
    assert all(name in words(figure) for name in networks)


def test_runs_of_shuffled_labels_are_hollow_and_said_to_be_left_out() -> None:
    given, shuffled = runs(1), runs(1, run="s0", labels="shuffled")
    figure = draw(pd.concat([given, shuffled]))

    hollow, full = artists(figure, "run-s0")[0], artists(figure, "run-r0")[0]
    assert to_hex(hollow.get_markerfacecolor()) == "#ffffff"
    assert full.get_markerfacecolor() == full.get_color()
    assert "learnt shuffled labels" in words(figure)
    assert "shuffled" not in words(draw(given))


def test_methods_and_protocols_have_a_panel_each_and_all_panels_one_scale() -> None:
    one = runs(2, methods=("cam", "edges", "random", "cameras"))
    figure = draw(one)
    assert len(figure.axes) == 4
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert len({axes.get_ylim() for axes in figure.axes}) == 1
    assert "protocol" not in words(figure)

    both = draw(pd.concat([runs(1), runs(1, protocol="paper")]))
    assert len(both.axes) == 2
    assert "cam, paper protocol" in words(both)


def test_sixty_runs_fit_one_panel_with_thinner_bars_and_every_value_inside() -> None:
    few, many = draw(runs(6)), draw(runs(60))

    assert len(artists(many, "run-r59")) == 1
    thick, thin = (artists(figure, "auc-r0")[0].get_linewidth() for figure in (few, many))
    assert thin < thick
    (low, high), (bottom, top) = many.axes[0].get_xlim(), many.axes[0].get_ylim()
    assert low < 0.5
    assert high > 0.95
    assert bottom < 0
    assert top > 0.5


def test_runs_without_an_auc_leave_an_empty_panel() -> None:
    figure = draw(runs(2, auc=np.nan, auc_low=np.nan, auc_high=np.nan))

    assert figure.axes[0].get_xlim()[0] < 0.5 < figure.axes[0].get_xlim()[1]
    figure.canvas.draw()

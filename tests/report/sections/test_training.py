import pandas as pd
from tiny_scores import RUN, history_table, training_runs_table

from sonolens.report.sections.training import list_configurations, list_runs


def test_a_run_is_told_with_the_loss_that_chose_its_epoch() -> None:
    (run,) = list_runs(training_runs_table(), history_table(test_loss=[0.5, 0.4, 0.3]))

    assert (run.epochs, run.kept, run.loss, run.seconds) == (3, 2, "0.612", "9")


def test_under_the_papers_protocol_that_loss_is_the_test_scans() -> None:
    runs = training_runs_table(protocol="paper", chosen_on="test", best_epoch=3)

    (run,) = list_runs(runs, history_table(test_loss=[0.5, 0.4, 0.3]))

    assert (run.chosen_on, run.loss) == ("test", "0.3")


def test_a_run_without_history_has_dashes() -> None:
    (run,) = list_runs(training_runs_table(), history_table(run="another"))

    assert (run.loss, run.seconds) == ("–", "–")


def test_runs_that_differ_in_seed_and_fold_make_one_configuration() -> None:
    runs = training_runs_table(
        run=["a", "b", "c", "d"],
        configuration=["x", "x", "x", "y"],
        seed=[0, 0, 1, 0],
        fold=[0, 1, 2, 0],
        best_epoch=[4, 12, 12, 2],
        epochs=[12, 12, 12, 3],
    )
    history = pd.concat([history_table(run="a"), history_table(run="c"), history_table(run="d")])

    first, second = list_configurations(runs, history)

    assert (first.runs, first.seeds, first.folds) == (3, 2, 3)
    assert (first.kept, first.epochs, first.seconds) == ("4 to 12", "12", "18")
    assert first.ended_early == 2
    assert (second.configuration, second.runs, second.kept, second.ended_early) == ("y", 1, "2", 0)


def test_the_weights_that_learn_are_counted_of_all() -> None:
    (found,) = list_configurations(
        training_runs_table(n_learning=[50], n_weights=200), history_table()
    )

    assert found.learning == "50 of 200 (25 %)"


def test_no_runs_make_no_rows() -> None:
    nothing = training_runs_table().iloc[:0]

    assert list_runs(nothing, history_table()) == []
    assert list_configurations(nothing, history_table()) == []


def test_what_a_configuration_does_not_share_is_listed() -> None:
    runs = training_runs_table(run=[RUN, "b"], learning_rate=[0.001, 0.0003])

    (found,) = list_configurations(runs, history_table())

    assert found.learning_rate == "0.001, 0.0003"

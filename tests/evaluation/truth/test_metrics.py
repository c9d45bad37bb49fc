import pandas as pd

from sonolens.evaluation.truth import tabulate_metrics

KEY = {"run": "net", "subset": "correct", "label": "both"}
METHODS = ("cam", "occlusion")


def rows(**columns):
    """A row per method; lists hold a value for each."""
    spread = {
        name: value if isinstance(value, list) else [value] * len(METHODS)
        for name, value in columns.items()
    }
    return pd.DataFrame({"method": METHODS} | spread)


def tabulate(run="net"):
    game = rows(**KEY, region="any", rule="decision", rate=[0.9, 0.8])
    called = rows(**KEY, region="mass", evidence="called", score="energy", mean=[0.3, 0.4])
    precise = called.assign(score="average_precision", mean=[0.5, 0.6])
    checks = rows(run="net", depth=2, measure="rank_correlation", mean=[-0.4, 0.1])
    return tabulate_metrics(
        run,
        pointing_game=pd.concat([game, game.assign(rule="either", rate=0.0)]),
        localization_scores=pd.concat([called, precise, called.assign(label="benign", mean=0.0)]),
        faithfulness_scores=rows(run="net", test="deletion", fill="mean", gain=[0.2, 0.1]),
        sanity_checks=pd.concat([checks, checks.assign(depth=1, mean=1.0)]),
        repeatability=rows(measure="rank_correlation", varied="seed", above_stranger=[0.7, 0.2]),
    )


def test_every_metric_is_better_where_it_is_larger():
    table = tabulate()

    assert table.loc["hit_rate"].tolist() == [0.9, 0.8]
    assert table.loc["energy"].tolist() == [0.3, 0.4]
    assert table.loc["average_precision"].tolist() == [0.5, 0.6]
    assert table.loc["deletion"].tolist() == [0.2, 0.1]
    assert table.loc["follows_weights"].tolist() == [-0.4, -0.1]
    assert table.loc["repeats"].tolist() == [0.7, 0.2]


def test_a_run_that_was_not_scored_has_no_methods():
    assert tabulate("another").shape[1] == 0

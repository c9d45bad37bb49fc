"""The node of `transfer` on runs that are made up."""

from typing import Any

import pytest
from tiny_external import of_areas, of_regions

from sonolens.past_runs import PastRun
from sonolens.pipelines.transfer.pipeline import tabulate_transfer


def run(run_id: str, *, study: str, **left: Any) -> PastRun:
    """A run that left a table of every kind unless told otherwise."""
    tables = {
        "study_facts": {"name": study},
        "home_and_away": of_areas(),
        "regions_home_and_away": of_regions(),
        **left,
    }

    def read(name: str) -> Any:
        if tables[name] is None:
            raise LookupError(name)
        return tables[name]

    return PastRun(
        run_id=run_id, root="", sessions=[], reported=True, read=read, digest=lambda _: {}
    )


def test_studies_are_called_by_their_names() -> None:
    table = tabulate_transfer([run("1", study="breast"), run("2", study="busi")])

    assert table["tested_on"].tolist() == ["home", "breast", "busi"]


def test_studies_of_one_name_are_told_apart_by_their_runs() -> None:
    table = tabulate_transfer([run("1", study="custom"), run("2", study="custom")])

    assert table["tested_on"].tolist() == ["home", "custom, 1", "custom, 2"]


def test_a_run_at_which_no_network_arrived_is_named_with_the_remedy() -> None:
    runs = [run("1", study="breast"), run("2", study="busi", home_and_away=None)]

    with pytest.raises(ValueError, match=r"run 2 left no home_and_away.*external_validation"):
        tabulate_transfer(runs)

"""Runs are listed, compared and pruned in the project as it is wired."""

import shutil
from datetime import timedelta

import pytest
from kedro.io import DatasetError

from sonolens.datasets.versions import complete_versions
from sonolens.prune import plan_pruning, prune


@pytest.fixture(scope="module")
def moved(finished, project_at, tmp_path_factory):
    """A copy of the finished run's data root, which tests may change."""
    root = tmp_path_factory.mktemp("moved") / "hospital"
    shutil.copytree(finished.data_root, root, symlinks=True)
    return project_at(root)


def test_a_run_that_wrote_a_report_is_in_the_index_and_is_the_latest(finished):
    (run_id,) = complete_versions(finished.catalog["report"])

    reporting = finished.data_root / "08_reporting"
    assert f"report.html/{run_id}/report.html" in (reporting / "index.html").read_text()
    assert (reporting / "latest" / "report.html").exists()


def test_the_record_times_every_step_and_names_the_checkpoints(finished):
    (run_id,) = complete_versions(finished.catalog["report"])
    (session,) = finished.catalog["run_record"].read_version(run_id)["sessions"]

    assert {"fitting.train_networks", "page.write_report"} <= set(session["steps"])
    names = {path.stem for path in (finished.data_root / "06_models/checkpoints").glob("*.ckpt")}
    assert set(session["checkpoints"]) == names


def test_the_same_scans_in_two_data_roots_are_paired_and_differ_by_nothing(finished, moved):
    moved.run("compare", params={"compare": {"runs": f"latest latest@{finished.data_root}"}})

    table = moved.catalog.load("run_comparison")
    assert table["paired"].all()
    assert (table["n_shared"] == table["first_scans"]).all()
    assert (table["difference"].dropna() == 0).all()
    assert set(table["quantity"]) == {"auc", "hit_rate", "reliance_share"}
    page = moved.catalog.load("comparison_page")
    assert f"@{finished.data_root.name}" in page
    assert str(finished.data_root.parent) not in page


def test_an_unknown_run_is_refused_before_anything_is_compared(moved):
    with pytest.raises(DatasetError, match="there is no run 'newest'"):
        moved.run("compare", params={"compare": {"runs": "latest newest"}})


def test_pruning_takes_a_report_that_was_written_anew_and_nothing_that_it_rests_on(moved):
    (first,) = complete_versions(moved.catalog["report"])
    moved.run("reporting")
    catalog, young = moved.catalog, timedelta(days=1)

    prune(catalog, plan_pruning(catalog, keep=1, partial=True, young=young), young=young)

    (second,) = complete_versions(moved.catalog["report"])
    assert second != first
    assert complete_versions(moved.catalog["decisions"]) == [first]
    assert complete_versions(moved.catalog["saliency_maps"]) == [first]
    assert complete_versions(moved.catalog["roc_figure"]) == [second]
    index = (moved.data_root / "08_reporting" / "index.html").read_text()
    assert second in index
    assert first not in index

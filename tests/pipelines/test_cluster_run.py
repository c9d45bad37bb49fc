"""A run on a cluster of processes, one of which is killed, ends with what a run in one process makes."""

import dask
import dying_worker
import pytest

SAME = ("raw_images", "raw_masks", "annotations", "region_masks", "model_weights")
TABLES = ("screening", "picture_checksums", "scan_properties", "splits", "predictions")


@pytest.fixture(scope="module")
def spread_run(project_at, tmp_path_factory):
    project = project_at(tmp_path_factory.mktemp("spread"))
    death = tmp_path_factory.mktemp("cluster") / "dead_worker"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(dying_worker.DEATH, str(death))
        with dask.config.set({"distributed.worker.preload": [dying_worker.__file__]}):
            project.run(
                to_nodes=["predict_scans", "draw_region_masks", "measure_scans"],
                params={"cluster": {"workers": 2}},
            )
    assert death.exists(), "no worker died with a task in hand"
    return project


@pytest.mark.parametrize("name", SAME)
def test_pictures_masks_and_weights_are_equal_to_the_bit(spread_run, finished, name):
    assert spread_run.catalog[name].digests() == finished.catalog[name].digests()


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_equal(spread_run, finished, name):
    assert spread_run.catalog.load(name).equals(finished.catalog.load(name))

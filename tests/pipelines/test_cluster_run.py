"""A run on a cluster of processes, one of which is killed, into an object store ends with what a run in one process makes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dask
import dying_worker
import pytest

if TYPE_CHECKING:
    from kedro.io import DataCatalog

SAME = (
    "raw_images",
    "raw_masks",
    "annotations",
    "region_masks",
    "model_weights",
    "saliency_maps",
    "swept_regions",
)
TABLES = (
    "screening",
    "picture_checksums",
    "scan_properties",
    "mass_measurements",
    "splits",
    "predictions",
    "extreme_points",
    "region_shares",
)
BUCKET = "studies"


@pytest.fixture(scope="module")
def object_store() -> Iterator[str]:
    """An S3 server on this machine, and a bucket in it."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes a second
    from s3fs import S3FileSystem  # noqa: PLC0415

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        # It tells of each of thousands of requests, which takes longer than to answer them.
        patch.setattr(logging.getLogger("werkzeug"), "disabled", True)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        }.items():
            patch.setenv(name, value)
        S3FileSystem.clear_instance_cache()
        S3FileSystem().mkdir(BUCKET)
        yield f"s3://{BUCKET}/data"
        S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.fixture(scope="module")
def spread(object_store, project_at, tmp_path_factory) -> DataCatalog:
    """What the run wrote into the store."""
    project = project_at(tmp_path_factory.mktemp("spread"))
    death = tmp_path_factory.mktemp("cluster") / "dead_worker"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(dying_worker.DEATH, str(death))
        with dask.config.set({"distributed.worker.preload": [dying_worker.__file__]}):
            project.run(
                to_nodes=[
                    "measure_scans",
                    "measure_masses",
                    "draw_swept_regions",
                    "locate_extreme_points",
                    "measure_region_shares",
                ],
                params={"data_root": object_store, "cluster": {"workers": 2}},
            )
    assert death.exists(), "no worker died with a task in hand"
    with project.session(data_root=object_store) as session:
        return session.load_context().catalog


@pytest.mark.parametrize("name", SAME)
def test_pictures_masks_weights_and_maps_are_equal_to_the_bit(spread, finished, name):
    assert spread[name].digests() == finished.catalog[name].digests()


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_equal(spread, finished, name):
    assert spread.load(name).equals(finished.catalog.load(name))

"""A run on a cluster of processes, one of which is killed, ends with what a run in one process makes."""

import os
import signal
import threading
import time
from contextlib import suppress

import distributed
import pytest

SAME = ("raw_images", "raw_masks", "annotations", "region_masks", "model_weights")
TABLES = ("screening", "picture_checksums", "scan_properties", "splits", "predictions")


def kill_one_worker(killed, ended):
    """Wait for a cluster at work and kill one of its processes."""
    while not ended.is_set() and not killed:
        with suppress(ValueError, StopIteration, OSError):
            client = distributed.default_client()
            if any(client.processing().values()):
                pid = next(iter(client.run(os.getpid).values()))
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
        time.sleep(0.05)


@pytest.fixture(scope="module")
def spread_run(project_at, tmp_path_factory):
    project = project_at(tmp_path_factory.mktemp("spread"))
    killed, ended = [], threading.Event()
    killer = threading.Thread(target=kill_one_worker, args=(killed, ended))
    killer.start()
    try:
        project.run(
            to_nodes=["predict_scans", "draw_region_masks", "measure_scans"],
            params={"cluster": {"workers": 2}},
        )
    finally:
        ended.set()
        killer.join()
    assert killed, "no worker was at work"
    return project


@pytest.mark.parametrize("name", SAME)
def test_pictures_masks_and_weights_are_equal_to_the_bit(spread_run, finished, name):
    assert spread_run.catalog[name].digests() == finished.catalog[name].digests()


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_equal(spread_run, finished, name):
    assert spread_run.catalog.load(name).equals(finished.catalog.load(name))

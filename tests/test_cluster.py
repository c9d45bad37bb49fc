import logging
import sys
import time
from unittest.mock import Mock

import cloudpickle
import distributed
import pytest
from kedro.framework.context import KedroContext
from kedro.io import DatasetError
from pydantic import ValidationError

from sonolens.cluster import Cluster, ClusterSettings

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import a test


class Loader(dict):
    """What a context's configuration loader tells: globals, and what `--params` said."""

    def __init__(self, *, told=None):
        super().__init__(globals={"cluster": {"scheduler": None, "workers": None}})
        self.runtime_params = {"cluster": told} if told else {}


def hook_told(**told):
    hook = Cluster()
    context = Mock(spec=KedroContext)
    context.config_loader = Loader(told=told)
    hook.after_context_created(context)
    return hook


def test_without_a_cluster_nothing_is_started():
    hook_told().before_pipeline_run()

    with pytest.raises(ValueError, match="No global client"):
        distributed.get_client()


def test_a_run_has_its_workers_from_the_first_node_to_the_last(caplog):
    hook = hook_told(workers=1)
    with caplog.at_level(logging.INFO):
        hook.before_pipeline_run()

    assert distributed.get_client().submit(abs, -2).result() == 2
    assert "Cluster: 1 workers" in caplog.messages
    hook.after_pipeline_run()
    with pytest.raises(ValueError, match="No global client"):
        distributed.get_client()


@pytest.mark.parametrize("by_file", [True, False])
def test_a_scheduler_that_is_there_is_joined_and_left_running(tmp_path, by_file):
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as cluster:
        file = tmp_path / "scheduler.json"
        with distributed.Client(cluster) as client:
            client.write_scheduler_file(str(file))
        hook = hook_told(scheduler=str(file) if by_file else cluster.scheduler_address)
        hook.before_pipeline_run()
        hook.on_pipeline_error()

        assert cluster.status.name == "running"


def test_a_scheduler_that_does_not_answer_is_told_in_one_line(monkeypatch):
    def refuse(**_):
        raise OSError("timed out")

    monkeypatch.setattr("dask.distributed.Client", refuse)

    with pytest.raises(DatasetError, match=r"no cluster answers at tcp://nobody:1 .*timed out"):
        hook_told(scheduler="tcp://nobody:1").before_pipeline_run()


@pytest.mark.parametrize(
    "told", [{"scheduler": "tcp://a:1", "workers": 2}, {"workers": 0}, {"nodes": 3}]
)
def test_settings_that_contradict_each_other_are_refused(told):
    with pytest.raises(ValidationError):
        ClusterSettings(**{"scheduler": None, "workers": None, **told})


def warn(scan_id):
    logging.getLogger("sonolens.pipelines").warning("Scan %s is left out", scan_id)


def test_what_workers_tell_of_a_scan_stands_in_the_log_of_the_run(caplog):
    hook = hook_told(workers=1)
    hook.before_pipeline_run()

    distributed.get_client().submit(warn, "b").result()
    for _ in range(100):
        if "Scan b is left out" in caplog.messages:
            break
        time.sleep(0.05)
    hook.after_pipeline_run()

    assert caplog.messages.count("Scan b is left out") == 1


def test_two_runs_on_one_machine_do_not_ask_for_the_same_port():
    first, second = hook_told(workers=1), hook_told(workers=1)
    first.before_pipeline_run()
    second.before_pipeline_run()

    second.after_pipeline_run()
    first.after_pipeline_run()

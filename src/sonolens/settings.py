"""Settings that Kedro reads when the project starts."""

import os

from sonolens.allowed_networks import AllowedNetworks
from sonolens.cluster import Cluster
from sonolens.config import ConfigLoader
from sonolens.hooks import OneWorld
from sonolens.looks import CountedLooks
from sonolens.outcome import Outcome
from sonolens.preflight import Preflight
from sonolens.session import SharedRunSession
from sonolens.study_changes import StudyChanges
from sonolens.tracking import MlflowTracking

# Work on patients' scans does not report home, and Kedro's telemetry would write into pyproject.toml.
os.environ.setdefault("DO_NOT_TRACK", "1")
# Dask's workers would tell of every connection; what is set here holds in the processes that a run starts, too.
os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "warning")

# Kedro calls the last one first, and those that asked to be last in turn: a run is sent when its record is closed,
# and its outcome is told after that.
HOOKS = (
    AllowedNetworks(),
    Preflight(),
    Cluster(),
    OneWorld(),
    CountedLooks(),
    StudyChanges(),
    MlflowTracking(),
    Outcome(),
)
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry", "kedro_mlflow")
SESSION_CLASS = SharedRunSession

CONFIG_LOADER_CLASS = ConfigLoader
CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment names the parameters that differ from base, down to a single nested one. Its
    # globals replace a study whole: one reader's options mean nothing to another.
    "merge_strategy": {"parameters": "soft"},
}

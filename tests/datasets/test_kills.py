"""Processes killed in the middle of saving: whatever is listed afterwards is whole."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
from kedro.io import Version

from sonolens.datasets import NumpyArrayDataset, RunRecordDataset, VersionedCollection

KILLS = int(os.environ.get("SONOLENS_KILLS", "5"))
"""How many processes are killed; `make kills` kills 50."""

SAVING = """
import sys, numpy as np
from kedro.io import Version
from sonolens.datasets import NumpyArrayDataset, RunRecordDataset, VersionedCollection
root, kill = sys.argv[1], int(sys.argv[2])
for count in range(1000):
    version = f"2026-{kill // 28 + 1:02}-{kill % 28 + 1:02}T00.{count // 60:02}.{count % 60:02}.000Z"
    own = Version(None, version)
    maps = {f"{name}": np.full((64, 64), name if name % 2 else count) for name in range(12)}
    VersionedCollection(
        path=f"{root}/maps", dataset=NumpyArrayDataset, filename_suffix=".npy", version=own
    ).save(maps)
    NumpyArrayDataset(filepath=f"{root}/array.npy", version=own).save(np.full(100_000, count))
    record = RunRecordDataset(filepath=f"{root}/record.json", version=own)
    for status in ("running", "complete"):
        record.write_session(version, {"session": "1", "started": "", "status": status})
    print("saved", flush=True)
"""


def kill_while_saving(root, kill, rng):
    command = [sys.executable, "-c", SAVING, str(root), str(kill)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    process.stdout.readline()
    time.sleep(rng.uniform(0.05, 0.4))
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_whatever_is_listed_after_a_kill_is_whole(tmp_path):
    rng = np.random.default_rng(0)
    for kill in range(KILLS):
        kill_while_saving(tmp_path, kill, rng)

    latest = Version(None, None)
    maps = VersionedCollection(
        path=f"{tmp_path}/maps", dataset=NumpyArrayDataset, filename_suffix=".npy", version=latest
    )
    array = NumpyArrayDataset(filepath=f"{tmp_path}/array.npy", version=latest)
    record = RunRecordDataset(filepath=f"{tmp_path}/record.json", version=latest)
    listed = [maps.list_versions(full_path=False), array.list_versions(full_path=False)]
    assert all(len(found) >= KILLS for found in listed), "no process came to saving anything"
    for version in listed[0]:
        assert list(maps.find_damage(version)) == []
        assert len(maps.digests(version)) == 12
    for version in listed[1]:
        assert list(array.find_damage(version)) == []
        assert len(set(array.read_version(version))) == 1
    for version in record.list_versions(full_path=False):
        assert len(record.read_version(version)["sessions"]) == 1

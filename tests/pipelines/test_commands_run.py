"""Every command of the pages that needs nothing which only its reader has does what it says, on tiny studies.

`make test-docs` runs this, as a reader does without a check of types in every call; `make test` leaves it out, as it
takes minutes. What a page leaves open is filled in: a study where it says ``path/to``, the environment ``test`` where it
names none, a run of the walk where it names one.
"""

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from contextlib import chdir, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

import made_dicom
import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from command_walks import WALKS
from kedro.framework.cli.project import run
from kedro.framework.project import pipelines
from kedro.framework.startup import bootstrap_project
from omegaconf import OmegaConf
from PIL import Image
from pydicom.dataset import Dataset
from shown_commands import PROJECT, words_of

from sonolens.console import main, open_catalog
from sonolens.crate import Crate
from sonolens.reproduce import Archived, compare_runs, is_reproduced
from sonolens.session import RUN_ID_VARIABLE
from sonolens.studies import READERS, Study

pytestmark = [
    pytest.mark.docs_commands,
    pytest.mark.filterwarnings("ignore:'BaseCommand':DeprecationWarning"),  # Kedro-Viz's
]

TINY = {
    name: group
    for file in (PROJECT / "conf" / "test").glob("parameters_*.yml")
    for name, group in yaml.safe_load(file.read_text("utf-8")).items()
}
"""What makes a run small, for studies of other environments."""

A_RUN_ID = r"\d{4}-\d\d-\d\dT[\d.]+Z"
SECONDS = 60
"""Kedro-Viz has so long to start."""


class Reader:
    """Walks through some commands, with all that comes of them in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "data"
        self.env = "test"

    def fill(self, word: str) -> str:
        """Put what is here in the place of what a page leaves open."""
        if re.search(A_RUN_ID, word):
            first, second, *_ = self.versions("report.html")
            word = re.sub(A_RUN_ID, second if "baseline" in word else first, word)
        if "<version>" in word:
            word = word.replace("<version>", self.versions("pointing_game.csv")[0])
        if "external.networks=" in word:
            word = word.replace("path/to/folder", str(self.exported().parent))
            word = word.replace("network.safetensors", str(self.exported()))
        if word == "network.safetensors":
            word = str(self.exported())
        word = re.sub(r"(?<![\w/.])/?path/", f"{self.folder}/path/", word)
        word = word.replace("/path/to/scans", "/path/My scans/manifest.csv")
        word = word.replace("s3://bucket/prefix", f"file://{self.root}")
        word = word.replace("../other/data", f"{self.folder}/study-reproduced")
        word = word.replace("$k", "1")
        return f"{self.folder}/{word}" if word.endswith(".zip") else word

    def versions(self, dataset: str) -> list[str]:
        """Versions of a dataset of the last folder, the oldest first."""
        return sorted(each.name for each in (self.root / "08_reporting" / dataset).glob("*"))

    def exported(self) -> Path:
        """The first network that the newest export wrote."""
        return max(self.root.glob("08_reporting/exported_networks/*/*.safetensors"))

    def kedro_run(self, *words: str, shared: bool) -> None:
        pipelines.set_requested(None)  # a run before may have asked for few
        context = run.make_context("run", list(words))
        self.env = context.params["env"] or "test"
        tiny = {} if self.env == "test" else TINY
        self.root = self.folder / context.params["params"].get("data_root", "data")
        here: dict[str, Any] = {"data_root": str(self.root)}
        if self.env == "dicom":
            here["study"] = {"options": {"key_file": str(self.folder / "conf/local/patients.key")}}
        params = OmegaConf.merge(tiny, dict(context.params["params"]), here)
        context.params |= {"env": self.env, "params": OmegaConf.to_container(params)}
        before = self.versions("run_record.json")
        now = time.strftime("%Y-%m-%dT%H.%M.%S.000Z", time.gmtime())
        with context, pytest.MonkeyPatch.context() as patch:
            if shared:
                patch.setenv(RUN_ID_VARIABLE, now)
            run.invoke(context)
        assert len(self.versions("run_record.json")) == len(before) + 1

    def sonolens(self, *words: str) -> None:
        here = ["--env", self.env] if words[0] in {"prune", "archive", "verify"} else []
        if here and "--data-root" not in words:
            here += ["--data-root", str(self.root)]
        # Nothing but a file of a network is needed to explain a scan.
        with chdir(self.folder if words[0] == "explain" else Path.cwd()):
            told = CliRunner().invoke(main, [*words, *here])
        assert told.exit_code == 0, told.output

    def call(self, command: str) -> None:
        program, *words = [self.fill(word) for word in words_of(command)]
        if [program, words[0]] == ["kedro", "run"]:
            self.kedro_run(*words[1:], shared=command.startswith(f"{RUN_ID_VARIABLE}="))
        elif program == "sonolens":
            self.sonolens(*words)
        elif program == "kedro":
            call_kedro(*words)
        elif program == "git":
            subprocess.run([program, *words], check=True, capture_output=True)
        else:
            self.shell(command)

    def shell(self, command: str) -> None:
        (self.folder / "conf" / "local").mkdir(parents=True)
        here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # .venv is active
        subprocess.run(  # noqa: S602 - our own page
            command, shell=True, cwd=self.folder, check=True, env={**os.environ, "PATH": here}
        )

    def compare_with_a_changed_number(self) -> list[tuple[str, str, int]]:
        """Hold the run that was made again against a crate in which one number is another; tell what differs."""
        changed = self.folder / "changed.zip"
        with (
            zipfile.ZipFile(self.folder / "study.zip") as before,
            zipfile.ZipFile(changed, "w") as after,
        ):
            for name in before.namelist():
                content = before.read(name)
                change = name.endswith("tables/classification_metrics.csv")
                after.writestr(name, change_a_number(content) if change else content)
        catalog = open_catalog(data_root=str(self.folder / "study-reproduced"), env="test")
        with Crate(changed) as crate:
            found = compare_runs(Archived.read(crate), catalog, tolerance=1e-6)
        assert not is_reproduced(found)
        apart = found[(found["verdict"] == "differs") & (found["kind"] != "bytes")]
        return list(apart[["dataset", "column", "n_differs"]].itertuples(index=False, name=None))


def call_kedro(*words: str) -> None:
    """Let Kedro answer in a process of its own; a server has to answer a browser."""
    command = [str(Path(sys.executable).with_name("kedro")), *words]
    if words[0] != "viz":
        assert subprocess.run(command, check=True, capture_output=True).stdout
        return
    port = find_port()
    command += ["--no-browser", "--port", str(port)]
    with subprocess.Popen(command, start_new_session=True) as server:
        try:
            assert b"<title>" in fetch(f"http://127.0.0.1:{port}/", server)
            assert b"score_pointing_game" in fetch(f"http://127.0.0.1:{port}/api/main", server)
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # it answers from a process of its own


def find_port() -> int:
    """Find a free port that Kedro-Viz takes: it refuses those that systems hand out."""
    for port in range(20_000, 49_000):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def fetch(address: str, server: subprocess.Popen[bytes]) -> bytes:
    """Ask until the server is there."""
    for _ in range(SECONDS):
        try:
            with urllib.request.urlopen(address) as answer:  # noqa: S310 - of this machine
                return bytes(answer.read())
        except urllib.error.URLError:
            assert server.poll() is None, "the server has stopped"
            time.sleep(1)
    raise TimeoutError(f"{address} did not answer within {SECONDS} s")


@cache
def drawn(**options: Any) -> Study:
    """The phantoms of conf/test, or others like them, which a process draws once."""
    study = yaml.safe_load((PROJECT / "conf/test/globals.yml").read_text("utf-8"))["study"]
    return READERS["phantoms"](None, **study["options"] | options)


def write_manifest(folder: Path, *, spacing: bool = False, **options: Any) -> None:
    study, rows = drawn(**options), []
    for row in study.scans.itertuples():
        names = f"{row.scan_id}.png", f"{row.scan_id}_mask.png"
        save_pair(str(row.scan_id), folder / names[0], folder / names[1], study=study)
        rows.append([*names, row.label, row.patient_id])
    table = pd.DataFrame(rows, columns=["image", "mask", "label", "patient_id"])
    if spacing:
        table = table.join(study.scans[["spacing_row_mm", "spacing_col_mm"]])
    table.to_csv(folder / "manifest.csv", index=False)


ELSEWHERE = {"seed": 7}
"""Phantoms that no network of conf/test has seen."""


def write_desk(folder: Path) -> None:
    """Scans on a desk: one as a picture, one as a file of a scanner with its mass, and a folder of both."""
    study = drawn(**ELSEWHERE)
    first, second = study.scans["scan_id"].iloc[:2]
    save_pair(first, folder / "scan.png", None, study=study)
    save_pair(second, None, folder / "mass.png", study=study)
    made_dicom.save(of_a_scanner(study.image(second)), folder / "scan.dcm")
    for each in (first, second):
        save_pair(each, folder / f"scans/{each}.png", folder / f"masks/{each}.png", study=study)
        save_pair(each, folder / f"path/to/new_scans/{each}.png", None, study=study)


def write_busbra(folder: Path) -> None:
    rows = []
    for number, row in enumerate(drawn().scans.itertuples()):
        case, side = 1 + number // 2, ("left", "right")[number % 2]
        name = f"{case:04d}-{side[0]}"
        image, mask = folder / f"Images/bus_{name}.png", folder / f"Masks/mask_{name}.png"
        save_pair(str(row.scan_id), image, mask)
        rows.append([image.stem, case, "cyst", row.label, 4, "GE Logiq 7 @10-14MHz", side])
    columns = ["ID", "Case", "Histology", "Pathology", "BIRADS", "Device", "Side"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "bus_data.csv", index=False)


def write_dicom(folder: Path) -> None:
    rows = []
    for row in drawn().scans.itertuples():
        file = of_a_scanner(drawn().image(str(row.scan_id)), PatientID=str(row.patient_id))
        made_dicom.save(file, folder / f"{row.scan_id}.dcm")
        save_pair(str(row.scan_id), None, folder / f"{row.scan_id}_mask.png")
        rows.append([f"{row.scan_id}.dcm", row.label])
    pd.DataFrame(rows, columns=["file", "label"]).to_csv(folder / "labels.csv", index=False)


def of_a_scanner(picture: np.ndarray, **header: Any) -> Dataset:
    """A file whose tissue fills the screen."""
    pixels = np.ascontiguousarray(picture)
    height, width = pixels.shape
    corners = {"RegionLocationMinX0": 0, "RegionLocationMinY0": 0}
    corners |= {"RegionLocationMaxX1": width - 1, "RegionLocationMaxY1": height - 1}
    file = made_dicom.scan(pixels, **header)
    file.SequenceOfUltrasoundRegions = [made_dicom.region(**corners)]
    return file


def save_pair(
    scan_id: str, image: Path | None, mask: Path | None, *, study: Study | None = None
) -> None:
    """Save a scan and its mask, or one of them; of the phantoms of conf/test unless told otherwise."""
    study = study or drawn()
    for path, read in ((image, study.images[scan_id]), (mask, study.masks[scan_id])):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(read()).save(path)


STUDIES: dict[str, list[tuple[Callable[[Path], None], str]]] = {
    "scans of one's own": [(write_manifest, "path/My scans")],
    "networks that travel": [
        (write_desk, "."),
        (partial(write_manifest, spacing=True, **ELSEWHERE), "path/to"),
    ],
    "published scans": [(write_busbra, "path/to/BUSBRA")],
    "files of a scanner": [(write_dicom, "path/to/folder")],
}
"""Walk -> what writes the studies that it reads, and where."""


AFTER_A_RUN = {"networks that travel"}
"""Walks through what follows `kedro run`, which another walk shows."""


@pytest.fixture
def reader(
    walk: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Reader:
    """A reader in the project, whose folder holds the studies of a walk, and a finished run where it begins with one."""
    bootstrap_project(PROJECT)
    monkeypatch.chdir(PROJECT)
    for write, where in STUDIES.get(walk, []):
        write(tmp_path / where)
    reader = Reader(tmp_path)
    if walk in AFTER_A_RUN:
        shutil.copytree(request.getfixturevalue("finished").data_root, reader.root)
    return reader


@pytest.mark.parametrize("walk", WALKS)
def test_commands_run_as_shown_one_after_another(walk: str, reader: Reader) -> None:
    for command in WALKS[walk]:
        try:
            reader.call(command)
        except BaseException as error:
            error.add_note(f"while running `{command}`")
            raise
    if "sonolens reproduce study.zip" in WALKS[walk]:
        told = reader.compare_with_a_changed_number()
        assert told == [("classification_metrics", "value", 1)]


def change_a_number(content: bytes) -> bytes:
    """Add a thousandth to the first value of a table."""
    table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    first = next(row for row, value in enumerate(table["value"]) if value)
    table.loc[first, "value"] = repr(float(table.loc[first, "value"]) + 0.001)
    return table.to_csv(index=False).encode()

"""What is installed is known: the same versions in constraints, locks and the table of licences, none under a licence that binds."""

import json
import os
import re
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from audit import judge
from licences import (
    ALLOWED,
    LOCKS,
    PAGE,
    PROPRIETARY,
    is_allowed,
    licence_of,
    locked,
    only_with_cuda,
    packages_of_a_run,
)
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sbom import forget_places

PROJECT = Path(__file__).parents[1]
OF_THE_PROJECT = ("build", "torch", "runtime", "extras", "development")


def pinned() -> dict[str, str]:
    lines = (PROJECT / "constraints.txt").read_text("utf-8").splitlines()
    split = (line.split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in split}


def listed() -> dict[str, tuple[str, str]]:
    """Versions and licences of the page."""
    rows = re.findall(
        r"^\| ([\w.-]+) \| ([\w.]+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    return {name: (version, licence) for name, version, licence in rows if name != "package"}


def asked_for(*extras: str) -> set[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(line for extra in extras for line in project["optional-dependencies"][extra]),
    ]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_constraints_and_locks_pin_the_same_versions() -> None:
    of_cuda = only_with_cuda()  # which PyTorch pins itself
    of_locks = {
        name: version for name, version in locked(*OF_THE_PROJECT).items() if name not in of_cuda
    }
    assert of_locks == pinned(), "run `make locks`"


def test_every_package_that_is_asked_for_is_locked() -> None:
    assert (
        asked_for("dev", "docs", "cluster", "dicom", "mlflow") <= locked(*OF_THE_PROJECT).keys()
    ), "run `make locks`"


@pytest.mark.parametrize("lock", [*OF_THE_PROJECT, "tools"])
def test_a_lock_names_a_hash_for_every_package_and_no_place_to_get_it_from(lock: str) -> None:
    text = (LOCKS / f"{lock}.txt").read_text("utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked(lock))
    hashes = [re.findall(r"--hash=(\S+)", entry) for entry in entries]
    assert all(hashes)
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for told in hashes for each in told)
    assert "://" not in text
    assert not re.search(r"^-|(?<!-)-[i]ndex|find-[l]inks", text, re.MULTILINE)


def test_make_setup_installs_every_lock() -> None:
    command = ["make", "--dry-run", "--always-make", "setup"]
    environment = {
        "PATH": os.environ["PATH"]
    }  # what `make test` was called with is not asked about
    planned = subprocess.run(
        command, cwd=PROJECT, env=environment, check=True, text=True, capture_output=True
    ).stdout
    assert re.findall(r"-r supply/locks/(\w+)\.txt", planned) == list(OF_THE_PROJECT)


def test_no_package_stands_in_two_locks() -> None:
    assert sum(len(locked(lock)) for lock in OF_THE_PROJECT) == len(locked(*OF_THE_PROJECT))


def test_every_package_of_a_run_stands_in_the_table_of_licences() -> None:
    told = {name: version for name, (version, _) in listed().items()}
    assert told == packages_of_a_run() | only_with_cuda(), "run `make licences`"
    assert asked_for("cluster", "dicom", "mlflow") <= told.keys()


def test_no_licence_in_the_table_binds_what_uses_the_package() -> None:
    refused = {
        f"{name}: {licence}"
        for name, (_, licence) in listed().items()
        if not is_allowed(licence, ALLOWED | {PROPRIETARY} if name in only_with_cuda() else ALLOWED)
    }
    assert not refused, "leave it out, or say in supply/licences.py why its licence may be used"


def test_the_table_tells_licences_as_the_installed_packages_do() -> None:
    compared = 0
    for name, (version, licence) in listed().items():
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        if installed.version.partition("+")[0] == version:
            compared += 1
            assert licence_of(installed) == licence, f"{name}: run `make licences`"
    assert compared > len(listed()) / 2


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("MIT OR GPL-2.0-only", True),
        ("MPL-2.0 AND (GPL-2.0-only OR MIT)", True),
        ("GPL-2.0-only OR MIT AND AGPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        (PROPRIETARY, False),
    ],
)
def test_a_licence_is_allowed_by_all_that_and_joins_and_any_that_or_joins(
    licence: str, *, allowed: bool
) -> None:
    assert is_allowed(licence) is allowed


def audited(**vulnerable: str) -> str:
    vulns = {
        name: [{"id": told, "aliases": ["CVE-1"], "fix_versions": ["2"]}]
        for name, told in vulnerable.items()
    }
    packages = [
        {"name": name, "version": "1", "vulns": vulns.get(name, [])} for name in ("numpy", "pillow")
    ]
    return json.dumps({"dependencies": packages})


def test_an_audit_fails_with_what_was_found_and_only_then() -> None:
    assert judge(audited(), "") == (0, "2 pinned versions audited, 0 known vulnerabilities.")
    status, told = judge(audited(pillow="PYSEC-7"), "")
    assert status == 1
    assert "pillow 1: PYSEC-7, CVE-1; mended in 2" in told


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (
            "",
            "Traceback\n ...\nrequests.exceptions.ConnectionError: HTTPSConnectionPool: Name or service not known\n",
        ),
        (
            json.dumps({"dependencies": [{"name": "numpy", "skip_reason": "not found"}]}),
            "No known vulnerabilities found",
        ),
    ],
    ids=["no network", "an index without a database"],
)
def test_an_audit_without_its_database_says_that_nothing_was_audited_and_passes(
    written: str, complaint: str
) -> None:
    status, told = judge(written, complaint)
    assert status == 0
    assert told.startswith("Nothing was audited")


def test_an_audit_that_breaks_off_for_another_reason_is_no_clean_one() -> None:
    with pytest.raises(ValueError, match="duplicate requirements"):
        judge("", "ERROR:pip_audit._cli:package numpy has duplicate requirements")


def test_a_bill_of_materials_tells_its_version_and_not_where_the_project_lay() -> None:
    place = {"type": "distribution", "url": "file:///home/somebody/sonolens"}
    page = {"type": "website", "url": "https://numpy.org"}
    bill = {
        "metadata": {"component": {"name": "sonolens"}},
        "components": [
            {"name": "sonolens", "version": "0.1.0", "externalReferences": [place]},
            {"name": "numpy", "version": "2.4", "externalReferences": [page]},
        ],
    }
    told = forget_places(bill)
    assert "file:" not in json.dumps(told)
    assert told["metadata"]["component"]["version"] == "0.1.0"
    assert told["components"][1]["externalReferences"] == [page]

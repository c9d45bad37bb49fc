"""Write `docs/reference/licences.md`: every package that a run installs, its version and its licence (`make licences`).

Names and versions are those of the locks, licences those that the installed packages tell of themselves.
"""

import ast
import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1]
LOCKS = PROJECT / "supply" / "locks"
PAGE = PROJECT / "docs" / "reference" / "licences.md"

PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "HPND",
    "ISC",
}
PERMISSIVE |= {"MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Unlicense", "Zlib"}
WEAK_COPYLEFT = {"Artistic-1.0-Perl", "LGPL-2.1-or-later", "LGPL-3.0-or-later", "MPL-2.0"}
ALLOWED = PERMISSIVE | WEAK_COPYLEFT
"""What may be used in a work under another licence as long as the package itself stays as it is."""

PROPRIETARY = "LicenseRef-NVIDIA-Proprietary"
"""Allowed for libraries of CUDA alone: they come with PyTorch's usual wheels on Linux, and `make setup CPU=...` leaves them away."""

WORDS = {
    "apache 2.0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license (apache 2.0)": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "bsd license": "BSD",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "nvidia proprietary software": PROPRIETARY,
    "python software foundation license": "PSF-2.0",
}
"""Names of licences in SPDX's spelling, where a package tells them in words; BSD alone leaves open how many clauses."""

TOLD_ELSEWHERE = {
    "cuda-toolkit": PROPRIETARY,  # tells nothing itself; it holds nothing but a list of NVIDIA's packages
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",  # its classifiers, which do not say "or"; its README does
}

INTRODUCTION = """# Licences of what is installed

Every package that a run installs, with the extras `cluster`, `dicom` and `mlflow`, on any platform; what only tests, checks and docs need is left out. `make licences` writes this page
from `supply/locks` and from what the installed packages tell of themselves, in [SPDX's](https://spdx.org/licenses/) words; `BSD` alone: the package does not say with how many clauses.
A test fails if a package is missing, has another version, or has a licence that is neither permissive nor weak copyleft.
"""

CUDA = f"""
## Only with CUDA

On Linux PyTorch's usual wheels bring these, most of them under NVIDIA's own terms (`{PROPRIETARY}`); `make setup CPU="$INDEX"` [leaves them away](../how-to/install.md).
"""


def locked(*names: str) -> dict[str, str]:
    """Read names and versions of packages from locks."""
    text = "".join((LOCKS / f"{name}.txt").read_text(encoding="utf-8") for name in names)
    return dict(sorted(re.findall(r"^([\w.-]+)==([^ ]+)", text, flags=re.MULTILINE)))


def only_with_cuda() -> dict[str, str]:
    """Tell the packages of PyTorch's lock that are not PyTorch."""
    return {
        name: version for name, version in locked("torch").items() if not name.startswith("torch")
    }


def packages_of_a_run() -> dict[str, str]:
    """Tell all other packages that a run, or an extra of it, installs."""
    every = locked("build", "torch", "runtime", "extras")
    return {name: version for name, version in every.items() if name not in only_with_cuda()}


def spell(told: str) -> str | None:
    """Give a licence in SPDX's spelling; None if it is none that SPDX or `WORDS` knows."""
    word = WORDS.get(told.strip().lower(), told)
    try:
        return word if word in ALLOWED else canonicalize_license_expression(word)
    except InvalidLicenseExpression:
        return None


def clauses_of(installed: Distribution) -> str | None:
    """Tell a BSD licence by its text; None if there is no such text."""
    for file in installed.files or ():
        if re.match(r"(licen[cs]e|copying)", file.name.lower()):
            text = " ".join(file.read_text(encoding="utf-8").split())
            if "Redistribution and use in source and binary forms" in text:
                return "BSD-3-Clause" if re.search(r"endorse or promote", text) else "BSD-2-Clause"
    return None


def installed_package(name: str, version: str) -> Distribution:
    """Find what is installed under a name.

    Raises:
        ValueError: It is not there, or in another version.
    """
    remedy = "run `make clean setup` on Linux, without CPU=, first"
    try:
        installed = distribution(name)
    except PackageNotFoundError as error:
        raise ValueError(f"{name} is not installed here; {remedy}") from error
    if installed.version.partition("+")[0] != version:
        raise ValueError(f"{name} is {installed.version} here and {version} in the locks; {remedy}")
    return installed


def licence_of(installed: Distribution) -> str:
    """Tell the licence of an installed package: by its expression, its word, its classifiers or its text.

    Raises:
        ValueError: It tells none that is known.
    """
    name = canonicalize_name(installed.name)
    if name in TOLD_ELSEWHERE:
        return TOLD_ELSEWHERE[name]
    told = installed.metadata
    words = [told.get("License-Expression") or "", told.get("License") or ""]
    words += [
        each.rpartition(" :: ")[2]
        for each in told.get_all("Classifier") or ()
        if each.startswith("License ::")
    ]
    spelt = next(filter(None, map(spell, words)), None)
    if spelt in {None, "BSD"}:
        spelt = clauses_of(installed) or spelt
    if spelt is None:
        raise ValueError(
            f"{name} tells no licence that is known ({words}); look it up and add it to `TOLD_ELSEWHERE`"
        )
    return spelt


def is_allowed(licence: str, allowed: set[str] = ALLOWED) -> bool:
    """Tell whether a licence may be used: all of what AND joins, any of what OR joins; an exception only allows more."""
    plain = re.sub(r" WITH [\w.-]+", "", licence)
    each = re.sub(
        r"[\w.-]+",
        lambda word: word[0].lower() if word[0] in {"AND", "OR"} else repr(word[0]),
        plain,
    )

    def holds(node: ast.expr) -> bool:
        if isinstance(node, ast.BoolOp):
            return (all if isinstance(node.op, ast.And) else any)(map(holds, node.values))
        return isinstance(node, ast.Constant) and node.value in allowed

    return holds(ast.parse(each, mode="eval").body)


def table_of(packages: dict[str, str]) -> str:
    """Write names, versions and licences as a table."""
    rows = [
        f"| {name} | {version} | {licence_of(installed_package(name, version))} |"
        for name, version in packages.items()
    ]
    return "\n".join(["| package | version | licence |", "|---|---|---|", *rows]) + "\n"


def main() -> None:
    """Write the page."""
    text = f"{INTRODUCTION}\n{table_of(packages_of_a_run())}{CUDA}\n{table_of(only_with_cuda())}"
    PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""Write `supply/locks`: every pinned version with the hashes of all its files, for every platform (`make locks`).

`constraints.txt` says which versions; the index that uv is set up with says which files they have. Several files, for they
are not always installed together: what builds packages, PyTorch with its CUDA libraries (replaced where CPU wheels are asked
for), what a run needs, the extras of a run, everything else, and the tools of `make sbom`, `make audit` and `make locks`.
"""

import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
LOCKS = PROJECT / "supply" / "locks"
OF_TORCH = ("torch", "torchvision", "triton", "cuda-", "nvidia-")
"""What comes from the index of PyTorch's wheels, or only with CUDA; a hyphen ends the start of a name."""

BUILDS = "setuptools"
OF_A_RUN = ("cluster", "dicom", "mlflow", "s3")
OF_DEVELOPERS = ("dev", "docs")
HEADER = "# Written by `make locks`: {what}. Versions: {source}.\n"


def compile_requirements(*arguments: str) -> dict[str, str]:
    """Resolve requirements for all platforms; returns the lines of each package, with hashes, by its name."""
    settings = (
        "--universal",
        "--python-version=3.11",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--quiet",
    )
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", *settings, *arguments]
    written = subprocess.run(
        command, cwd=PROJECT, check=True, text=True, stdout=subprocess.PIPE
    ).stdout
    entries = re.split(r"^(?=[A-Za-z0-9])", written, flags=re.MULTILINE)[1:]
    return {re.match(r"[\w.-]+", entry)[0]: entry for entry in entries}


def is_of_torch(name: str) -> bool:
    """Tell whether a package is PyTorch's own or comes only with CUDA."""
    return any(name == each or (each.endswith("-") and name.startswith(each)) for each in OF_TORCH)


def write_lock(
    name: str, entries: dict[str, str], what: str, *, source: str = "`constraints.txt`"
) -> None:
    """Write one lock, sorted by name."""
    text = HEADER.format(what=what, source=source) + "".join(
        entries[each] for each in sorted(entries)
    )
    (LOCKS / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Compile what a run needs, with its extras and with all else, and write the locks."""
    pinned = ("pyproject.toml", "--constraint=constraints.txt")
    everything = compile_requirements(
        *pinned, *(f"--extra={extra}" for extra in OF_A_RUN + OF_DEVELOPERS)
    )
    with_extras = compile_requirements(*pinned, *(f"--extra={extra}" for extra in OF_A_RUN)).keys()
    needed = compile_requirements(*pinned).keys()
    first = {name: entry for name, entry in everything.items() if name == BUILDS}
    torch = {name: entry for name, entry in everything.items() if is_of_torch(name)}
    rest = {name: entry for name, entry in everything.items() if name not in {*first, *torch}}
    LOCKS.mkdir(exist_ok=True)
    write_lock("build", first, "what builds packages, installed first")
    write_lock(
        "torch",
        torch,
        "PyTorch, with CUDA on Linux; not used where CPU wheels come from an index of their own",
    )
    write_lock(
        "runtime",
        {name: rest[name] for name in rest.keys() & needed},
        "what a run needs besides PyTorch",
    )
    write_lock(
        "extras",
        {name: rest[name] for name in rest.keys() & with_extras - needed},
        "the extras `cluster`, `dicom` and `mlflow`",
    )
    write_lock(
        "development",
        {name: rest[name] for name in rest.keys() - with_extras},
        "tests, checks, notebooks and docs",
    )
    mutants = compile_requirements("--group=pyproject.toml:mutants", pinned[1])
    write_lock(
        "mutants",
        {name: mutants[name] for name in mutants.keys() - everything.keys()},
        "what `make mutants` adds to all of these",
        source="the newest that fit `constraints.txt`",
    )
    tools = compile_requirements("--group=pyproject.toml:supply")
    write_lock(
        "tools",
        tools,
        "what writes and audits these lists, in an environment of its own",
        source="the newest",
    )


if __name__ == "__main__":
    main()

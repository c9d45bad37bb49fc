"""Write a bill of materials of an environment, in CycloneDX, equal for equal environments (`make sbom`)."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]


def forget_places(bill: dict[str, Any]) -> dict[str, Any]:
    """Take out of a bill where the project lay when it was written, and give its version to what the bill is of."""
    for component in bill["components"]:
        references = component.get("externalReferences", [])
        kept = [each for each in references if not each["url"].startswith("file:")]
        component["externalReferences"] = kept
        if not kept:
            del component["externalReferences"]
        if component["name"] == bill["metadata"]["component"]["name"]:
            bill["metadata"]["component"]["version"] = component["version"]
    return bill


def main(python: str, out: str) -> None:
    """Write the bill of the environment of one interpreter.

    Args:
        python: The interpreter.
        out: The file to write.
    """
    command = [
        str(Path(sys.executable).with_name("cyclonedx-py")),
        "environment",
        "--pyproject",
        str(PROJECT / "pyproject.toml"),
    ]
    # Not validated against the schema: that takes twenty times as long as the rest, and what is taken out is optional.
    command += [
        "--output-reproducible",
        "--short-PURLs",
        "--no-validate",
        "--output-file",
        "-",
        python,
    ]
    written = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
    path = Path(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(forget_places(json.loads(written)), indent=2) + "\n",
        encoding="utf-8",
        newline="\n",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

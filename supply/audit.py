"""Ask a public database which pinned versions have known vulnerabilities (`make audit`)."""

import json
import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).parent / "locks"
OTHERS = "tools.txt"
"""Packages of an environment of their own, some of them in other versions, which pip-audit does not take together."""

NOT_REACHED = ("requests.exceptions.", "pip_audit._service.interface.ConnectionError")
"""How the last line of pip-audit begins where nothing answered."""


def judge(written: str, complaint: str) -> tuple[int, str]:
    """Tell what pip-audit found.

    Args:
        written: Its standard output, JSON; empty where it broke off.
        complaint: Its standard error.

    Returns:
        An exit status and a message. The status is 0 where nothing was found and where the database could not be reached.

    Raises:
        ValueError: It broke off for another reason.
    """
    if not written.strip():
        last = complaint.strip().rpartition("\n")[2]
        if last.startswith(NOT_REACHED):
            return (
                0,
                f"Nothing was audited: the database of vulnerabilities could not be reached ({last.partition(':')[0]}).",
            )
        raise ValueError(f"pip-audit broke off: {last or 'it wrote nothing'}")
    packages = json.loads(written)["dependencies"]
    asked = [each for each in packages if "skip_reason" not in each]
    skipped = sorted(each["name"] for each in packages if "skip_reason" in each)
    if not asked:
        return (
            0,
            f"Nothing was audited: the index has no database of vulnerabilities for any of {len(skipped)} packages.",
        )
    found = [
        f"{each['name']} {each['version']}: {', '.join([told['id'], *told['aliases']])}; "
        f"mended in {', '.join(told['fix_versions']) or 'no version yet'}"
        for each in asked
        for told in each["vulns"]
    ]
    lines = [f"{len(asked)} pinned versions audited, {len(found)} known vulnerabilities.", *found]
    if skipped:
        lines.append(f"Not in the database: {', '.join(skipped)}.")
    return int(bool(found)), "\n".join(lines)


def main() -> int:
    """Audit what the project installs; returns the exit status."""
    command = [
        str(Path(sys.executable).with_name("pip-audit")),
        "--format=json",
        "--progress-spinner=off",
    ]
    locks = sorted(lock for lock in LOCKS.glob("*.txt") if lock.name != OTHERS)
    command += ["--disable-pip", "--require-hashes", *(f"--requirement={lock}" for lock in locks)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    status, message = judge(ended.stdout, ended.stderr)
    print(message)
    return status


if __name__ == "__main__":
    sys.exit(main())

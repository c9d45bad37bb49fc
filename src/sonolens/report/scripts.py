"""The page's script: JavaScript modules put one after the other, and the policy that lets this script run and no other."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files

IMPORT = re.compile(r'^import \{[^}]+\} from "\./(?P<module>[\w-]+)\.mjs";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.MULTILINE)


def read_browser() -> str:
    """Return the case browser as one module."""
    return read_modules("sonolens.report")


@cache
def read_modules(package: str) -> str:
    """Return the modules in the folder ``browser`` of a package as one module; see `join_modules`."""
    folder = files(package) / "browser"
    return join_modules(
        {
            module.name.removesuffix(".mjs"): module.read_text(encoding="utf-8")
            for module in sorted(folder.iterdir(), key=lambda each: each.name)
            if module.name.endswith(".mjs")
        }
    )


def join_modules(modules: Mapping[str, str]) -> str:
    r"""Put modules one after the other, each behind those that it imports, as one module that imports none.

    All that is done is to take out ``import {...} from "./name.mjs";`` and the word ``export``, so that the names of
    all modules share one scope: none may stand twice (a test watches), and nothing may be renamed.

    Args:
        modules: Source by name.

    Raises:
        ValueError: If a module imports one that is not there.
        graphlib.CycleError: If modules import each other in a circle.

    Examples:
        >>> print(
        ...     join_modules(
        ...         {
        ...             "a": 'import { one } from "./b.mjs";\none();\n',
        ...             "b": "export function one() {}\n",
        ...         }
        ...     )
        ... )
        function one() {}
        one();
    """
    # Sorted, for the same modules must give the same text whatever order sets have in a process.
    needs = {name: sorted(IMPORT.findall(source)) for name, source in sorted(modules.items())}
    absent = {needed for each in needs.values() for needed in each} - modules.keys()
    if absent:
        raise ValueError(
            f"a script imports {min(absent)}.mjs, which is not among {', '.join(modules)}; add it"
        )
    ordered = TopologicalSorter(needs).static_order()
    return "".join(EXPORT.sub("", IMPORT.sub("", modules[name])) for name in ordered)


def write_policy(script: str = "") -> str:
    """Write the page's Content-Security-Policy: nothing is fetched, and of scripts only this one runs.

    Styles may stand in the page, in sheets and in attributes: vector figures carry them, and with no address allowed
    they can fetch nothing.

    Args:
        script: The text between the tags, to the letter; empty: none runs.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    scripts = [f"script-src 'sha256-{digest}'"] if script else []
    return "; ".join(
        [
            "default-src 'none'",
            *scripts,
            "style-src 'unsafe-inline'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )

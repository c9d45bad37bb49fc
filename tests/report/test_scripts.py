"""The page's script: modules in order, one scope, half pixels as Python has them, and the tests that node runs."""

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from page_scripts import assert_node_s_own_tests_pass, assert_types_hold, find_node

from sonolens.report.scripts import join_modules, read_browser, write_policy
from sonolens.ultrasound import from_shares, pixels_at, resample_map, rescale_points

BROWSER = Path(__file__).parents[2] / "src" / "sonolens" / "report" / "browser"
MODULES = sorted(BROWSER.glob("*.mjs"))
ODD_SIZES = [((7, 7), (433, 507)), ((1, 3), (5, 1)), ((5, 2), (3, 3)), ((9, 7), (9, 7))]

GEOMETRY = """
import { readFileSync } from "node:fs";
const { fromShare, pixelAt, resample, rescale } = await import(process.argv[1] + "/geometry.mjs");
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(({ map, rows, cols, places }) => ({
  values: [...resample(map, rows, cols)],
  rescaled: places.map((place) => rescale(place, map.rows, rows)),
  shares: places.map((place) => fromShare(place, rows)),
  pixels: places.map((place) => pixelAt(place, rows)),
}))));
"""


@pytest.fixture(scope="module")
def node() -> str:
    return find_node()


def test_a_module_stands_behind_those_that_it_imports() -> None:
    joined = join_modules(
        {
            "a": 'import { c } from "./c.mjs";\nimport { b } from "./b.mjs";\nb(c);\n',
            "b": 'import { c } from "./c.mjs";\nexport const b = (x) => x + c;\n',
            "c": "export const c = 1; // export nothing else\n",
        }
    )

    assert joined == "const c = 1; // export nothing else\nconst b = (x) => x + c;\nb(c);\n"


def test_a_module_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match=r"imports gone\.mjs"):
        join_modules({"a": 'import { b } from "./gone.mjs";\n'})


def test_no_name_stands_twice_at_the_top_of_the_script() -> None:
    named = re.findall(
        r"^(?:async )?(?:function|const|let|class) (\w+)", read_browser(), flags=re.MULTILINE
    )

    assert len(named) > 50
    assert [name for name, count in Counter(named).items() if count > 1] == []


def test_the_script_holds_nothing_that_ends_it_or_that_puts_text_in_as_markup() -> None:
    script = read_browser()

    assert not re.search(
        r"</script|<!--|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script
    )
    assert not re.search(r"^(import|export) ", script, flags=re.MULTILINE)
    assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|https?:", script)


def test_every_module_is_small_checked_and_opens_with_a_sentence() -> None:
    for module in MODULES:
        source = module.read_text(encoding="utf-8")
        assert source.startswith("// @ts-check\n/**"), module.name
        assert len(source.splitlines()) <= 250, module.name


def test_the_policy_changes_with_the_script() -> None:
    assert write_policy("a") != write_policy("b")
    assert "'unsafe-inline'" not in write_policy("a").split("style-src")[0]


def test_half_pixels_of_the_page_are_those_of_python(node: str) -> None:
    rng = np.random.default_rng(0)
    asked, expected = [], []
    for (map_rows, map_cols), (rows, cols) in ODD_SIZES:
        cells = rng.normal(size=(map_rows, map_cols)).astype(np.float32)
        places = np.array([-0.5, 0.0, 0.3, 0.5, 2.0, 1.0, map_rows - 0.5])
        told = {"rows": map_rows, "cols": map_cols, "largest": 1, "cells": cells.ravel().tolist()}
        asked.append({"map": told, "rows": rows, "cols": cols, "places": places.tolist()})
        expected.append(
            {
                "values": resample_map(cells, to=(rows, cols)).ravel(),
                "rescaled": rescale_points(places, map_rows, to=rows),
                "shares": from_shares(places, rows),
                "pixels": pixels_at(places, rows),
            }
        )

    command = [node, "--input-type=module", "-e", GEOMETRY, str(BROWSER)]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=True
    )

    for found, right in zip(json.loads(done.stdout), expected, strict=True):
        np.testing.assert_allclose(found.pop("values"), right.pop("values"), rtol=0, atol=1e-6)
        for name, values in found.items():
            np.testing.assert_array_equal(values, right[name])


def test_node_s_own_tests_pass() -> None:
    assert_node_s_own_tests_pass(Path(__file__).parent / "browser")


def test_the_types_told_in_comments_hold() -> None:
    assert_types_hold(MODULES)

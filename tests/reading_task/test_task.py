"""The page for a reader: blinded, shuffled by seed, whole in itself; names stay in the key."""

import base64
import io
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from page_scripts import assert_node_s_own_tests_pass, assert_types_hold
from PIL import Image

from sonolens.reading_task import write_task
from sonolens.reading_task.key import read_key
from sonolens.reading_task.task import KEY, PAGE
from sonolens.report.scripts import read_modules

BROWSER = Path(__file__).parents[2] / "src" / "sonolens" / "reading_task" / "browser"
MODULES = sorted(BROWSER.glob("*.mjs"))

NAMES = ["Anna Muster 1970", '"><script>window.ran=1', "P7_malignant", "b"]


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for level, name in enumerate(NAMES):
        picture = rng.integers(40, 200, (12, 16 + level), dtype=np.uint8)
        Image.fromarray(picture).save(folder / f"{name}.png")
    return folder


def told_to_the_page(out: Path) -> dict:
    page = (out / PAGE).read_text(encoding="utf-8")
    (task,) = re.findall(r'<script type="application/json" data-task>(.*?)</script>', page)
    return json.loads(task)


def test_the_page_has_every_scan_and_no_name(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "task"
    write_task([scans], out, seed=1)
    page, task, key = (out / PAGE).read_text("utf-8"), told_to_the_page(out), read_key(out / KEY)

    assert len(task["scans"]) == len(key.scans) == 4
    assert task["task"] == key.task
    for name in ("Anna", "window.ran", "malignant", str(tmp_path)):
        assert name not in page
    assert {each.scan_id for each in key.scans} == set(NAMES)
    for shown, keyed in zip(task["scans"], key.scans, strict=True):
        content = base64.b64decode(shown["picture"].partition(",")[2])
        picture = np.asarray(Image.open(io.BytesIO(content)))
        own = np.asarray(Image.open(scans / f"{keyed.scan_id}.png"))
        assert shown["code"] == keyed.code
        assert set(shown) == {"code", "rows", "cols", "picture"}
        np.testing.assert_array_equal(picture, own)


def test_a_seed_gives_order_and_codes_again_and_another_gives_others(
    scans: Path, tmp_path: Path
) -> None:
    keys = []
    for place, seed in enumerate((1, 1, 2)):
        write_task([scans], tmp_path / str(place), seed=seed)
        keys.append(read_key(tmp_path / str(place) / KEY))

    assert keys[0] == keys[1]
    assert {each.code for each in keys[0].scans}.isdisjoint(each.code for each in keys[2].scans)
    orders = {tuple(each.scan_id for each in key.scans) for key in keys}
    assert len(orders) == 2


def test_without_a_seed_the_key_tells_the_one_that_was_drawn(scans: Path, tmp_path: Path) -> None:
    write_task([scans], tmp_path / "first")
    seed = read_key(tmp_path / "first" / KEY).seed
    write_task([scans], tmp_path / "again", seed=seed)

    assert read_key(tmp_path / "again" / KEY) == read_key(tmp_path / "first" / KEY)


def test_some_are_drawn_and_what_cannot_be_read_is_told(scans: Path, tmp_path: Path) -> None:
    (scans / "broken.png").write_bytes(b"no picture")
    mask = np.zeros((12, 16), dtype=bool)
    mask[3:7, 3:7] = True
    Image.fromarray(mask).save(scans / "P7_tumor.png")  # which would tell the reader all
    told = write_task([scans], tmp_path / "all", seed=0)
    write_task([scans], tmp_path / "some", seed=0, draw=2)

    assert [line for line in told if line.startswith("Left out: broken.png")]
    assert [line for line in told if line.startswith("Left out: P7_tumor.png")]
    assert len(read_key(tmp_path / "all" / KEY).scans) == 4
    assert len(read_key(tmp_path / "some" / KEY).scans) == 2


def test_two_scans_of_one_name_and_no_scan_at_all_are_refused(scans: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Image.open(scans / "b.png").save(other / "b.png")
    with pytest.raises(ValueError, match="two scans are called 'b'"):
        write_task([scans, other], tmp_path / "task")
    (other / "b.png").write_bytes(b"")
    with pytest.raises(ValueError, match="none of the scans can be read"):
        write_task([other], tmp_path / "task")
    with pytest.raises(FileNotFoundError, match="gone"):
        write_task([tmp_path / "gone"], tmp_path / "task")
    assert not (tmp_path / "task").exists()


def test_the_key_of_another_task_is_never_written_over(scans: Path, tmp_path: Path) -> None:
    write_task([scans], tmp_path / "task", seed=0)
    key = (tmp_path / "task" / KEY).read_bytes()
    with pytest.raises(ValueError, match="holds the key of another task"):
        write_task([scans], tmp_path / "task", seed=1)

    assert (tmp_path / "task" / KEY).read_bytes() == key


def test_the_policy_lets_the_page_s_own_script_run_and_nothing_be_fetched(
    scans: Path, tmp_path: Path
) -> None:
    write_task([scans], tmp_path, seed=0)
    page = (tmp_path / PAGE).read_text(encoding="utf-8")

    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert not re.search(r'(?:src|href)="(?!data:)', page)


def test_the_script_is_one_scope_and_puts_no_text_in_as_markup() -> None:
    script = read_modules("sonolens.reading_task")
    named = re.findall(
        r"^(?:async )?(?:function|const|let|class) (\w+)", script, flags=re.MULTILINE
    )

    assert [name for name, count in Counter(named).items() if count > 1] == []
    assert not re.search(
        r"</script|<!--|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script
    )
    assert not re.search(r"fetch\(|XMLHttpRequest|WebSocket|sendBeacon", script)
    assert all(len(module.read_text("utf-8").splitlines()) <= 250 for module in MODULES)


def test_node_s_own_tests_pass() -> None:
    assert_node_s_own_tests_pass(Path(__file__).parent / "browser")


def test_the_types_told_in_comments_hold() -> None:
    assert_types_hold(MODULES)

from pathlib import Path

import pytest
from data_roots import Root, run_id
from kedro.framework.project import configure_project

from sonolens.verify import tell_verification, verify

WHOLE = ("process", "train", "report")


@pytest.fixture
def root(tmp_path):
    configure_project("sonolens")
    root = Root(str(tmp_path))
    root.run(1, *WHOLE, env="busbra", pipelines=["__default__"])
    root.run(2, "train", "report", based_on=1)
    root.run(3, *WHOLE)
    return root


def lines(root, **options):
    return list(tell_verification(verify(root.catalog, **options)))


def write_over(root, name, number, content):
    path = Path(root.place) / f"{name}.txt" / run_id(number) / f"{name}.txt"
    path.chmod(0o644)
    path.write_text(content)


def test_a_sound_data_root_is_said_to_be_sound(root):
    assert lines(root) == ["10 of 10 versions are as they were saved."]


def test_damage_is_told_with_all_that_any_run_made_from_it(root):
    write_over(root, "scans", 1, "a tripled spacing")

    told = "\n".join(lines(root))

    assert f"Damaged: scans, version {run_id(1)}" in told
    assert "scans.txt is not what was saved: its SHA-256 is " in told
    assert f"Made from it by run {run_id(1)}: report, weights" in told
    assert f"Made from it by run {run_id(2)}: report, weights" in told
    assert f"by run {run_id(3)}" not in told
    assert "make it anew: kedro run --env busbra\n" in told
    assert told.endswith("9 of 10 versions are as they were saved.")


def test_what_nothing_was_made_from_is_said_to_be_so_and_where_no_record_tells_a_command_one_is_found(
    root,
):
    page = Path(root.place) / "report.html" / run_id(3) / "report.html"
    page.write_text("cut")
    write_over(root, "weights", 3, "cut")

    told = lines(root)
    assert told[: told.index(f"Damaged: weights, version {run_id(3)}")][2:] == [
        "  No run has made anything from it",
        "  Put a good copy back, or make it anew: kedro run --pipelines reporting",
    ]


def test_only_what_belongs_to_a_run_is_looked_at_if_that_is_asked(root):
    write_over(root, "scans", 1, "changed")

    assert lines(root, run_id=run_id(3)) == ["4 of 4 versions are as they were saved."]
    assert lines(root, run_id=run_id(2))[-1] == "3 of 4 versions are as they were saved."


def test_a_run_that_left_no_record_is_told(root):
    with pytest.raises(LookupError, match="has left no record"):
        verify(root.catalog, run_id=run_id(9))


@pytest.mark.parametrize("recorded", [True, False])
def test_what_has_no_seal_is_compared_with_its_record_or_said_to_be_unknown(root, recorded):
    (Path(root.place) / "scans.txt" / run_id(1) / "scans.txt.sha256").unlink()
    if recorded:
        known = {"scans": {"version": run_id(1), "sha256": "0" * 64}}
        session = root.catalog["run_record"].read_version(run_id(1))["sessions"][0]
        root.catalog["run_record"].write_session(
            run_id(1), session | {"session": "2", "outputs": known}
        )

    told = "\n".join(lines(root))

    if recorded:
        assert "scans.txt is not what was saved" in told
        assert "and was 000000000000…" in told
    else:
        assert "Cannot be told: scans, 1 versions without a seal" in told


def test_a_lost_item_is_named_by_its_id(root):
    (Path(root.place) / "masks" / run_id(3) / "b.txt").unlink()

    assert any("item 'b'" in line and "is missing" in line for line in lines(root))

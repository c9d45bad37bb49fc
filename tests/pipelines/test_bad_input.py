"""What a user may get wrong is refused in one line, and the last good version stays as it was."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

OK = {"split.validation_share": 0.25, "split.test_share": 0.25}


@pytest.fixture
def busbra(project_at: Callable[..., Any], tmp_path: Path) -> Any:
    """The project on a BUS-BRA folder, with its data beside it."""
    return project_at(tmp_path / "results", env="busbra")


def import_from(project: Any, folder: Path) -> None:
    project.run("data_processing", params={"study": {"path": str(folder)}})


def nothing_was_saved(project: Any) -> bool:
    return not [
        *project.data_root.rglob("scans.csv/*/scans.csv"),
        *project.data_root.rglob("manifest.json"),
    ]


def test_a_study_path_that_does_not_exist(busbra: Any, tmp_path: Path) -> None:
    with pytest.raises(
        Exception, match=r"study path .*BUSBRA' does not exist; unpack .*study\.path"
    ):
        import_from(busbra, tmp_path / "nowhere" / "BUSBRA")


def test_a_picture_that_cannot_be_read(busbra: Any, busbra_folder: Path) -> None:
    (busbra_folder / "Images" / "bus_0012-l.png").write_bytes(b"not a picture")

    with pytest.raises(Exception, match=r"'bus_0012-l' \(unreadable\): .*bus_0012-l\.png"):
        import_from(busbra, busbra_folder)
    assert nothing_was_saved(busbra)


def test_a_mask_of_another_size(busbra: Any, busbra_folder: Path) -> None:
    Image.fromarray(np.ones((80, 101), dtype=bool)).save(
        busbra_folder / "Masks" / "mask_0012-r.png"
    )

    with pytest.raises(Exception, match=r"'bus_0012-r' \(mask_size\): .*80 x 101"):
        import_from(busbra, busbra_folder)
    assert nothing_was_saved(busbra)


def test_an_empty_mask_is_refused_when_the_scans_have_been_drawn_and_the_findings_told(
    busbra: Any, busbra_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Image.fromarray(np.zeros((80, 100), dtype=bool)).save(
        busbra_folder / "Masks" / "mask_0012-r.png"
    )

    with (
        caplog.at_level(logging.INFO),
        pytest.raises(Exception, match=r"'bus_0012-r' \(empty_mask\): mask"),
    ):
        import_from(busbra, busbra_folder)
    assert nothing_was_saved(busbra)
    (sheet,) = busbra.data_root.glob("01_raw/screening_sheet.png/*/*.png")
    assert f"Scans with their masks and findings: {sheet}" in caplog.messages
    assert any("1 scan with errors (empty_mask 1)" in each for each in caplog.messages)


@pytest.mark.parametrize(
    ("pathology", "message"),
    [("borderline", "Pathology 'borderline' is unknown"), ("benign", "4 scans, all benign")],
)
def test_an_unknown_label_and_a_single_label(
    busbra: Any, busbra_folder: Path, pathology: str, message: str
) -> None:
    table = pd.read_csv(busbra_folder / "bus_data.csv").replace("malignant", pathology)
    table.to_csv(busbra_folder / "bus_data.csv", index=False)

    with pytest.raises(Exception, match=message):
        import_from(busbra, busbra_folder)
    assert nothing_was_saved(busbra)


def test_too_few_patients_for_three_partitions(busbra: Any, busbra_folder: Path) -> None:
    with pytest.raises(ValueError, match="every partition needs both labels, but fold 0 gives"):
        import_from(busbra, busbra_folder)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"training": {"epochs": 0}}, "epochs"),
        ({"training": {"epoch": 3}}, "epoch"),
        ({"trainning": {"epochs": 3}}, "trainning.epochs is read by no pipeline.*did you mean"),
        ({"training": {"networks": "resnet19"}}, "resnet19"),
        ({"training": {"seeds": "0 1 0"}}, "0 stands there twice"),
        ({"training": {"networks": "convnext_tiny", "output_strides": 8}}, "no output stride 8"),
        (
            {"training": {"networks": "squeezenet1_1", "adaptations": "batchnorm"}},
            "cannot be adapted",
        ),
        (
            {"training": {"networks": "tiny resnet18", "weights": "README.md"}},
            "one file cannot start 2",
        ),
        ({"training": {"weights": {"resnet18": "none"}}}, "names no start for tiny"),
        ({"evaluation": {"size_bounds_mm": [20, 10]}}, "do not rise"),
        ({"explanation": {"methods": ["cam", "gradcam"]}}, "'gradcam' is unknown; choose from cam"),
        ({"explanation": {"methods": []}}, "give at least one"),
        ({"training": {"weights": "/nowhere.pth"}}, "'/nowhere.pth' is no file; give imagenet"),
        ({"regions": {"ring": {"outer_mm": -1}}}, "outer_mm"),
        ({"study": {"pth": "x"}}, "study.pth is read by no pipeline"),
    ],
)
def test_a_wrong_parameter_stops_the_run_before_its_first_node(
    project_at: Callable[..., Any], tmp_path: Path, parameters: dict[str, Any], message: str
) -> None:
    project = project_at(tmp_path)

    with pytest.raises(Exception, match=message):
        project.run(params=parameters)
    assert nothing_was_saved(project)


def test_a_ring_in_millimetres_is_refused_where_spacing_is_unknown(
    busbra: Any, busbra_folder: Path
) -> None:
    for case in range(20, 40):
        scan = np.random.default_rng(case).integers(40, 140, size=(80, 100), dtype=np.uint8)
        Image.fromarray(scan).save(busbra_folder / "Images" / f"bus_00{case}-s.png")
        shutil.copy(
            busbra_folder / "Masks" / "mask_0007-l.png",
            busbra_folder / "Masks" / f"mask_00{case}-s.png",
        )
    table = pd.read_csv(busbra_folder / "bus_data.csv")
    more = [
        table.iloc[case % 2 * 2].to_dict() | {"ID": f"bus_00{case}-s", "Case": case}
        for case in range(20, 40)
    ]
    pd.concat([table, pd.DataFrame(more)]).to_csv(busbra_folder / "bus_data.csv", index=False)
    import_from(busbra, busbra_folder)

    with pytest.raises(
        Exception, match=r"no pixel spacing, so a ring of 0-5 mm .*ring\.mode: relative"
    ):
        busbra.run(
            "explainability",
            node_names=("draw_region_masks",),
            params={"regions": {"ring": {"mode": "millimetres"}}},
        )


def test_a_pipeline_without_its_inputs_says_what_to_run_first(
    project_at: Callable[..., Any], tmp_path: Path
) -> None:
    with pytest.raises(Exception, match=r"no complete version of .*--pipelines .*training.* first"):
        project_at(tmp_path).run("explainability")


def test_a_failed_run_leaves_the_last_good_versions_in_place(
    finished: Any, project_at: Callable[..., Any], tmp_path: Path
) -> None:
    shutil.copytree(finished.data_root, tmp_path / "data")
    project = project_at(tmp_path / "data")
    before = project.catalog.load("scans")

    with pytest.raises(Exception, match="unknown"):
        project.run("data_processing", params={"study": {"options": {"cues": ["halo"]}}})

    assert project.catalog.load("scans").equals(before)
    assert len(project.catalog["scans"].list_versions(full_path=False)) == 1


def test_scans_with_errors_are_dropped_and_listed_where_that_is_asked_for(
    busbra: Any, busbra_folder: Path
) -> None:
    (busbra_folder / "Images" / "bus_0012-l.png").write_bytes(b"not a picture")

    with pytest.raises(
        ValueError, match="every partition needs both labels"
    ):  # three scans are left
        busbra.run(
            "data_processing",
            params={"study": {"path": str(busbra_folder)}, "screening": {"on_error": "drop"}},
        )

    catalog = busbra.catalog
    assert catalog.load("scans")["scan_id"].tolist() == ["bus_0007-l", "bus_0007-r", "bus_0012-r"]
    found = catalog.load("screening").groupby("scan_id")["check"].apply(set)
    assert "unreadable" in found["bus_0012-l"]
    assert catalog.load("study_facts")["left_out"] == {"screening": 1}


def test_a_parameter_that_changes_nothing_in_this_run_is_told(
    finished: Any, project_at: Callable[..., Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(finished.data_root, tmp_path / "data")
    idle = {"regions": {"ring": {"outer_mm": 8.0}}}
    project_at(tmp_path / "data").run("reporting", node_names=("judge_maps",), params=idle)

    assert "No node of this run reads regions.ring.outer_mm" in caplog.text


def test_the_report_of_another_run_tells_what_its_inputs_were_made_with(
    finished: Any, project_at: Callable[..., Any], tmp_path: Path
) -> None:
    shutil.copytree(finished.data_root, tmp_path / "data")
    project = project_at(tmp_path / "data")
    project.run("explainability", params={"evaluation": {"partition": "validation"}})

    project.run("reporting")

    page = project.catalog.load("report")
    assert "validation scans" in page
    assert "correctly classified test scans" not in page


def test_an_unknown_pipeline_is_told_those_that_exist(
    project_at: Callable[..., Any], tmp_path: Path
) -> None:
    from kedro.framework.project import pipelines  # noqa: PLC0415 - its state belongs to the test

    pipelines.set_requested(["nonsense"])
    try:
        with pytest.raises(ValueError, match="no pipeline 'nonsense'; choose from chosen_region"):
            pipelines.keys()
    finally:
        pipelines.set_requested(None)

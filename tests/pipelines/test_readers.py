"""Readers through the nodes of the flow: from the table of a study to what stands on the page."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from quick_settings import QUICK_SCORING

from sonolens.pipelines.data_processing.intake import check_readings, import_reader_masks
from sonolens.pipelines.explainability import readers
from sonolens.regions import REGIONS
from sonolens.studies import add_readings, read_phantoms
from sonolens.tables import readers as tables

SCORING = QUICK_SCORING.model_copy(update={"calibration_bins": 2})


@pytest.fixture(scope="module")
def flow(tmp_path_factory):
    """Eight phantoms as the catalog hands them on, read by A, who draws and points as the study does, and by B, who does not."""
    folder = tmp_path_factory.mktemp("read")
    study = read_phantoms(
        None, masses=4, malignant_share=0.5, cues=["margin"], least_look=0.4, foci_site="mass", seed=0
    )  # fmt: skip
    names = study.scans["scan_id"].tolist()
    masks = {name: study.masks[name]() for name in names}
    rows = []
    for number, name in enumerate(names):
        Image.fromarray(masks[name]).save(folder / f"{name}.png")
        inside = np.argwhere(masks[name]).mean(axis=0).round()
        rows += [
            f"{name},A,{name}.png,{inside[0]:g},{inside[1]:g},4a",
            f"{name},B,,0,0,{'x' if number == 0 else 5}",
        ]
    text = "\n".join(["scan_id,reader,mask,point_row,point_col,birads", *rows])
    (folder / "readings.csv").write_text(text, encoding="utf-8")
    study = add_readings(study, folder / "readings.csv")
    pictures = {name: lambda name=name: Image.fromarray(study.images[name]()) for name in names}
    readings = tables.Readings.validate(check_readings(study, study.scans, pictures))
    drawn = dict(import_reader_masks(study, readings))
    return {
        "readings": readings,
        "reader_masks": {name: lambda mask=mask: mask for name, mask in drawn.items()},
        "raw_masks": {name: lambda name=name: Image.fromarray(masks[name]) for name in names},
        "region_masks": {
            name: lambda name=name: Image.fromarray(
                masks[name].astype(np.uint8) * np.uint8(REGIONS["mass"])
            )
            for name in names
        },
        "scans": study.scans,
        "decisions": study.scans[["scan_id", "lesion_id", "patient_id", "label"]].assign(
            run="net",
            partition="test",
            probability=0.5,
            called=True,
            correct=True,
            threshold=0.5,
            logit=0.0,
            temperature=1.0,
        ),
        "extreme_points": pd.DataFrame(
            [
                {"scan_id": name, "extreme": extreme, "row_px": 1.0, "col_px": 1.0}
                for name in names
                for extreme in ("max", "min")
            ]
        ).assign(method="cam", run="net", share=1.0),
    }


def take(flow, *names):
    return [flow[name] for name in names]


def test_an_odd_cell_costs_one_reading_of_sixteen(flow) -> None:
    assert len(flow["readings"]) == 16
    assert flow["readings"]["left_out"].notna().sum() == 1
    assert len(flow["reader_masks"]) == 8


def test_who_draws_as_the_study_agrees_with_it_wholly(flow) -> None:
    inputs = take(flow, "readings", "reader_masks", "raw_masks", "region_masks", "scans")
    found = tables.ReaderAgreement.validate(readers.compare_readers(*inputs, SCORING))
    found = found.set_index(["first", "second", "measure"])

    assert found.loc[("study", "A", "dice"), "value"] == 1.0
    assert found.loc[("study", "A", "surface_distance_mm"), "value"] == 0.0
    assert found.loc[("A", "B", "same_region"), ["n", "value"]].tolist() == [7, 0.0]
    assert found.loc[("study", "B", "dice"), "n_left_out"] == 7


def test_readers_points_are_counted_by_region(flow) -> None:
    inputs = take(flow, "readings", "region_masks", "scans")
    found = tables.ReaderPointing.validate(readers.score_reader_points(*inputs, SCORING))
    rates = found.set_index(["reader", "region"])["rate"]

    assert (rates["A", "mass"], rates["B", "mass"], rates["B", "other"]) == (1.0, 0.0, 1.0)


def test_a_network_that_points_into_a_corner_is_as_good_as_b_and_worse_than_a(flow) -> None:
    inputs = take(
        flow,
        *("readings", "reader_masks", "raw_masks", "extreme_points", "decisions", "scans"),
    )
    found = tables.ReaderComparison.validate(readers.compare_with_readers(*inputs, SCORING))
    hits = found[found["measure"] == "hit"].set_index(["rule", "reader", "against"])

    assert hits.loc[("max", "A", "study"), "difference"] == -1.0
    assert hits.loc[("max", "B", "study"), "difference"] == 0.0


def test_categories_alone_stand_beside_the_network(flow) -> None:
    inputs = take(flow, "readings", "decisions", "scans")
    found = tables.ReaderBirads.validate(readers.compare_with_reader_birads(*inputs, SCORING))

    assert set(found["reader"]) == {"A", "B"}
    assert found["birads_auc"].eq(0.5).all()  # one category throughout tells nothing


def test_a_study_that_nobody_else_read_has_empty_tables(flow) -> None:
    alone = flow | {"readings": tables.Readings.empty(), "reader_masks": {}}
    inputs = take(alone, "readings", "reader_masks", "raw_masks", "region_masks", "scans")
    beside = take(alone, "extreme_points", "decisions", "scans")

    assert readers.compare_readers(*inputs, SCORING).empty
    assert readers.score_reader_points(
        *take(alone, "readings", "region_masks", "scans"), SCORING
    ).empty
    assert readers.compare_with_readers(*inputs[:3], *beside, SCORING).empty
    assert readers.compare_with_reader_birads(inputs[0], *beside[1:], SCORING).empty

"""Every line of code in the how-to runs, and does what the page says of it."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import sonolens

PAGE = (Path(__file__).parents[1] / "docs/how-to/score-your-own-maps.md").read_text("utf-8")
BLOCKS = {
    section.splitlines()[0]: re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    for section in re.split(r"^##? ", PAGE, flags=re.MULTILINE)[1:]
}
SCANS = 24
ROWS, COLS, HEIGHT, WIDTH = 360, 480, 100, 140
ALL = "subset == 'all' and label == 'both'"


def run(section, names, *, leaving=(), only=()):
    """Run the blocks of a section one after the other, but for those that need a package."""
    for block in BLOCKS[section]:
        if not any(package in block for package in leaving) and all(word in block for word in only):
            exec(block, names)  # noqa: S102 - our own page
    return names


@pytest.fixture(scope="module")
def study():
    """Scans of noise, and masses drawn anywhere on them: nothing can be known of these."""
    rng = np.random.default_rng(0)
    masks = np.zeros((SCANS, ROWS, COLS), dtype=bool)
    for mask in masks:
        top, left = rng.integers(ROWS - HEIGHT), rng.integers(COLS - WIDTH)
        mask[top : top + HEIGHT, left : left + WIDTH] = True
    return {
        "scans": list(rng.integers(0, 256, (SCANS, ROWS, COLS), dtype=np.uint8)),
        "masks": list(masks),
        "truth": pd.Series(["malignant", "benign"] * (SCANS // 2)),
        "patients": [f"P{number // 2}" for number in range(SCANS)],
        "probability": pd.Series(rng.uniform(size=SCANS)),
        "called": rng.uniform(size=SCANS) > 0.5,
        "maps": rng.normal(size=(SCANS, 14, 14)),
    }


@pytest.fixture(scope="module")
def explained(study):
    return run("From a PyTorch network", dict(study), leaving=["captum", "pytorch_grad_cam"])


def looking_into(mask, *, cells):
    """A map of cells whose one maximum lies in the middle of a mask."""
    middle = np.argwhere(mask).mean(axis=0) / mask.shape
    saliency = np.zeros(cells)
    saliency[tuple((middle * cells).astype(int))] = 1.0
    return saliency


def test_the_first_call_has_as_many_rows_as_the_page_says(study):
    names = run("Score your own maps", dict(study))

    assert len(names["table"]) == 144
    assert "144 rows" in PAGE


def test_an_untrained_network_comes_out_at_chance_on_scans_of_noise(explained):
    played = explained["table"].query(f"{ALL} and rule == 'max'")

    assert (played["n"] > SCANS / 2).all()
    assert played["chance"].between(played["ci_low"], played["ci_high"]).all()
    assert (played["p_adjusted"] > 0.05).all()


def test_its_maps_turn_over_where_the_network_argues_for_the_other_label(explained):
    network = explained["network"]
    with torch.no_grad():
        network.heads.head.weight.copy_(network.heads.head.weight.flip(0).clone())
    names = run("From a PyTorch network", dict(explained), only=["register_forward_hook"])
    with torch.no_grad():
        network.heads.head.weight.copy_(network.heads.head.weight.flip(0).clone())

    np.testing.assert_allclose(names["maps"], -explained["maps"], rtol=1e-3, atol=1e-5)


def test_captum_draws_the_same_maps(explained):
    pytest.importorskip("captum.attr")
    names = run("From a PyTorch network", dict(explained), only=["captum"])

    np.testing.assert_allclose(names["of_captum"], explained["maps"], rtol=1e-3, atol=1e-5)


def test_maps_of_pytorch_grad_cam_are_turned_over_where_benign_was_called(explained):
    pytest.importorskip("pytorch_grad_cam")
    names = run("From a PyTorch network", dict(explained), only=["pytorch_grad_cam"])
    called = names["called"]

    assert names["of_grad_cam"].shape == (SCANS, 224, 224)
    assert (names["of_grad_cam"][called] >= 0).all()
    assert (names["of_grad_cam"][~called] <= 0).all()


def test_a_study_in_files_is_played(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scans.csv").write_text(re.search(r"```csv\n(.*?)```", PAGE, re.DOTALL)[1])
    for folder in ("maps", "masks"):
        (tmp_path / folder).mkdir()
    for number in (1, 2, 3):
        mask = study["masks"][number]
        np.save(f"maps/{number:04d}.npy", looking_into(mask, cells=(7, 7)).astype(np.float32))
        Image.fromarray(255 * mask.astype(np.uint8)).save(f"masks/{number:04d}.png")
    run("From files", {})

    hits = pd.read_csv("pointing_game.csv").query(f"{ALL} and region == 'mass' and rule == 'max'")
    assert hits["hits"].tolist() == [3]


def test_patches_lie_row_by_row_behind_the_class_token(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    patches = np.stack([looking_into(mask, cells=(14, 14)) for mask in study["masks"]])
    np.save("attention.npy", np.column_stack([np.ones(SCANS), patches.reshape(SCANS, -1)]))
    names = run("From the patches of a ViT", {"np": np})

    np.testing.assert_array_equal(names["maps"], patches)


def test_a_letterboxed_map_hits_the_mass_once_its_borders_are_cut(study):
    # 120 x 160 pixels fill rows 28 to 195 of 224; the mass hugs the top, where the border was.
    mask = np.zeros((120, 160), dtype=bool)
    mask[2:16, 40:120] = True
    saliency = np.zeros((14, 14))
    saliency[2, 7] = 1.0  # rows 32 to 47 of the input, 3 to 14 of the scan
    cropped = {"top": 0, "bottom": 60, "left": 0, "right": 80}
    names = run(
        "Maps cover what the mask covers",
        {"np": np, "maps": [saliency], "masks": [mask], **cropped},
    )

    given = {"spacing_mm": 1, "ring_mm": 4, "malignant": [True], "called": [True]}
    query = f"{ALL} and region == 'mass' and rule == 'max'"
    assert names["cut"][0].shape == (168, 224)
    assert sonolens.pointing_game([saliency], [mask], **given).query(query)["rate"].item() == 0
    assert sonolens.pointing_game(names["cut"], [mask], **given).query(query)["rate"].item() == 1


def test_a_cropped_mask_is_as_large_as_what_was_seen(study):
    edges = {"top": 5, "bottom": 65, "left": 10, "right": 90}
    names = {"np": np, "maps": study["maps"], "masks": study["masks"]}
    block = BLOCKS["Maps cover what the mask covers"][-1]
    exec(block, names | edges, seen := {})  # noqa: S102 - our own page

    assert {mask.shape for mask in seen["seen"]} == {(60, 80)}


def test_without_spacing_the_ring_is_measured_in_pixels(study):
    names = run("Without pixel spacing", {"sonolens": sonolens, **study})

    assert set(names["table"]["ring"]) == {"0-40 mm"}


def test_every_page_that_is_linked_exists_and_has_the_heading():
    for link, anchor in re.findall(r"\]\(([^)#]+)#?([^)]*)\)", PAGE):
        text = (Path(__file__).parents[1] / "docs/how-to" / link).read_text("utf-8")
        headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
        kept = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings]
        assert not anchor or anchor in kept

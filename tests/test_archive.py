import base64

import pytest
from kedro.io import DataCatalog, MemoryDataset

from sonolens.archive import archive_run, hide_pictures, settings_of, software_of
from sonolens.past_runs import PastRun

PIXELS = b"data:image/png;base64,iVBORw0KGgo="
SCAN = b"data:image/webp;base64,UklGRpBj+/A="
CHART = b"<?xml version='1.0'?><svg><path d='M 0 0'/></svg>"


def as_address(svg):
    return b"data:image/svg+xml;base64," + base64.b64encode(svg)


@pytest.mark.parametrize(
    "picture", [PIXELS, SCAN, as_address(b"<?xml?><svg>" + PIXELS + b"</svg>")]
)
def test_no_pixel_of_a_scan_stays_in_a_page(picture):
    page = b'<img src="' + picture + b'"><p>12.5 %</p>'

    hidden = hide_pictures(page)

    assert picture not in hidden
    assert hidden.startswith(b'<img src="data:image/gif;base64,')
    assert hidden.endswith(b'"><p>12.5 %</p>')


def test_charts_and_numbers_stay_in_a_page():
    page = b'<img src="' + as_address(CHART) + b'"><td>0.75</td>'

    assert hide_pictures(page) == page


def test_the_case_browser_is_left_without_its_pictures_and_with_its_rows():
    rows = b'<script type="application/json" data-case-rows-json>{"n": 8}</script>'
    pictures = (
        b'<script type="application/json" data-case-pictures-json>{"scans": {"a": {"picture": "'
    )
    page = rows + pictures + SCAN + b'"}}}</script><script type="module">run()</script>'

    hidden = hide_pictures(page)

    assert hidden.startswith(rows)
    assert b'data-case-pictures-json>{"scans": {}, "maps": {}}</script>' in hidden
    assert hidden.endswith(b'<script type="module">run()</script>')


def run(**session):
    return PastRun("1", "", [session], reported=True, read=dict, digest=dict)


def test_settings_of_a_run_that_recorded_none_are_the_parameters_that_it_and_its_sources_read():
    told = run(
        parameters={"regions": {"mm": 8}},
        made_with={"1": {"regions": {"mm": 5}, "split": {"seed": 0}}, "2": {"split": {"seed": 1}}},
    )

    assert settings_of(told) == {"regions": {"mm": 8}, "split": {"seed": 1}}
    assert settings_of(run(settings={"a": 1}, parameters={"b": 2})) == {"a": 1}


def test_packages_of_a_run_that_recorded_few_are_those():
    assert software_of({"packages": {"numpy": "2"}}) == {"numpy": "2"}
    assert software_of({"packages": {"numpy": "2"}, "installed": {"numpy": "2", "six": "1"}}) == {
        "numpy": "2",
        "six": "1",
    }


@pytest.mark.parametrize(
    ("sessions", "reported", "lacks"), [([{}], False, "report"), ([], True, "record")]
)
def test_a_run_without_a_page_or_a_record_is_not_packed(tmp_path, sessions, reported, lacks):
    run = PastRun(
        run_id="2026-01-01T00.00.00.000Z",
        root="",
        sessions=sessions,
        reported=reported,
        read=str,
        digest=dict,
    )
    catalog = DataCatalog({"runs": MemoryDataset([run], copy_mode="assign")})

    with pytest.raises(LookupError, match=f"run {run.run_id} wrote no {lacks}; archive one that"):
        archive_run(catalog, run.run_id, tmp_path / "a.zip")

    assert list(tmp_path.iterdir()) == []

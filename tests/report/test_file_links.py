"""Names of files lead to the files where the page knows them, and stay names elsewhere."""

import pytest

from sonolens.report.file_links import link_files

FILES = {
    "pointing_game": "../../pointing_game.csv/1/pointing_game.csv",
    "pictures": "../../../02_intermediate/pictures/1/manifest.json",
}
LINK = '<a class="file" href="../../pointing_game.csv/1/pointing_game.csv">'


@pytest.mark.parametrize("name", ["pointing_game.csv", "pointing_game"])
def test_a_name_leads_to_its_file(name: str) -> None:
    code = f"<code>{name}</code>"

    assert link_files({"a": f"<p>{code}.</p>"}, FILES) == {"a": f"<p>{LINK}{code}</a>.</p>"}


@pytest.mark.parametrize(
    "text",
    [
        "<code>unknown.csv</code>",
        "<code>pointing_game.svg</code>",
        "<code>pictures.csv</code>",
        "<code>pointing_game.csv/1</code>",
        "<summary>Rows: also <code>pointing_game.csv</code></summary>",
        "pointing_game.csv",
    ],
)
def test_what_is_no_name_of_a_known_file_stays_as_it_is(text: str) -> None:
    assert link_files({"a": text}, FILES) == {"a": text}


def test_a_page_that_knows_no_files_has_no_links() -> None:
    text = "<code>pointing_game.csv</code>"

    assert link_files({"a": text}, {}) == {"a": text}


def test_an_address_cannot_leave_its_attribute() -> None:
    (text,) = link_files({"a": "<code>x</code>"}, {"x": '"><b>'}).values()

    assert "<b>" not in text

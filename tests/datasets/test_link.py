import fsspec
import pytest

from sonolens.datasets import LinkDataset


def test_a_link_leads_to_the_folder_of_the_newest_and_moves_on(tmp_path):
    for version in ("1", "2"):
        (tmp_path / "page.html" / version).mkdir(parents=True)
        (tmp_path / "page.html" / version / "page.html").write_text(version)
    link = LinkDataset(filepath=str(tmp_path / "latest"))

    link.save("page.html/1/page.html")
    link.save("page.html/2/page.html")

    assert (tmp_path / "latest" / "page.html").read_text() == "2"
    assert link.load() == "page.html/2"
    assert {each.name for each in tmp_path.iterdir()} == {"latest", "page.html"}


def test_where_there_are_no_links_a_page_sends_its_reader_on(tmp_path):
    link = LinkDataset(filepath=f"memory:///{tmp_path.name}/latest")

    link.save("page.html/1/<page>.html")

    text = fsspec.filesystem("memory").cat_file(link.page).decode()
    assert 'content="0; url=page.html/1/%3Cpage%3E.html"' in text
    assert link.load() == link.page


@pytest.mark.parametrize("place", ["{}/latest", "memory:///{}/latest"])
def test_pointing_nowhere_removes_what_pointed_somewhere(place, tmp_path):
    root = tmp_path if place.startswith("{") else tmp_path.name
    link = LinkDataset(filepath=place.format(root))
    link.save("page.html/1/page.html")

    link.save("")

    assert not link.exists()
    assert link.load() == ""


def test_a_file_of_the_users_own_under_that_name_stays(tmp_path):
    (tmp_path / "latest").write_text("mine")
    link = LinkDataset(filepath=str(tmp_path / "latest"))

    link.save("page.html/1/page.html")

    assert (tmp_path / "latest").read_text() == "mine"
    assert (tmp_path / "latest.html").exists()

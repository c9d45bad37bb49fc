"""Tables stay text, whatever their separator and encoding, and say where they are wrong."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonolens.studies.spreadsheet import read_table

CELLS = [["Image", "Größe"], ["0007", "NA"], ["0012", ""], ["a, b; c", "0,07"]]


def write(folder: Path, text: str) -> Path:
    file = folder / "set.csv"
    file.write_text(text)
    return file


@given(
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    before=st.sampled_from(["", "hint", "blank"]),
)
@settings(max_examples=40, deadline=None)
def test_separator_encoding_and_line_ends_change_nothing(
    separator: str, encoding: str, line_end: str, before: str
) -> None:
    lines = [separator.join(f'"{cell}"' for cell in cells) for cells in CELLS]
    lines = {"": [], "hint": [f"sep={separator}"], "blank": [""]}[before] + lines
    with TemporaryDirectory() as folder:
        file = Path(folder) / "Übersicht.csv"
        file.write_bytes((line_end.join(lines) + line_end).encode(encoding))

        rows = read_table(file, required=("Image", "Größe"), key="Image")

    assert [[row.written("Image"), row.written("Größe")] for row in rows] == CELLS[1:]
    assert rows[0].number == (3 if before else 2)


def test_a_workbook_keeps_text_beside_numbers_and_numbers_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "set.xlsx"
    cells = {"Image": ["a", None, "b"], "BIRADS": [3, None, "4a"], "Size": [0.0078125, None, None]}
    pd.DataFrame(cells).to_excel(file, index=False)

    first, second = read_table(file, required=("Image", "BIRADS", "Size"), key="Image")

    assert (first.written("BIRADS"), second.written("BIRADS")) == ("3", "4a")
    assert (first.written("Size"), second.written("Size")) == ("0.0078125", "")
    assert (first.number, second.number) == (2, 4)


def test_columns_are_known_by_their_letters_and_called_as_asked(tmp_path: Path) -> None:
    file = write(tmp_path, "IMAGE, bi-rads ,Spacing (mm),Extra\n1,2,3,x\n")

    [row] = read_table(file, required=("Image", "birads"), optional=("spacing_mm",))

    assert row.cells == {"Image": "1", "birads": "2", "spacing_mm": "3", "Extra": "x"}


def test_two_columns_that_mean_one_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path, "Image,image\nright,wrong\n")

    with pytest.raises(ValueError, match=r"two columns named 'Image' \('Image' and 'image'\)"):
        read_table(file, required=("Image",))


def test_an_absent_column_is_named_beside_those_present(tmp_path: Path) -> None:
    file = write(tmp_path, "Picture;Label\na;benign\n")

    with pytest.raises(ValueError, match=r"set.csv has no column 'Image' but Picture, Label;"):
        read_table(file, required=("Image", "Label"))


def test_blank_rows_are_no_rows_but_count(tmp_path: Path) -> None:
    rows = read_table(write(tmp_path, "Image,Label\na,benign\n , \n\nb,x\n"), required=("Image",))

    assert [(row.written("Image"), row.number) for row in rows] == [("a", 2), ("b", 5)]


def test_a_table_without_rows_is_empty(tmp_path: Path) -> None:
    assert read_table(write(tmp_path, "Image,Label\n"), required=("Image", "Label")) == []


def test_a_row_without_its_name_is_refused_by_its_number(tmp_path: Path) -> None:
    file = write(tmp_path, "Image,Label\na,benign\n,malignant\n")

    with pytest.raises(ValueError, match=r"set.csv row 3: has no Image"):
        read_table(file, required=("Image",), key="Image")


def test_two_rows_of_one_name_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path, "Image,Label\na,benign\na,malignant\n")

    with pytest.raises(ValueError, match=r"set.csv row 3: Image 'a' is already that of row 2"):
        read_table(file, required=("Image",), key="Image")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("set.xlsx", b"no workbook", "set.xlsx is no XLSX"),
        ("set.csv", b"Image\na\n\xe4\n", "set.csv row 3: is no UTF-8 text .*0xe4"),
        ("set.csv", "Image\na\n".encode("utf-16-le"), "set.csv is no UTF-8 text .*zero bytes"),
        ("set.csv", b'Image\n"a', "set.csv is no table"),
        ("set.csv", b"", "set.csv has no column 'Image' but none at all"),
    ],
)
@pytest.mark.parametrize("published", [True, False])
def test_a_broken_table_is_named_with_a_remedy(
    tmp_path: Path, name: str, content: bytes, told: str, published: bool
) -> None:
    (tmp_path / name).write_bytes(content)
    remedy = "use the table as published" if published else "as CSV UTF-8"

    with pytest.raises(ValueError, match=rf"{told}.*({remedy}|first row names the columns)"):
        read_table(tmp_path / name, required=("Image",), published=published)

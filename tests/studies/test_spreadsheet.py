"""Tables stay text, whatever their separator, and say what they lack."""

from pathlib import Path

import pandas as pd
import pytest

from sonolens.studies.spreadsheet import read_numbers, read_table


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_every_separator_gives_the_same_text(tmp_path: Path, separator: str, encoding: str) -> None:
    file = tmp_path / "Größe.csv"
    lines = [["Image", "Label"], ["0007", " NA "], ["0012", ""]]
    file.write_text("\n".join(separator.join(cells) for cells in lines), encoding=encoding)

    rows = read_table(file, columns=("Image", "Label"), key="Image")

    assert rows["Image"].tolist() == ["0007", "0012"]
    assert rows["Label"].iloc[0] == "NA"
    assert rows["Label"].isna().tolist() == [False, True]


def test_a_workbook_keeps_text_beside_numbers(tmp_path: Path) -> None:
    file = tmp_path / "set.xlsx"
    cells = {"Image": ["a", "b"], "BIRADS": [3, "4a"], "Size": [0.0078125, None], "Empty": None}
    pd.DataFrame(cells).to_excel(file, index=False)

    rows = read_table(file, columns=("Image", "BIRADS", "Size", "Empty"), key="Image")

    assert rows["BIRADS"].tolist() == ["3", "4a"]
    assert rows["Size"].iloc[0] == "0.0078125"
    assert rows["Empty"].isna().all()


def test_columns_are_found_whatever_their_case_and_called_as_asked(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_text("IMAGE, type ,Extra\n1,benign,x\n")

    rows = read_table(file, columns=("Image", "Type"), key="Image")

    assert list(rows.columns) == ["Image", "Type", "Extra"]


def test_the_exact_spelling_wins_over_another_case(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_text("Image,image\nright,wrong\n")

    assert read_table(file, columns=("Image",), key="Image")["Image"].tolist() == ["right"]


def test_an_absent_column_is_named_beside_those_present(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_text("Picture;Label\na;benign\n")

    with pytest.raises(ValueError, match=r"'set.csv' has no column 'Image' but Picture, Label;"):
        read_table(file, columns=("Image", "Label"), key="Image")


def test_blank_rows_are_no_rows(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_text("Image,Label\na,benign\n , \nb,benign\n")

    assert read_table(file, columns=("Image",), key="Image")["Image"].tolist() == ["a", "b"]


def test_a_table_without_rows_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_text("Image,Label\n")

    assert len(read_table(file, columns=("Image", "Label"), key="Image")) == 0


def test_a_row_without_its_name_is_refused_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_text("Image,Label\na,benign\n,malignant\n")

    with pytest.raises(ValueError, match="empty Image in its row 2"):
        read_table(file, columns=("Image",), key="Image")


def test_two_rows_of_one_name_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "set.csv"
    file.write_text("Image,Label\na,benign\na,malignant\n")

    with pytest.raises(ValueError, match="two rows for the Image 'a'"):
        read_table(file, columns=("Image",), key="Image")


@pytest.mark.parametrize(
    ("name", "content"),
    [("set.xlsx", b"no workbook"), ("set.csv", b"Image\n\xff\xfe"), ("set.csv", b"")],
)
def test_a_broken_table_is_named_with_a_remedy(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ValueError, match=rf"{name}' is no .* use the table as published"):
        read_table(tmp_path / name, columns=("Image",), key="Image")


def test_numbers_are_read_from_text_and_empty_cells_stay_unknown() -> None:
    rows = pd.DataFrame({"Image": ["a", "b"], "Size": ["0.5", None]}, dtype="str")

    numbers = read_numbers(rows, "Size", key="Image")

    assert numbers.iloc[0] == 0.5
    assert numbers.isna().tolist() == [False, True]


def test_text_in_place_of_a_number_is_named_with_its_row() -> None:
    rows = pd.DataFrame({"Image": ["a", "b"], "Size": ["0.5", "0,5"]}, dtype="str")

    with pytest.raises(ValueError, match="'b' has the Size '0,5', which is no number"):
        read_numbers(rows, "Size", key="Image")

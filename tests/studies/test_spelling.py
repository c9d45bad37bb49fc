"""What is the same id or column, what is another, and what is no answer."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonolens.studies.spelling import fold_id, fold_name, is_no_answer, read_answer

IDS = st.from_regex(r"[A-Za-zäöüÅéñ]{1,4}[1-9][0-9]{0,4}", fullmatch=True)
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


@st.composite
def respelled(draw: st.DrawFn) -> tuple[str, str]:
    """An id, and the same written otherwise."""
    name = draw(IDS)
    letters = name.rstrip("0123456789")
    joint = draw(st.sampled_from(["", " ", "  ", "-", "_", "\u2013", "\u00a0", "\u200b", "\u00ad"]))
    zeros, end = draw(st.sampled_from(["", "0", "000"])), draw(st.sampled_from(["", ".0", " "]))
    other = f"{letters}{joint}{zeros}{name[len(letters) :]}{end}"
    other = draw(st.sampled_from([other, other.upper(), other.lower(), "'" + other]))
    return name, unicodedata.normalize(draw(st.sampled_from(FORMS)), other)


@given(respelled())
def test_spelling_makes_no_other_id(pair: tuple[str, str]) -> None:
    assert fold_id(pair[0]) == fold_id(pair[1])


@given(st.integers(0, 9999), st.integers(0, 9999), st.sampled_from("-_ ."))
def test_what_parts_two_numbers_stays(first: int, second: int, joint: str) -> None:
    assert fold_id(f"P{first}{joint}{second}") != fold_id(f"P{first}{joint}{second + 1}")
    assert fold_id(f"{first}{joint}x{second}") != fold_id(f"{first + 1}{joint}x{second}")


def test_what_parts_two_numbers_is_written_in_one_way() -> None:
    assert fold_id("1_12") == fold_id("1 - 12") == fold_id("01 12.0") == "1-12" != fold_id("11-2")


@given(st.text(max_size=12))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_id(fold_id(text)) == fold_id(text)
    assert fold_name(fold_name(text)) == fold_name(text)


@pytest.mark.parametrize(
    "pair", [("1.2.840.1", "1.2.840.10"), ("P10", "P1"), ("P1", "P1a"), ("A", "B"), ("100", "1")]
)
def test_other_ids_stay_others(pair: tuple[str, str]) -> None:
    assert fold_id(pair[0]) != fold_id(pair[1])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "-",
            "--",
            "?",
            "???",
            ".",
            "/",
            "NA",
            "n/a",
            "N.A.",
            "#N/A",
            "nan",
            "NaN",
            "NULL",
        ),
        *("None", "unknown", "UNKNOWN", "Not available", "not_available", "unbekannt", "anonymous"),
        *(
            "Anonymized",
            "xxx",
            "XX",
            "0",
            "000",
            "0.0",
            "-1",
            "-999",
            "#REF!",
            "#VALUE!",
            "missing",
        ),
        *(
            "unknown patient",
            "no name",
            "Patient unbekannt",
            "keine Angabe",
            "not applicable",
            "n.d.",
            "k. A.",
        ),
    ],
)
def test_words_for_not_knowing_are_no_answer(text: str) -> None:
    assert is_no_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        *("no", "none1", "anonymous_01", "P0", "x1", "X", "1", "10", "0.07", "Nadia", "4a", "#12"),
        *(
            "single",
            "GE Logiq 7",
            "not circumscribed - indistinct",
            "Patient 1",
            "A",
            "ND",
            "KA",
            "N.N1",
        ),
    ],
)
def test_what_tells_something_is_an_answer(text: str) -> None:
    assert not is_no_answer(text)


@pytest.mark.parametrize(
    ("answer", "texts"),
    [
        (True, ["Yes", "Y", "y", "TRUE", "1", "1.0", " yes ", "Sí", "ja"]),
        (False, ["No", "n", "False", "0", "0.0", "nein"]),
        (None, ["", "maybe", "2", "yes/no", "-"]),
    ],
)
def test_yes_and_no_are_read_however_short(answer: bool | None, texts: list[str]) -> None:
    assert [read_answer(text) for text in texts] == [answer] * len(texts)

"""Other readers on the page: who read what, the ceiling, and the network on their scale."""

from tiny_readers import comparison, comparison_row, no_readers, reader_tables

from sonolens.report.sections.readers import MOST_TOLD, SECTION, list_beside, list_reasons


def test_readings_are_counted_and_those_left_out_are_told_why() -> None:
    told = SECTION.tell(reader_tables())

    assert told["readers_told"] == "4 readings: A 2 scans, B 1 scan; 1 left out."
    assert told["reasons"] == ["B is odd"]


def test_agreement_names_the_study_and_every_measure() -> None:
    told = SECTION.tell(reader_tables())

    names = [row["names"] for row in told["agreement"]]
    assert names == [("the study", "A"), ("the study", "B"), ("A", "B")]
    dice, kappa = told["agreement"][2]["cells"][0], told["agreement"][2]["cells"][5]
    assert dice.text == kappa.text == "0.80 [0.70, 0.90]"
    assert dice.small == ("n = 8, 1 left out",)


def test_the_network_stands_beside_the_reader_with_chance_and_difference() -> None:
    study, own = SECTION.tell(reader_tables())["beside"]

    network, reader, apart, distance, *_ = (cell.text for cell in study["cells"])
    assert study["names"] == ("cam", "A", "the study")
    assert network == "40 % [20, 70]"
    assert study["cells"][0].small == ("n = 8", "chance 10 %")
    assert reader == "80 % [60, 95]"
    assert apart == "−40 [−60, −10] points"
    assert distance.startswith("3.0")
    assert own["names"][2] == "A"
    assert [cell.text for cell in own["cells"][1:3]] == ["–", "–"]


def test_only_the_extreme_for_the_call_stands_on_the_page() -> None:
    assert list_beside(comparison(comparison_row(rule="max"))) == []


def test_of_many_reasons_the_first_are_told() -> None:
    readings = reader_tables()["readings"].assign(left_out="odd")
    many = readings.loc[[0] * (MOST_TOLD + 3)]

    assert list_reasons(many) == ["odd"] * MOST_TOLD + ["and 3 more"]


def test_a_study_that_nobody_else_read_says_so_in_one_line() -> None:
    told = SECTION.tell(no_readers())

    assert told["readers_told"].startswith("The study tells of no other reader")
    assert not any(
        told[name] for name in ("reasons", "agreement", "points", "beside", "categories")
    )

import pandas as pd
import pytest
from tiny_run import extremes_table, pointing_table, scans_table, splits_table
from tiny_scores import RUN, optimism_row, optimism_table, training_runs_table

from sonolens.report.sections.banners import Banner, raise_banners
from sonolens.tables.explanations import UnexplainedScans

RELATIVE = "relative: 0-0.5 mass radii"


def raised(**replaced: object) -> list[Banner]:
    tables = {
        "scans": scans_table(),
        "splits": splits_table(scans_table()),
        "extreme_points": extremes_table(),
        "pointing_game": pointing_table(),
        "training_runs": training_runs_table(),
        "protocol_optimism": optimism_table(),
        "unexplained_scans": UnexplainedScans.empty(),
    }
    return raise_banners(tables | replaced)


@pytest.mark.parametrize("phantoms", [True, False])
@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("random_start", [True, False])
@pytest.mark.parametrize("paper", [True, False])
def test_each_banner_is_raised_exactly_when_it_applies(
    phantoms: bool, relative: bool, random_start: bool, paper: bool
) -> None:
    banners = raised(
        scans=scans_table(source="phantoms" if phantoms else "busbra"),
        pointing_game=pointing_table(ring=RELATIVE if relative else "0-5 mm"),
        training_runs=training_runs_table(
            start="none" if random_start else "imagenet", protocol="paper" if paper else "rigorous"
        ),
    )

    titles = " ".join(banner.title for banner in banners)
    assert ("Phantoms" in titles) == phantoms
    assert ("not in millimetres" in titles) == relative
    assert ("random weights" in titles) == random_start
    assert ("scores are flattered" in titles) == paper
    assert [banner.alarm for banner in banners].count(True) == paper
    assert len(banners) == phantoms + relative + random_start + paper


def test_networks_from_elsewhere_are_told_before_any_number() -> None:
    (banner,) = raised(training_runs=training_runs_table(home_study="busbra"))

    assert banner.title == "Fitted elsewhere, judged here."
    assert "fitted to busbra" in banner.text
    assert "nothing was fitted here" in banner.text


def test_some_phantoms_among_patients_are_counted() -> None:
    (banner,) = raised(scans=scans_table(source=["phantoms"] * 3 + ["busbra"] * 5))

    assert "3 of 8 scans are simulated" in banner.text


def test_patients_that_were_filled_in_are_told_from_patients_that_were_read() -> None:
    assert not raised(scans=scans_table(filled_in=[None] * 8))
    (some,) = raised(scans=scans_table(filled_in=["patient_id"] * 3 + [None] * 5))
    (all_,) = raised(scans=scans_table(filled_in=["lesion_id patient_id"] * 8))

    assert some.title == all_.title == "Patients are unknown."
    assert "3 of 8" in some.text
    assert "patients (unknown for 3 of 8 scans)" in some.text
    assert "go by scans (patients unknown)" in all_.text
    assert "per lesion is per scan" in all_.text


def test_the_relative_ring_is_quoted() -> None:
    (banner,) = raised(pointing_game=pointing_table(ring=RELATIVE))

    assert RELATIVE in banner.text


def test_one_paper_run_among_others_is_counted_and_named_and_comes_first() -> None:
    runs = training_runs_table(
        run=[RUN, "b", "c"],
        configuration=["tiny-full", "tiny-full-paper", "tiny-full"],
        protocol=["rigorous", "paper", "rigorous"],
    )

    banners = raised(training_runs=runs, scans=scans_table(source="phantoms"))

    assert banners[0].alarm
    assert "1 of 3 runs are under the paper's protocol (tiny-full-paper)" in banners[0].text
    assert "not measured" in banners[0].text


def test_the_alarm_tells_the_measured_optimism_with_its_interval() -> None:
    threshold = optimism_row(optimism=0.011, ci_low=0.001, ci_high=0.021)
    whole = optimism_row(
        source="epoch_and_threshold", metric="auc", optimism=0.03, ci_low=-0.01, ci_high=0.07
    )
    runs = training_runs_table(protocol="paper")

    (alone,) = raised(training_runs=runs, protocol_optimism=optimism_table(threshold))
    (both,) = raised(training_runs=runs, protocol_optimism=optimism_table(threshold, whole))

    assert "for threshold alone: Accuracy +0.011 [+0.001, +0.021]." in alone.text
    assert "The choice of the epoch adds to that." in alone.text
    assert "for epoch and threshold: AUC +0.030 [−0.010, +0.070]." in both.text
    assert "adds to that" not in both.text


def test_the_optimism_of_several_runs_is_a_span_and_lesions_stay_out() -> None:
    rows = [
        optimism_row(run=f"r{place}", optimism=value) for place, value in enumerate((-0.01, 0.04))
    ]
    rows.append(optimism_row(level="lesion", optimism=0.09))

    (banner,) = raised(
        training_runs=training_runs_table(protocol="paper"), protocol_optimism=optimism_table(*rows)
    )

    assert "Accuracy −0.010 to +0.040 over 2 runs" in banner.text


def test_a_random_start_of_some_runs_is_counted() -> None:
    (banner,) = raised(
        training_runs=training_runs_table(run=["a", "b"], start=["none", "imagenet"])
    )

    assert banner.title == "1 of 2 runs started from random weights."


@pytest.mark.parametrize(
    ("runs", "words"),
    [
        (
            ["a"],
            "The network started from random weights. All that it knows comes from its training",
        ),
        (["a", "b"], "The networks started from random weights. All that such a network knows"),
    ],
)
def test_one_network_is_told_of_as_one(runs: list[str], words: str) -> None:
    (banner,) = raised(training_runs=training_runs_table(run=runs, start="none"))

    assert f"{banner.title} {banner.text}".startswith(words)


def test_runs_that_learnt_exchanged_labels_are_counted_and_named() -> None:
    runs = training_runs_table(
        run=[RUN, "b"],
        configuration=["tiny-full", "tiny-full-shuffled"],
        labels=["given", "shuffled"],
    )

    (banner,) = raised(training_runs=runs)

    assert "1 of 2 runs are a null (tiny-full-shuffled)" in banner.text
    assert not banner.alarm


def test_extremes_on_annotations_are_counted_with_their_scans_and_interval() -> None:
    scans = scans_table()
    everyone = splits_table(scans).assign(partition="test")
    (banner,) = raised(
        scans=scans,
        splits=everyone,
        extreme_points=extremes_table(("annotation", "other", "mass", "mass")),
    )

    assert not raised(splits=everyone, extreme_points=extremes_table())
    assert "2 maps of 2 scans, 25 % [" in banner.text
    assert not banner.alarm


def test_scans_that_could_not_be_explained_are_named_and_counted_once() -> None:
    rows = [(f"s{number}", reason) for number in range(1, 8) for reason in ("no regions", "no map")]
    listed = pd.DataFrame(rows, columns=["scan_id", "reason"])

    titles = {banner.title: banner.text for banner in raised(unexplained_scans=listed)}

    (told,) = [title for title in titles if "could not be explained" in title]
    assert told.startswith("7 scans of ")
    assert "s1, s2, s3, s4, s5 and 2 more" in titles[told]

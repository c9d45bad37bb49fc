"""Whether a method finds what was planted: the weakest plant that was learnt stands for all."""

import pandas as pd
import pytest

from sonolens.evaluation.truth import ask_planted

NAN = float("nan")


def fit(plant: str = "shadow", *, share: float = 1.0, **changes: object) -> dict[str, object]:
    """A fit that learnt its plant, and whose maps find it in 8 of 10 scans where blind points do in 2."""
    usual = {"plant": plant, "share": share, "strength": 1.0, "seed": 0, "region": "planted"}
    usual |= {"auc_ci_low": 0.8, "n": 10, "rate": 0.8, "ci_low": 0.5, "ci_high": 0.95}
    usual |= {"chance": 0.2, "p_value": 0.001, "confidence": 0.95}
    return usual | changes


def none(plant: str = "shadow", **changes: object) -> dict[str, object]:
    return fit(plant, share=0.0, **{"auc_ci_low": 0.4, "ci_low": 0.1, "p_value": 0.6} | changes)


def ask(*fits: dict[str, object]) -> dict[str, object]:
    return ask_planted(pd.DataFrame(fits))


def test_a_plant_that_is_found_and_no_false_alarm_is_shown_with_its_number() -> None:
    told = ask(none(), fit(share=0.5, ci_low=0.1), fit())

    assert (told["answer"], told["reason"], told["plant"]) == ("shown", "answered", "shadow")
    assert [told[name] for name in ("value", "ci_low", "ci_high", "against", "n")] == [
        *(0.8, 0.5, 0.95, 0.2, 10)
    ]
    assert (told["fits_asked"], told["fits_found"]) == (1, 1)
    assert (told["asked_at_none"], told["false_alarms"]) == (1, 0)


def test_of_several_plants_the_weakest_answers() -> None:
    missed = fit("foci_mass", ci_low=0.15, rate=0.3, p_value=0.2)
    told = ask(fit(), missed, fit("halo"))

    assert (told["answer"], told["plant"], told["value"]) == ("not shown", "foci_mass", 0.3)
    assert (told["fits_asked"], told["fits_found"]) == (3, 2)
    nearer = ask(fit(), fit("halo", ci_low=0.3))
    assert (nearer["answer"], nearer["plant"]) == ("shown", "halo")


def test_a_plant_that_was_missed_is_weaker_than_one_found_nearer_to_chance() -> None:
    told = ask(fit(ci_low=0.21), fit("halo", ci_low=0.6, rate=0.9, p_value=0.3))

    assert (told["answer"], told["plant"], told["fits_found"]) == ("not shown", "halo", 1)


def test_exchanged_maps_that_hit_as_often_make_a_high_rate_worth_nothing() -> None:
    assert ask(fit(p_value=0.06))["answer"] == "not shown"
    assert ask(fit(p_value=0.05))["answer"] == "shown"


def test_a_false_alarm_at_none_takes_the_answer_back() -> None:
    told = ask(none(ci_low=0.4, p_value=0.01), fit())

    assert (told["answer"], told["false_alarms"], told["fits_found"]) == ("not shown", 1, 1)


def test_every_seed_counts() -> None:
    told = ask(fit(seed=0), fit(seed=1, ci_low=0.1, rate=0.25))

    assert (told["answer"], told["value"], told["fits_asked"]) == ("not shown", 0.25, 2)


def test_the_largest_dose_counts_alone() -> None:
    weaker = fit(strength=0.5, ci_low=0.0, rate=0.1)

    assert ask(weaker, fit(), fit(share=0.5, ci_low=0.0))["value"] == 0.8


@pytest.mark.parametrize(
    ("fits", "reason"),
    [
        ([fit(region="mass")], "other methods"),
        ([fit(auc_ci_low=0.5)], "not learnt"),
        ([fit(n=4)], "too few scans"),
        ([fit(rate=NAN, ci_low=NAN, n=0)], "too few scans"),
        ([fit(chance=NAN)], "too few scans"),
    ],
)
def test_what_cannot_be_asked_says_why(fits: list[dict[str, object]], reason: str) -> None:
    told = ask(*fits)

    assert (told["answer"], told["reason"], told["plant"]) == ("cannot be asked", reason, "none")
    assert pd.isna(told["value"])


def test_of_plants_of_which_one_was_not_learnt_the_other_answers() -> None:
    told = ask(fit("halo", auc_ci_low=0.45, ci_low=0.0, rate=0.0), fit())

    assert (told["answer"], told["plant"], told["fits_asked"]) == ("shown", "shadow", 1)

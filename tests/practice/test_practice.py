"""A clinic's facts as a visitor reads them; an odd one is unknown and takes nothing down."""

from pathlib import Path

import pytest

from frontdesk.practice import Practice, PracticeError, load_practice
from frontdesk.practice.facts import load_facts

WEEK = {day: [] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}


def practice(**facts: object) -> Practice:
    return Practice(example=False, raw={name.replace("__", "."): value for name, value in facts.items()})


def test_minutes_lists_hours_and_holidays_read_as_sentences_do() -> None:
    clinic = practice(
        visit__first_length=75,
        prices__payment_methods=["card", "cash", "check"],
        hours__week={**WEEK, "monday": ["09:00-17:00"]},
        hours__holidays=[{"date": "2026-12-25", "name": "Christmas Day"}],
    )

    assert clinic.value("visit.first_length") == "75 minutes"
    assert clinic.value("prices.payment_methods") == "card, cash and check"
    assert clinic.value("hours.week") == "Monday 9 am to 5 pm, closed Tuesday to Sunday"
    assert clinic.value("hours.holidays") == "Christmas Day (December 25)"


@pytest.mark.parametrize("unknown", [None, "", []])
def test_an_unknown_fact_has_no_value(unknown: object) -> None:
    assert practice(contact__phone=unknown).value("contact.phone") is None


def test_a_name_that_is_no_fact_has_no_value() -> None:
    assert practice().value("contact.fax") is None


@pytest.mark.parametrize("odd", ["always", 7, {"monday": "9 to 5"}, [{"date": "soon"}], {"x": 1}, True])
def test_an_odd_value_raises_for_no_fact(odd: object) -> None:
    for name in load_facts():
        assert isinstance(Practice(example=False, raw={name: odd}).value(name), str | None)


def test_hours_that_cannot_be_read_are_unknown_rather_than_wrong() -> None:
    assert practice(hours__week={"monday": ["9-5"]}).value("hours.week") is None
    assert practice(hours__holidays=[{"name": "Christmas Day"}]).value("hours.holidays") is None


def test_what_is_missing_is_reported_with_the_filled_text() -> None:
    filled = practice(prices__first_visit="$120").fill_reporting("It is {prices.first_visit}.\nPacks: {prices.packages}")

    assert filled.text == "It is $120."
    assert filled.missing == ("prices.packages",)


def test_the_example_clinic_can_be_loaded(root: Path) -> None:
    clinic = load_practice(root / "clinic")

    assert clinic.value("contact.phone")
    assert clinic.value("hours.week")


@pytest.mark.parametrize(
    ("text", "says"),
    [("a: [", "is not valid YAML"), ("- a\n", "must hold sections"), ("", "must hold sections")],
)
def test_a_file_of_the_wrong_shape_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "practice.yml").write_text(text, encoding="utf-8")

    with pytest.raises(PracticeError, match=says) as caught:
        load_practice(tmp_path)

    assert "practice.yml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_clinic_without_the_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PracticeError, match=r"practice\.yml: cannot be read"):
        load_practice(tmp_path)

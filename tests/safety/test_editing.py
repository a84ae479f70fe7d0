"""A safety text is changed where it stands, loses its signature, and keeps what somebody in danger needs."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from frontdesk.editing import ChangeRefused, FileUnreadable
from frontdesk.practice import load_facts
from frontdesk.safety import Guard
from frontdesk.safety.checks import check_safety
from frontdesk.safety.editing import CardsFile, TextChanged, card_of
from frontdesk.safety.rules import Rule
from tests.practice.test_editing import changed_lines
from tests.safety.test_checks import ROOT, TODAY, sign

CARDS = (ROOT / "clinic" / "safety" / "cards.yml").read_text(encoding="utf-8")
NUMBER = "[{contact.emergency_number}](tel:{contact.emergency_number})"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "clinic" / "safety", tmp_path / "safety"))


@pytest.fixture
def file(folder: Path) -> CardsFile:
    return CardsFile(folder, lambda folder, today: check_safety(folder, load_facts(), today))


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return Guard.load(ROOT / "clinic" / "safety").rules


def text_of(folder: Path) -> str:
    return (folder / "cards.yml").read_text(encoding="utf-8")


def test_every_text_of_the_file_is_there_with_its_signature(file: CardsFile) -> None:
    texts = file.open().texts

    assert {"tiers.crisis.text", "variants.overdose.adds", "variants.doctor_today.replaces", "variants.spanish.adds"} <= texts.keys()
    assert len(texts) == 15
    assert texts["tiers.practitioner.text"].signature.lacks(TODAY, 365) == "not signed"
    assert texts["variants.spanish.adds"].language == "es"


def test_a_changed_text_is_the_lines_that_differ(file: CardsFile, folder: Path) -> None:
    before = file.open().texts["tiers.emergency.text"].text
    after = before.replace("Don't wait for a visit to the clinic, and don't", "Do not wait for a visit, and don't")

    assert file.save("tiers.emergency.text", before, after, TODAY).is_changed

    assert [line[0] for line in changed_lines(CARDS, text_of(folder))] == ["-", "+"]
    assert file.open().texts["tiers.emergency.text"].text == after


def test_a_signed_text_that_changes_loses_its_signature_and_the_others_keep_theirs(file: CardsFile, folder: Path) -> None:
    sign(folder, "reviewed_by: Jane Doe, MD  # by phone", "reviewed_on: 2026-11-20")
    before = file.open().texts["variants.medicine.replaces"].text

    file.save("variants.medicine.replaces", before, f"{before} Bring a list of them.", TODAY)

    texts = file.open().texts
    assert texts["variants.medicine.replaces"].signature.by is None
    assert texts["variants.medicine.replaces"].signature.on is None
    assert [text.signature.by for text in texts.values()].count("Jane Doe, MD") == 14
    assert "reviewed_by: null  # by phone\n    reviewed_on: null\n    replaces: |-\n      Please tell the clinic and your" in text_of(
        folder
    )


@pytest.mark.parametrize(
    ("text", "old", "new", "says"),
    [
        ("tiers.emergency.text", NUMBER, "an ambulance", "no link to dial"),
        ("tiers.crisis.text", "[{contact.crisis_line}](tel:{contact.crisis_line})", "the crisis line", "{contact.crisis_line}"),
        ("variants.doctor_today.replaces", NUMBER, "{contact.emergency_number}", "no link to dial"),
        ("tiers.doctor.text", "This", "{contact.fax}", "{contact.fax} is no fact"),
        ("tiers.practitioner.text", "Please tell", "You have no red flags. Please tell", "no red flags"),
    ],
    ids=["emergency number", "crisis line", "a variant for itself", "no fact", "a word that nobody may read"],
)
def test_what_would_leave_somebody_in_danger_alone_is_refused(
    file: CardsFile, folder: Path, text: str, old: str, new: str, says: str
) -> None:
    before = file.open().texts[text].text
    after = before.replace(old, new) if old in before else f"{before} {new}"

    with pytest.raises(ChangeRefused) as caught:
        file.save(text, before, after, TODAY)

    assert says in " ".join(problem.message for problem in caught.value.problems)
    assert text_of(folder) == CARDS


def test_a_text_that_is_another_one_by_now_is_not_replaced(file: CardsFile, folder: Path) -> None:
    before = file.open().texts["variants.device.replaces"].text
    path = folder / "cards.yml"
    path.write_text(CARDS.replace("about the device before", "about your device before"), "utf-8")

    with pytest.raises(TextChanged) as caught:
        file.save("variants.device.replaces", before, "Another.", TODAY)

    assert caught.value.now
    assert "your device" in caught.value.now.text
    with pytest.raises(TextChanged):
        file.save("variants.nothing.replaces", before, "Another.", TODAY)


def test_a_broken_file_says_where(file: CardsFile, folder: Path) -> None:
    (folder / "cards.yml").write_text("tiers:\n\tcrisis: 1\n", "utf-8")

    with pytest.raises(FileUnreadable, match=r"cards\.yml:2: .*there is a tab here"):
        file.open()


def test_a_text_is_read_on_the_card_that_its_rule_shows(file: CardsFile, rules: tuple[Rule, ...]) -> None:
    cards = file.open()

    for text in cards.texts.values():
        rule = next(iter(cards.rules_of(text, rules)), None)
        assert text.text in card_of(cards.document.value, text, rule).text

    overdose = cards.texts["variants.overdose.adds"]
    first = cards.rules_of(overdose, rules)[0]
    assert first.tier == "crisis"
    assert card_of(cards.document.value, overdose, first).text.startswith(cards.texts["tiers.crisis.text"].text)


def test_a_card_that_a_variant_replaces_is_not_read_after_its_rules(file: CardsFile, rules: tuple[Rule, ...]) -> None:
    cards = file.open()

    after = {text.name: cards.rules_of(text, rules) for text in cards.texts.values()}

    assert {rule.card for rule in after["doctor"]} == {None}
    assert {rule.card for rule in after["doctor_today"]} == {"doctor_today"}
    assert "overdose" in {rule.card for rule in after["crisis"]}


def test_the_day_of_the_check_is_the_one_that_is_given(file: CardsFile) -> None:
    assert file.refusals("tiers.practitioner.text", "Please tell the clinic.", dt.date(2030, 1, 1)) == []

"""The clinic's facts are changed where it was asked to change, checked before, and nobody's change is lost."""

from __future__ import annotations

import datetime as dt
import difflib
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.editing import CannotRewrite, ChangeRefused, FileUnreadable, NotSaved
from frontdesk.editing.tidying import tidy_line
from frontdesk.faq.project import check_clinic
from frontdesk.practice.editing import Facts, FactsConflict, PracticeFile, practice_of, read_facts, rewrite
from frontdesk.practice.facts import load_facts
from frontdesk.practice.hours import DAYS
from frontdesk.text.yaml_lines import parse_yaml
from tests.disks import full_disk

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 24)
PATH = Path("practice.yml")
TEXT = (ROOT / "clinic" / "practice.yml").read_text(encoding="utf-8")
WEEK = {day: [] for day in DAYS} | {"monday": ["09:00-12:00", "14:00-18:00"]}
EVERYTHING: dict[str, Any] = {
    "text": "Another: with a colon, and a # sign.",
    "phone": "+1 503 555 0199",
    "email": "other@example.com",
    "url": "https://example.com/other",
    "money": "$130",
    "minutes": 90,
    "list": ["one", "two, with a comma", "it's three"],
    "hours": WEEK,
    "dates": [{"date": "2027-07-04", "name": "Independence Day"}, {"date": "2027-09-06", "name": "Labor Day, observed"}],
    "time_zone": "Europe/London",
}


def facts_of(text: str) -> dict[str, Any]:
    document, _ = parse_yaml(text, PATH)
    assert document
    return read_facts(document)


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that went and came, with their sign."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in lines if line[0] in "+-"]


def unquoted(text: str) -> str:
    return text.replace('"', "").replace("'", "")


def changed(text: str, **facts: Any) -> str:
    return rewrite(text, PATH, facts_of(text) | {name.replace("__", "."): value for name, value in facts.items()})


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "clinic", tmp_path / "clinic"))


@pytest.fixture
def file(clinic: Path) -> PracticeFile:
    return PracticeFile(clinic, check_clinic)


def with_(facts: Facts, **changes: Any) -> dict[str, Any]:
    return {**facts, **{name.replace("__", "."): value for name, value in changes.items()}}


# The text


def test_facts_that_are_saved_as_they_were_opened_have_the_same_bytes() -> None:
    assert rewrite(TEXT, PATH, facts_of(TEXT)) == TEXT


@pytest.mark.parametrize("name", load_facts())
def test_each_fact_can_be_changed_made_unknown_and_put_back(name: str) -> None:
    before, wanted = facts_of(TEXT), EVERYTHING[load_facts()[name].type]

    there = rewrite(TEXT, PATH, {**before, name: wanted})
    gone = rewrite(there, PATH, {**before, name: None})
    back = rewrite(gone, PATH, before)

    assert facts_of(there) == {**before, name: wanted}
    assert facts_of(gone) == {**before, name: None}
    assert facts_of(back) == before
    # Comments and order are as they were; a text that was quoted without need has lost its quotes.
    assert unquoted(back) == unquoted(TEXT)


def test_a_price_is_one_line_and_keeps_its_quotes() -> None:
    assert changed_lines(TEXT, changed(TEXT, prices__first_visit="$130")) == ['-   first_visit: "$120"\n', '+   first_visit: "$130"\n']


def test_a_comment_behind_a_fact_that_becomes_known_stays() -> None:
    assert changed_lines(TEXT, changed(TEXT, team__licences="Ann Lee, LAc 1234"))[1:] == [
        "+   licences: Ann Lee, LAc 1234            # copy it from the license\n"
    ]


def test_one_day_is_one_line() -> None:
    week = {**facts_of(TEXT)["hours.week"], "friday": ["09:00-12:00", "13:00-16:00"]}

    lines = changed_lines(TEXT, changed(TEXT, hours__week=week))

    assert lines == ['-     friday: ["09:00-16:00"]\n', '+     friday: ["09:00-12:00", "13:00-16:00"]\n']


def test_a_holiday_more_is_one_line_in_its_place() -> None:
    days = facts_of(TEXT)["hours.holidays"]
    more = [days[0], {"date": "2026-11-27", "name": "Day after Thanksgiving"}, *days[1:]]

    assert changed_lines(TEXT, changed(TEXT, hours__holidays=more)) == ['+     - {date: "2026-11-27", name: Day after Thanksgiving}\n']


def test_a_list_that_comes_where_nothing_was_stands_on_lines_of_its_own_below_the_comment() -> None:
    text = TEXT.replace("  languages:\n    - English\n    - Spanish\n", "  languages: null  # ask everybody\n")

    assert changed(text, services__languages=["English", "Spanish"]) == text.replace(
        "  languages: null  # ask everybody\n", "  languages:  # ask everybody\n    - English\n    - Spanish\n"
    )


def test_a_list_that_goes_leaves_the_comments_between_its_lines() -> None:
    text = TEXT.replace("    - English\n", "    - English\n    # since June\n")

    assert changed(text, services__languages=None) == text.replace(
        "  languages:\n    - English\n    # since June\n    - Spanish\n", "  languages: null\n    # since June\n"
    )


def test_holidays_in_several_lines_each_are_changed_as_such() -> None:
    text = TEXT.replace('    - {date: "2026-12-25", name: Christmas Day}\n', "    - date: '2026-12-25'\n      name: Christmas Day\n")
    days = facts_of(text)["hours.holidays"]

    assert changed(text, hours__holidays=days) == text
    assert changed(text, hours__holidays=[days[0], days[2]]) == text.replace("    - date: '2026-12-25'\n      name: Christmas Day\n", "")


def test_a_fact_that_was_missing_takes_its_place_in_the_order() -> None:
    text = TEXT.replace('  follow_up: "$95"\n', "")

    assert changed(text, prices__follow_up="$95") == TEXT


def test_a_text_in_several_lines_becomes_another_one_and_its_comment_stays() -> None:
    text = TEXT.replace(
        "  deposit: No deposit is needed to book.\n", "  deposit: >-  # since May\n    No deposit is needed\n    to book.\n"
    )

    assert changed(text, prices__deposit="It is $20.") == text.replace(
        ">-  # since May\n    No deposit is needed\n    to book.\n", "It is $20.  # since May\n"
    )


def test_the_line_ends_of_windows_stay() -> None:
    text = TEXT.replace("\n", "\r\n")

    there = changed(text, services__languages=["English", "Spanish", "Arabic"], hours__week=None)
    back = rewrite(there, PATH, facts_of(text))

    assert "\n" not in there.replace("\r\n", "")
    assert back == text


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (TEXT.replace("prices:\n", "fees:\n"), {"prices.first_visit": "$130"}),
        (TEXT.replace("\n", "\x85"), {"prices.first_visit": "$130"}),
        (TEXT.replace('  first_visit: "$120"', '  first_visit: &price "$120"').replace('"$95"', "*price"), {"prices.first_visit": "$1"}),
    ],
    ids=["a section that is not there", "line breaks of another age", "one value in two places"],
)
def test_what_cannot_be_changed_by_itself_is_refused(text: str, facts: dict[str, Any]) -> None:
    with pytest.raises((CannotRewrite, FileUnreadable)):
        rewrite(text, PATH, facts_of(text) | facts if parse_yaml(text, PATH)[0] else facts)


_LINE = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=60).map(tidy_line).filter(bool)
_BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "minutes": st.integers(1, 600),
    "list": st.lists(_LINE, min_size=1, max_size=4),
    "hours": st.fixed_dictionaries({day: st.lists(_LINE, max_size=3) for day in DAYS}),
    "dates": st.lists(st.fixed_dictionaries({"date": _LINE, "name": _LINE}), min_size=1, max_size=4),
}


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_whatever_is_asked_for_is_what_the_file_says_and_can_be_taken_back(data: st.DataObject) -> None:
    before = facts_of(TEXT)
    names = data.draw(st.lists(st.sampled_from(list(load_facts())), min_size=1, max_size=6, unique=True))
    wanted = {name: data.draw(st.none() | _BY_TYPE.get(load_facts()[name].type, _LINE)) for name in names}

    there = rewrite(TEXT, PATH, {**before, **wanted})

    assert facts_of(there) == {**before, **wanted}
    assert unquoted(rewrite(there, PATH, before)) == unquoted(TEXT)


# The file


def test_a_saved_fact_is_in_the_file_and_in_the_answers(file: PracticeFile, clinic: Path) -> None:
    there = file.open()

    written = file.save(with_(there.facts, prices__first_visit="$130"), there.fingerprint, TODAY)

    assert written.is_changed
    assert (clinic / "practice.yml").read_text("utf-8") == TEXT.replace("$120", "$130")
    assert practice_of(file.open().facts).fill("It is {prices.first_visit}.") == "It is $130."


def test_facts_that_are_the_same_are_not_written(file: PracticeFile, clinic: Path) -> None:
    there, stamp = file.open(), (clinic / "practice.yml").stat().st_ino

    assert not file.save(there.facts, there.fingerprint, TODAY).is_changed
    assert (clinic / "practice.yml").stat().st_ino == stamp


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ({"prices.first_visit": "130"}, "'prices.first_visit' must be a price with its currency sign"),
        ({"hours.week": {**WEEK, "monday": ["18:00-09:00"]}}, "monday: 18:00-09:00 ends before it starts"),
        ({"access.parking": "Parking here cures your back."}, "promises a result"),
        ({"hours.time_zone": None}, "time_zone"),
    ],
    ids=["a type", "hours", "a word that no visitor may read", "what booking needs"],
)
def test_what_the_check_would_refuse_is_not_written(file: PracticeFile, clinic: Path, fact: dict[str, Any], says: str) -> None:
    there = file.open()

    with pytest.raises(ChangeRefused) as caught:
        file.save({**there.facts, **fact}, there.fingerprint, TODAY)

    assert says in " ".join(problem.message for problem in caught.value.problems)
    assert (clinic / "practice.yml").read_text("utf-8") == TEXT


def test_what_was_wrong_already_does_not_stop_another_change(file: PracticeFile, clinic: Path) -> None:
    (clinic / "practice.yml").write_text(TEXT.replace("$95", "95 dollars"), "utf-8")
    there = file.open()

    assert file.save(with_(there.facts, prices__first_visit="$130"), there.fingerprint, TODAY).is_changed


def test_the_second_of_two_people_is_told_what_the_first_one_saved(file: PracticeFile, clinic: Path) -> None:
    there = file.open()
    file.save(with_(there.facts, prices__first_visit="$130"), there.fingerprint, TODAY)

    with pytest.raises(FactsConflict) as caught:
        file.save(with_(there.facts, prices__first_visit="$140"), there.fingerprint, TODAY)

    assert caught.value.theirs.facts["prices.first_visit"] == "$130"
    seen = file.seen(there.fingerprint)
    assert seen
    assert seen.facts["prices.first_visit"] == "$120"
    assert "$130" in (clinic / "practice.yml").read_text("utf-8")


def test_a_disk_that_is_full_in_the_middle_of_a_save_leaves_the_file_whole(file: PracticeFile, clinic: Path) -> None:
    there, names = file.open(), sorted(path.name for path in clinic.iterdir())

    with full_disk(), pytest.raises(NotSaved, match="nothing was saved, and all files are as they were: File too large"):
        file.save(with_(there.facts, prices__first_visit="$130"), there.fingerprint, TODAY)

    assert (clinic / "practice.yml").read_text("utf-8") == TEXT
    assert sorted(path.name for path in clinic.iterdir()) == names


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"prices:\n\tfirst_visit: 1\n", r":2: .*there is a tab here"), (b"\xff", "UTF-8"), (b"- a\n", "must hold"), (b"", "must hold")],
    ids=["a tab", "no text", "a list", "nothing"],
)
def test_a_broken_file_says_where(file: PracticeFile, clinic: Path, data: bytes, says: str) -> None:
    (clinic / "practice.yml").write_bytes(data)

    with pytest.raises(FileUnreadable, match=says):
        file.open()


def test_a_file_that_leads_elsewhere_is_not_replaced(file: PracticeFile, clinic: Path) -> None:
    path = clinic / "practice.yml"
    path.rename(clinic.parent / "elsewhere.yml")
    path.symlink_to(clinic.parent / "elsewhere.yml")
    there = file.open()

    with pytest.raises(NotSaved, match="leads to another file"):
        file.save(with_(there.facts, prices__first_visit="$130"), there.fingerprint, TODAY)

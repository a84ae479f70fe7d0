"""The clinic's facts in the console: what the form says, what a save writes, and that nothing typed is lost."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp.test_utils import TestClient
from multidict import MultiDict

from frontdesk.console.fact_forms import facts_of, fields_of, parse_spans, read_fields
from frontdesk.console.keys import AUDIT, FACTS, SESSIONS
from frontdesk.faq.editing import TopicFolder
from frontdesk.practice import load_facts, load_practice
from frontdesk.practice.editing import HEAD, PracticeFile
from frontdesk.practice.hours import DAYS
from frontdesk.staff.sessions import IDLE
from frontdesk.text.placeholders import placeholders
from tests.console.conftest import ROOT, Visit
from tests.console.forms import Fields, changed, form_in, send
from tests.disks import full_disk

Client = TestClient[Any, Any]
SignIn = Callable[[str], Awaitable[Visit]]
SCRIPT = '<script>alert("x")</script>{{ 7*7 }}'
TEXT = (ROOT / "clinic" / "practice.yml").read_text(encoding="utf-8")


def text_of(project: Path) -> str:
    return (project / "clinic" / "practice.yml").read_text(encoding="utf-8")


def said(page: str) -> str:
    """Return the words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def opened(visit: Visit) -> Fields:
    return form_in(await visit.open("/facts"), "/facts")


def with_day(fields: Fields, day: str, text: str) -> Fields:
    """Return the form with other hours on a day."""
    week = [value for name, value in fields if name == "hours.week"]
    week[1 + DAYS.index(day)] = text
    return changed(fields, **{"hours.week": week})


# The form


async def test_there_is_a_field_for_every_fact_with_what_the_file_says(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")

    fields = await opened(visit)

    values = dict(fields)
    assert {name for name, _ in fields} == {"form_key", "seen", *HEAD, *load_facts()}
    assert (values["prices.first_visit"], values["visit.first_length"]) == ("$120", "75")
    assert values["services.languages"] == "English\nSpanish"
    assert values["hours.time_zone"] == "America/Los_Angeles"
    assert [value for name, value in fields if name == "hours.week"][1:4] == ["09:00-18:00", "09:00-18:00", "11:00-20:00"]
    assert [value for name, value in fields if name == "hours.holidays"][:2] == ["2026-11-26", "Thanksgiving Day"]


async def test_a_fact_that_is_not_known_is_called_unknown(sign_in: SignIn) -> None:
    page = said(await (await sign_in("Ana")).open("/facts"))

    assert "The practitioners' licenses (unknown)" in page
    assert "The price of a first visit (unknown)" not in page


def test_a_form_that_comes_back_untouched_means_what_the_file_says() -> None:
    facts = PracticeFile(ROOT / "clinic").open().facts
    before = fields_of(facts)
    sent = MultiDict[Any]([(name, text.replace("\n", "\r\n")) for name, texts in before.items() for text in texts])

    assert facts_of(read_fields(sent, before), facts) == facts


@pytest.mark.parametrize("odd", [120, True, ["a", 7], {"monday": "9 to 5"}, [{"date": 2026}], "two\nlines\n"], ids=repr)
def test_an_odd_value_stays_as_it_is_until_it_is_changed(odd: object) -> None:
    for name in load_facts():
        facts = {**PracticeFile(ROOT / "clinic").open().facts, name: odd}
        before = fields_of(facts)

        assert facts_of(before, facts) == facts


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("09:00-18:00", ["09:00-18:00"]),
        ("9-18", ["09:00-18:00"]),
        ("9:30 am to 1 pm and 2pm\u20136 p.m.", ["09:30-13:00", "14:00-18:00"]),
        ("12 pm - 12 am", ["12:00-24:00"]),
        ("closed", []),
        ("", []),
        ("by appointment", ["by appointment"]),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, means: list[str]) -> None:
    assert parse_spans(typed) == means


async def test_the_zone_is_chosen_from_those_there_are(sign_in: SignIn) -> None:
    page = await (await sign_in("Ana")).open("/facts")

    assert '<option value="America/Los_Angeles" selected>America/Los Angeles</option>' in page
    assert '<option value="Europe/London">' in page


async def test_each_fact_says_which_answers_use_it(sign_in: SignIn, project: Path) -> None:
    page = await (await sign_in("Ana")).open("/facts")

    folder = TopicFolder(project)
    for name in folder.names():
        draft = folder.open(name).draft
        for fact in placeholders(draft.answer):
            below = page.split(f'id="fact-{fact}"')[1].split("<!--")[0].split('id="fact-')[0]
            assert f'href="#answer-{name}"' in below, f"{fact} is used in {name}"


async def test_every_answer_that_uses_a_fact_is_shown_as_visitors_read_it(sign_in: SignIn, project: Path) -> None:
    page = said(await (await sign_in("Ana")).open("/facts"))

    practice = load_practice(project / "clinic")
    replies = yaml.safe_load((project / "data" / "responses.yml").read_text("utf-8"))["responses"]
    texts = [draft.answer for name in TopicFolder(project).names() if placeholders((draft := TopicFolder(project).open(name).draft).answer)]
    texts += [one["text"] for variants in replies.values() for one in variants if placeholders(one.get("text", ""))]
    assert len(texts) > 25
    assert [text for text in texts if " ".join(practice.fill(text).split()) not in page] == []


# Saving


async def test_a_page_that_is_saved_untouched_writes_nothing(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")

    status, _, to = await send(visit, "/facts", await opened(visit))

    assert (status, to) == (303, "/facts?saved=same")
    assert "nothing was written" in await visit.open(to)
    assert text_of(project) == TEXT


async def test_a_save_changes_what_was_changed_and_says_what_is_live_when(sign_in: SignIn, project: Path, console: Client) -> None:
    visit = await sign_in("Ana")
    fields = with_day(changed(await opened(visit), **{"prices.first_visit": "$130"}), "friday", "9 am - 12 pm, 1 pm - 4 pm")

    status, page, to = await send(visit, "/facts", fields)

    assert status == 303, said(page)
    page = said(await visit.open(to))
    assert "Answers in the chat use it from now on" in page
    assert "follow within half a minute" in page
    friday = 'friday: ["09:00-16:00"]'
    assert text_of(project) == TEXT.replace("$120", "$130").replace(friday, 'friday: ["09:00-12:00", "13:00-16:00"]')
    deeds = [(deed.name, deed.what, deed.subject) for deed in console.app[AUDIT].last()]
    assert ("Ana", "facts_saved", "hours.week, prices.first_visit") in deeds


async def test_an_emptied_fact_is_unknown_and_a_holiday_comes_and_goes(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    fields = await opened(visit)
    days = [value for name, value in fields if name == "hours.holidays"]
    more = ["", "", *days[2:6], "2027-07-05", "Independence Day, observed", "", ""]

    status, page, _ = await send(visit, "/facts", changed(fields, **{"hours.holidays": more, "prices.deposit": " "}))

    assert status == 303, said(page)
    facts = PracticeFile(project / "clinic").open().facts
    assert facts["prices.deposit"] is None
    assert [day["date"] for day in facts["hours.holidays"]] == ["2026-12-25", "2027-01-01", "2027-07-05"]


async def test_a_preview_shows_what_visitors_would_read_and_writes_nothing(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    fields = changed(await opened(visit), **{"prices.first_visit": "$777", "preview": "1"})

    status, page, _ = await send(visit, "/facts", fields)

    assert status == 200
    part = said(page.split("What visitors would read")[1].split("Leave a field empty")[0])
    assert "$120" in part
    assert "$777" in part
    assert dict(form_in(page, "/facts"))["prices.first_visit"] == "$777"
    assert text_of(project) == TEXT


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ({"prices.first_visit": "130"}, "must be a price with its currency sign"),
        ({"visit.first_length": "an hour"}, "must be minutes as a plain number"),
        ({"contact.email": "desk at example"}, "must be an e-mail address"),
        ({"access.parking": "Parking here cures your back."}, "promises a result"),
        ({"clinic.about": "We are <b>good</b>."}, "leave out { } and HTML"),
        ({"reviewed_on": "24.11.2026"}, "must be a date"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_what_the_check_would_refuse_is_not_saved_and_stays_in_the_form(
    sign_in: SignIn, project: Path, fact: dict[str, str], says: str
) -> None:
    visit = await sign_in("Ana")

    status, page, _ = await send(visit, "/facts", changed(await opened(visit), **fact))

    assert status == 422
    assert says in said(page)
    assert "It is not saved yet" in page
    assert dict(form_in(page, "/facts")).items() >= fact.items()
    assert text_of(project) == TEXT


async def test_hours_that_cannot_be_read_stand_where_they_were_typed(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")

    status, page, _ = await send(visit, "/facts", with_day(await opened(visit), "monday", "mornings"))

    assert status == 422
    assert "monday: 'mornings' is not a span" in said(page)
    assert "mornings" in [value for name, value in form_in(page, "/facts") if name == "hours.week"]
    assert text_of(project) == TEXT


# Two people, and a disk


async def test_the_second_of_two_people_sees_both_values_and_loses_nothing(sign_in: SignIn, project: Path) -> None:
    ana, ben = await sign_in("Ana"), await sign_in("Ben")
    mine, theirs = await opened(ana), await opened(ben)
    await send(ben, "/facts", changed(theirs, **{"prices.first_visit": "$140", "prices.follow_up": "$105"}))

    status, page, _ = await send(ana, "/facts", changed(mine, **{"prices.first_visit": "$130", "visit.arrive_early": "15"}))

    assert status == 409
    part = said(page.split("</thead>")[1].split("</table>")[0])
    assert "The price of a first visit $140 $130" in part
    assert "The price of a follow-up visit $105 You did not change it" in part
    again = form_in(page, "/facts")
    values = dict(again)
    assert (values["prices.first_visit"], values["prices.follow_up"], values["visit.arrive_early"]) == ("$130", "$105", "15")
    assert "$140" in text_of(project)

    status, page, _ = await send(ana, "/facts", again)

    assert status == 303, said(page)
    assert text_of(project) == TEXT.replace("$120", "$130").replace("$95", "$105").replace("arrive_early: 10", "arrive_early: 15")


async def test_after_a_restart_of_the_console_everything_that_differs_is_shown(sign_in: SignIn, project: Path, console: Client) -> None:
    visit = await sign_in("Ana")
    fields = changed(await opened(visit), **{"prices.first_visit": "$130"})
    (project / "clinic" / "practice.yml").write_text(TEXT.replace("$95", "$105"), "utf-8")
    console.app[FACTS]._seen.clear()

    status, page, _ = await send(visit, "/facts", fields)

    assert status == 409
    part = said(page.split("</thead>")[1].split("</table>")[0])
    assert "The price of a first visit $120 $130" in part
    assert "The price of a follow-up visit $105 $95" in part
    assert text_of(project) == TEXT.replace("$95", "$105")


async def test_a_disk_that_is_full_in_the_middle_of_a_save_leaves_the_file_whole_and_the_text_on_the_page(
    sign_in: SignIn, project: Path
) -> None:
    visit = await sign_in("Ana")
    fields = changed(await opened(visit), **{"prices.first_visit": "$130"})

    with full_disk():
        status, page, _ = await send(visit, "/facts", fields)

    assert status == 409
    assert "Nothing was saved, and all files are as they were" in page
    assert dict(form_in(page, "/facts"))["prices.first_visit"] == "$130"
    assert text_of(project) == TEXT


async def test_a_file_that_is_broken_by_hand_says_where(sign_in: SignIn, project: Path) -> None:
    (project / "clinic" / "practice.yml").write_text("prices:\n\tfirst_visit: 1\n", "utf-8")

    page = await (await sign_in("Ana")).open("/facts", status=409)

    assert "practice.yml:2: the file cannot be read as YAML: there is a tab here" in said(page)


async def test_a_file_that_was_broken_meanwhile_keeps_what_was_written_for_it(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    fields = changed(await opened(visit), **{"prices.first_visit": "$130"})
    (project / "clinic" / "practice.yml").write_text("prices: [", "utf-8")

    status, page, _ = await send(visit, "/facts", fields)

    assert status == 409
    assert "Mend the file by hand" in page
    assert dict(form_in(page, "/facts"))["prices.first_visit"] == "$130"
    assert text_of(project) == "prices: ["


# Who may, and what is words


async def test_nobody_sees_the_facts_without_signing_in(console: Client) -> None:
    async with console.get("/facts", allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/sign-in?to=")


async def test_a_form_without_the_key_of_the_session_changes_nothing(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Cem")
    fields = changed(await opened(visit), **{"prices.first_visit": "$130", "form_key": "0" * 64})

    status, page, _ = await send(visit, "/facts", fields)

    assert status == 403
    assert "older than your session" in page
    assert text_of(project) == TEXT


async def test_what_was_written_before_the_session_ended_is_kept_on_the_page(sign_in: SignIn, project: Path, console: Client) -> None:
    visit = await sign_in("Ana")
    fields = changed(await opened(visit), **{"access.parking": "Half an hour of work."})
    console.app[SESSIONS]._clock = lambda: dt.datetime.now(dt.UTC) + IDLE + dt.timedelta(minutes=1)

    status, page, _ = await send(visit, "/facts", fields)

    assert status == 403
    assert "Half an hour of work.</textarea>" in page
    assert text_of(project) == TEXT


async def test_script_in_every_field_is_words(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    fields = [(name, value if name in ("form_key", "seen") else SCRIPT) for name, value in await opened(visit)]

    pages = [(await send(visit, "/facts", changed(fields, preview="1")))[1], (await send(visit, "/facts", fields))[1]]
    facts = PracticeFile(project / "clinic").open().facts
    scripted = re.sub(r"parking: .*", f"parking: '{SCRIPT}'", TEXT).replace("Christmas Day", f"'{SCRIPT}'")
    (project / "clinic" / "practice.yml").write_text(scripted, "utf-8")
    pages += [await visit.open("/facts"), (await send(visit, "/facts", fields))[1]]

    assert facts["clinic.name"] == "Example Acupuncture Clinic"
    assert [page for page in pages if "<script>" in page] == []
    assert all("&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;{{ 7*7 }}" in page for page in pages)


async def test_a_form_that_names_one_fact_changes_that_one_alone(sign_in: SignIn, project: Path) -> None:
    visit = await sign_in("Ana")
    seen = dict(await opened(visit))["seen"]

    status, page, _ = await visit.send("/facts", seen=seen, **{"prices.first_visit": "$130", "made_up.name": "x"})

    assert status == 303, said(page)
    assert text_of(project) == TEXT.replace("$120", "$130")

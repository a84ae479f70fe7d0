"""How it goes, as a page: charts that say in words what they show, the table behind each, and every table as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from frontdesk.console.charts import Columns, stack
from frontdesk.console.inbox import State
from frontdesk.console.keys import INBOX
from frontdesk.record import Feedback, Record
from frontdesk.record.counts import Measure
from frontdesk.record.tables import counts
from tests.console.conftest import Visit
from tests.record.visits import answered, missed, pressed, said

Client = TestClient[Any, Any]
SignIn = Callable[[str], Awaitable[Visit]]
TABLES = ("days", "topics", "unanswered")


@pytest.fixture
def asked(record: Record) -> Record:
    """What was asked today and a month ago, nothing in between."""
    now = dt.datetime.now(dt.UTC)
    long_ago = now - dt.timedelta(days=40)
    record.add(
        [
            answered("a", "how much is it", at=long_ago, reply_ms=100),
            answered("b", "when are you open", topic="hours", at=now, reply_ms=120),
            Feedback("b", "hours", True, now),
            answered("c", "prices please", at=now, reply_ms=120),
            Feedback("c", "cost", False, now),
            missed("d", "do you have an elevator <b>there</b>", at=now, reply_ms=120),
            said("e", "can it help", decision="suggest", intent="did_you_mean", at=now),
            said("f", "book me in", intent="book_appointment", decision="dialogue", at=now),
            pressed("f", "Yes, book it", "confirm_booking", replies=("utter_booking_confirmed",), at=now),
        ]
    )
    return record


async def table(visit: Visit, name: str, days: int = 7) -> list[dict[str, str]]:
    async with visit._client.get(f"/insights/{name}.csv?days={days}", headers=visit.headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/csv"
        assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="frontdesk-{name}-')
        body = await answer.read()
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def described(page: str) -> list[str]:
    """What a screen reader says of each chart."""
    return re.findall(r"<desc[^>]*>(.*?)</desc>", page)


async def test_the_page_tells_the_last_days_in_numbers_and_each_chart_in_words(sign_in: SignIn, asked: Record) -> None:
    page = await (await sign_in("Ana")).open("/insights")

    assert described(page)[0].startswith("5 questions in 7 days: 2 answered, 1 with suggested topics, 1 handed off, 1 other.")
    assert "50 % of 2" in page
    assert "Of 1 conversations in which somebody wanted to book, 0 were sent" in described(page)[-1]
    assert page.count('<svg class="chart" role="img" aria-labelledby=') == page.count("<title id=") == page.count("<desc id=") == 4


async def test_more_days_can_be_chosen(sign_in: SignIn, asked: Record) -> None:
    visit = await sign_in("Ana")

    assert "5 questions in 30 days" in await visit.open("/insights?days=30")
    assert "6 questions in 90 days" in await visit.open("/insights?days=90")
    assert 'href="/insights?days=90" aria-current="page"' in await visit.open("/insights?days=90")


@pytest.mark.parametrize("days", ["0", "8", "-7", "many", "", "7 ", "99999999999"])
async def test_other_spans_are_refused(sign_in: SignIn, days: str) -> None:
    visit = await sign_in("Ana")

    assert "Choose the last 7, 30 or 90 days." in await visit.open(f"/insights?days={days}", status=400)
    await visit.open(f"/insights/days.csv?days={days}", status=400)


async def test_an_empty_installation_has_a_page_and_no_charts(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")

    page = await visit.open("/insights?days=90")

    assert "Nobody has asked anything in these days." in page
    assert "<svg" not in page
    assert len(await table(visit, "days", 90)) == 90
    assert await table(visit, "topics") == await table(visit, "unanswered") == []


async def test_a_day_without_anything_is_in_the_table_and_has_no_column(sign_in: SignIn, asked: Record) -> None:
    visit = await sign_in("Ana")

    page = await visit.open("/insights")

    assert len(re.findall(r'<rect class="part"[^>]*fill="url\(#replies-', page)) == 1
    days = await table(visit, "days")
    assert [day["questions"] for day in days] == ["0"] * 6 + ["5"]
    assert days[0]["median_reply_ms"] == ""


async def test_what_was_not_answered_leads_to_its_group_and_is_words_and_never_markup(
    sign_in: SignIn, console: Client, asked: Record
) -> None:
    page = await (await sign_in("Ana")).open("/insights")

    groups = {group.text: group.id for group in console.app[INBOX].page().groups}
    for text, number in groups.items():
        assert f'<a href="/inbox/{number}">{text.replace("<", "&lt;").replace(">", "&gt;")}</a>' in page
    assert "<b>there" not in page


async def test_what_staff_have_decided_about_is_not_there_any_more(sign_in: SignIn, console: Client, asked: Record) -> None:
    visit = await sign_in("Ana")
    await visit.open("/insights")
    for group in console.app[INBOX].page().groups:
        console.app[INBOX].set_aside(group.id, State.NOT_USEFUL, "Ana")

    assert "Nothing waits in the inbox." in await visit.open("/insights")


async def test_no_cell_of_a_download_is_a_formula(sign_in: SignIn, record: Record) -> None:
    for number, text in enumerate(('=HYPERLINK("https://example.com")', "+1-503", "-5 dollars off", "@sum", "\uff1d1+1")):
        record.add([missed(f"c{number}", text, at=dt.datetime.now(dt.UTC))])
    visit = await sign_in("Ana")
    await visit.open("/insights")

    found = await table(visit, "unanswered")

    assert len(found) == 5
    assert all(row["text"].startswith("'") for row in found)


async def test_turns_that_were_lost_are_told(sign_in: SignIn, record: Record) -> None:
    record.add([], dropped=3)

    assert "3 messages could not be counted" in await (await sign_in("Ana")).open("/insights")


@pytest.mark.parametrize("path", ["/insights", *(f"/insights/{name}.csv" for name in TABLES)])
async def test_nobody_sees_it_without_signing_in(console: Client, path: str) -> None:
    async with console.get(path, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"].startswith("/sign-in?to=")) == (303, True)


async def test_three_months_of_many_topics_are_there_at_once(sign_in: SignIn, record: Record) -> None:
    today = dt.datetime.now(dt.UTC).date()
    measures = [(Measure.TOPIC, 100), (Measure.HELPFUL, 100), (Measure.NOT_HELPFUL, 100), (Measure.REPLY_MS, 60)]
    rows = [
        {"day": (today - dt.timedelta(days=ago)).isoformat(), "measure": measure, "of": str(of), "number": 1 + of}
        for ago in range(90)
        for measure, count in measures
        for of in range(count)
    ]
    with record.database.writing() as connection:
        connection.execute(counts.insert(), rows)
    visit = await sign_in("Ana")
    began = time.perf_counter()

    await visit.open("/insights?days=90")

    assert time.perf_counter() - began < 1.5


# What is drawn


def heights(chart: Columns) -> list[list[float]]:
    return [[part.height for part in column.parts] for column in chart.columns]


def test_parts_stand_on_one_another_and_end_at_their_sum() -> None:
    chart = stack([("2026-11-23", {"a": 1, "b": 0, "c": 3}), ("2026-11-24", {"a": 2, "b": 0, "c": 0})])

    first, second = chart.columns
    assert [part.series for part in first.parts] == ["a", "c"]
    assert first.parts[0].y + first.parts[0].height == pytest.approx(chart.bottom, abs=0.2)
    assert first.parts[1].y + first.parts[1].height == pytest.approx(first.parts[0].y, abs=0.2)
    assert heights(chart)[1][0] == pytest.approx(2 * heights(chart)[0][0], abs=0.2)
    assert [line.value for line in chart.lines] == [0, 1, 2, 3, 4]
    assert first.x + first.width < second.x


@pytest.mark.parametrize("count", [1, 7, 30, 90])
def test_of_many_days_some_are_named_today_among_them_and_all_are_inside(count: int) -> None:
    first = dt.date(2026, 11, 24)
    chart = stack([((first + dt.timedelta(days=place)).isoformat(), {"a": place}) for place in range(count)])

    assert chart.columns[-1].is_named
    assert sum(column.is_named for column in chart.columns) <= 8
    assert all(chart.left <= column.x and column.x + column.width <= chart.right for column in chart.columns)
    assert all(part.y >= 0 for column in chart.columns for part in column.parts)


def test_days_without_anything_have_lines_and_no_parts() -> None:
    chart = stack([("2026-11-23", {"a": 0}), ("2026-11-24", {})])

    assert heights(chart) == [[], []]
    assert [line.value for line in chart.lines] == [0, 1]

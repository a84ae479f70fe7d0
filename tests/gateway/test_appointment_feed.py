"""The feed of appointments as a calendar program gets it."""

from __future__ import annotations

import datetime as dt

import icalendar
import pytest

from frontdesk.booking.appointment import Contact
from frontdesk.booking.desk import Kept

pytestmark = pytest.mark.asyncio


async def book(office) -> str:
    opening = (await office.desk.openings("first_visit", start=dt.datetime.now(dt.UTC) + dt.timedelta(days=3)))[0]
    kept = await office.desk.book(opening, Contact("Jane Roe", "+15035550142"), "key", dt.datetime.now(dt.UTC))
    assert isinstance(kept, Kept)
    return kept.appointment.reference


async def test_the_link_gives_a_calendar(desk, office) -> None:
    reference = await book(office)

    response = await desk.client.get(f"/feeds/{office.feed_secret.read()}.ics")

    assert response.status == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, no-cache"
    [entry] = icalendar.Calendar.from_ical(await response.text()).walk("VEVENT")
    assert str(entry["SUMMARY"]) == f"First visit ({reference})"


async def test_a_program_that_has_it_is_told_that_nothing_is_new(desk, office) -> None:
    path = f"/feeds/{office.feed_secret.read()}.ics"
    first = await desk.client.get(path)

    same = await desk.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    await book(office)
    other = await desk.client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (same.status, await same.read()) == (304, b"")
    assert other.status == 200


@pytest.mark.parametrize("path", ["/feeds/x.ics", "/feeds/.ics", "/feeds/%C3%9F.ics", "/feeds/../feeds/x.ics"])
async def test_a_guessed_link(desk, office, path) -> None:
    office.feed_secret.read()

    response = await desk.client.get(path)

    assert response.status == 404
    assert "BEGIN:VCALENDAR" not in await response.text()


async def test_an_old_link(desk, office) -> None:
    old = office.feed_secret.read()
    office.feed_secret.renew()

    assert (await desk.client.get(f"/feeds/{old}.ics")).status == 404


async def test_a_link_before_there_is_any(desk) -> None:
    assert (await desk.client.get(f"/feeds/{'x' * 64}.ics")).status == 404

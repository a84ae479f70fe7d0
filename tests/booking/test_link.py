"""Links to the clinic's own page hold what it takes, and nothing about a person."""

from __future__ import annotations

import pytest

from frontdesk.booking.backends.link import Link, fill_link
from frontdesk.booking.settings import LinkSettings
from tests.booking.clinic import ZONE, opening

NINE = opening(1, "09:00")


@pytest.mark.parametrize(
    ("template", "service", "link"),
    [
        (
            "https://x.acuityscheduling.com/schedule.php?appointmentType={service}&datetime={start}",
            "first_visit",
            "https://x.acuityscheduling.com/schedule.php?appointmentType=1234&datetime=2026-12-01T09%3A00%3A00-08%3A00",
        ),
        ("https://cal.com/clinic/{service}?date={date}", "first_visit", "https://cal.com/clinic/1234?date=2026-12-01"),
        (
            "https://clinic.janeapp.com/#/discipline/1/treatment/{service}",
            "follow_up",
            "https://clinic.janeapp.com/#/discipline/1/treatment/follow_up",
        ),
        ("https://www.fresha.com/book-now/clinic", "first_visit", "https://www.fresha.com/book-now/clinic"),
        ("https://example.com/?d={date}&t={time}", None, "https://example.com/?d=2026-12-01&t=09%3A00"),
    ],
)
def test_what_is_known_is_filled_in(template: str, service: str | None, link: str) -> None:
    page = Link(LinkSettings("other", template, {"first_visit": "1234"}), ZONE)

    assert page.link(service, NINE) == link


@pytest.mark.parametrize(
    ("template", "link"),
    [
        ("https://example.com/book?type={service}&at={start}", "https://example.com/book"),
        ("https://example.com/book?lang=en&type={service}", "https://example.com/book?lang=en"),
        ("https://cal.com/clinic/{service}?date={date}", "https://cal.com/clinic"),
        ("https://clinic.janeapp.com/#/treatment/{service}", "https://clinic.janeapp.com/#/treatment"),
    ],
)
def test_what_is_not_known_is_left_out(template: str, link: str) -> None:
    assert Link(LinkSettings("other", template), ZONE).link(None, None) == link


def test_what_is_filled_in_cannot_change_the_address() -> None:
    assert fill_link("https://example.com/{service}?a={service}", {"service": "../x?b=1#y&c"}) == (
        "https://example.com/..%2Fx%3Fb%3D1%23y%26c?a=..%2Fx%3Fb%3D1%23y%26c"
    )

"""What is wrong with `clinic/booking.yml`, in words for the person who edits it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from frontdesk.booking.settings import VENDORS, Booking, read_booking
from frontdesk.text.problem import Problem, one_of
from frontdesk.text.yaml_lines import Document, load_yaml


def check_booking(
    clinic: Path, *, today: dt.date | None = None, production: bool = False, environment: Mapping[str, str] | None = None
) -> list[Problem]:
    """Return what is wrong with `booking.yml` in the folder `clinic`.

    Args:
        clinic: The folder.
        today: The day on which the check runs; None leaves out what depends on it.
        production: Also refuse what is made up, and secrets that are not set.
        environment: Where secrets are looked for; the process's own unless given.
    """
    booking, problems = read_booking(clinic)
    document, _ = load_yaml(clinic / "booking.yml")
    practice, _ = load_yaml(clinic / "practice.yml")
    if document is None or practice is None:
        return problems
    if document.get("example") is True and production:
        problems.append(document.problem("this is the example clinic's booking; put in your own and write 'example: false'", "example"))
    if booking is not None:
        env = os.environ if environment is None else environment
        problems += _check_services(document, booking)
        problems += _check_names(document, practice, booking)
        problems += _check_mailbox(document, practice, booking)
        problems += _check_secrets(document, booking, env, production)
        problems += _check_template(document, booking)
        if today is not None:
            problems += _check_days(document, booking, today)
    return problems


def _check_services(document: Document, booking: Booking) -> Iterator[Problem]:
    given = {name for roster in booking.rosters for name in roster.services}
    for index, service in enumerate(booking.services):
        if service.id not in given:
            yield _warning(document, f"nobody gives '{service.id}', so it is never offered; add it to a practitioner's services", index)
            continue
        longest = max(
            (last - first for one in booking.rosters if service.id in one.services for day in one.week for first, last in day), default=0
        )
        if longest < service.minutes:
            message = f"'{service.id}' takes {service.minutes} minutes, which fits into nobody's hours; it is never offered"
            yield _warning(document, message, index)


def _check_names(document: Document, practice: Document, booking: Booking) -> Iterator[Problem]:
    known = practice.get("team", "practitioners")
    if not isinstance(known, list):
        return
    for index, roster in enumerate(booking.rosters):
        if roster.practitioner.name not in known:
            message = f"'{roster.practitioner.name}' is not among 'team.practitioners' in practice.yml; write the name alike in both"
            yield Problem(document.path, document.line("practitioners", index, "name"), message, "warning")


def _check_mailbox(document: Document, practice: Document, booking: Booking) -> Iterator[Problem]:
    if booking.backend == "request" and booking.request.to is None and not practice.get("contact", "email"):
        yield document.problem("requests have nowhere to go: set 'request.to', or 'contact.email' in practice.yml", "request")


def _check_secrets(document: Document, booking: Booking, environment: Mapping[str, str], production: bool) -> Iterator[Problem]:
    backend_key, backend_name = {
        "request": ("secret_variable", booking.request.secret_variable if booking.request.is_webhook else None),
        "caldav": ("password_variable", booking.caldav.password_variable if booking.caldav else None),
        "calcom": ("key_variable", booking.calcom.key_variable if booking.calcom else None),
    }.get(booking.backend, ("", None))
    needed: list[tuple[str, str, str | None]] = [(booking.backend, backend_key, backend_name)]
    if booking.webhook:
        needed.append(("webhook", "secret_variable", booking.webhook.secret_variable))
    for section, key, name in needed:
        if name and not environment.get(name):
            message = f"the environment variable {name} is not set here; booking cannot start without it"
            yield Problem(document.path, document.line(section, key), message, "error" if production else "warning")


def _check_template(document: Document, booking: Booking) -> Iterator[Problem]:
    if booking.link is None:
        return
    takes = VENDORS[booking.link.vendor]
    for name in ("service", "date", "time", "start"):
        if f"{{{name}}}" in booking.link.template and name not in takes:
            what = f"takes {one_of(takes)} only" if takes else "takes nothing in its address"
            message = f"{{{name}}} is of no use: a page of '{booking.link.vendor}' {what}, as far as is known; delete it"
            yield Problem(document.path, document.line("link", "template"), message, "warning")


def _check_days(document: Document, booking: Booking, today: dt.date) -> Iterator[Problem]:
    for index, roster in enumerate(booking.rosters):
        if roster.days_off and max(roster.days_off) < today:
            message = "all these days off have passed; put in the next ones, or write []"
            yield Problem(document.path, document.line("practitioners", index, "days_off"), message, "warning")


def _warning(document: Document, message: str, index: int) -> Problem:
    return Problem(document.path, document.line("services", index), message, "warning")

"""`frontdesk bookings`: what is booked, for the people at the front desk; and what could not be passed on."""

import argparse
import asyncio
import datetime as dt
import secrets
from pathlib import Path
from typing import Any

from frontdesk.booking.appointment import Appointment, Opening, State
from frontdesk.booking.backend import BackendDown
from frontdesk.booking.desk import Answer, Down, Kept, NoLongerFree
from frontdesk.booking.feed import PATH as FEED_PATH
from frontdesk.booking.invites import plain_line
from frontdesk.booking.office import CANNOT_OPEN, Office, open_office
from frontdesk.booking.outbox import Row, RowState
from frontdesk.booking.references import read_reference
from frontdesk.booking.results import Refused
from frontdesk.booking.store import StoreUnavailable
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder
from frontdesk.text.problem import counted

DONE, NOT_DONE = 0, 1

_WAITING = dt.timedelta(minutes=15)

_WHY = {
    "too_soon": "that is too soon; see 'notice_hours' in clinic/booking.yml",
    "too_far": "that is too far ahead; see 'horizon_days' in clinic/booking.yml",
    "too_late_to_change": "the appointment has begun or is over",
    "cancelled": "the appointment is cancelled",
    "changed": "somebody has just changed it; look again",
    "pending": "the clinic's system has not answered to the last change yet; try again in a minute, or see 'undelivered'",
    "invalid": "nothing starts then; see 'frontdesk bookings free'",
    "not_allowed": "the clinic's system does not allow it",
    "misconfigured": "the clinic's system did not let us in",
    "not_found": "the clinic's system does not know it",
}


def add_parser(subparsers: Any) -> None:
    """Add `bookings` to the command."""
    parser = subparsers.add_parser("bookings", help="see and change appointments, and what could not be passed on")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="the coming appointments")
    listed.add_argument("--days", type=int, default=14, help="how many days ahead (14)")
    listed.add_argument("--all", action="store_true", help="also those that are cancelled or were refused")
    free = actions.add_parser("free", help="what can be booked on a day")
    free.add_argument("service", metavar="SERVICE", help="the id of a service in clinic/booking.yml")
    free.add_argument("day", metavar="DAY", help="year-month-day")
    for name, what in (
        ("show", "one appointment, and what was told about it"),
        ("cancel", "cancel an appointment; the visitor gets a mail"),
        ("confirm", "agree to a request; the visitor gets a mail"),
        ("handled", "take an appointment off the list of what could not be told, since somebody has seen to it"),
        ("refuse", "refuse a request; the visitor gets a mail with other times"),
    ):
        actions.add_parser(name, help=what).add_argument("reference", metavar="REFERENCE", help="such as AB2C-D3EF")
    moved = actions.add_parser("move", help="move an appointment; the visitor gets a mail")
    moved.add_argument("reference", metavar="REFERENCE", help="such as AB2C-D3EF")
    moved.add_argument("to", metavar="TIME", help="by the clinic's clock, such as '2026-12-01 09:00'")
    moved.add_argument("--with", dest="practitioner", metavar="ID", help="the id of another practitioner")
    undelivered = actions.add_parser("undelivered", help="what the clinic's system or a visitor could not be told")
    undelivered.add_argument("--retry", action="store_true", help="try all of it again")
    feed = actions.add_parser("feed", help="the link with which a calendar program shows the appointments")
    feed.add_argument("--new", action="store_true", help="make a new link; the old one shows nothing any more")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked and return the exit status.

    Raises:
        CannotRun: When booking is not set up, its database cannot be read, or an argument makes no sense.
    """
    project_folder()
    try:
        office = open_office(Path("clinic"))
        return asyncio.run(_run(args, office))
    except CANNOT_OPEN as err:
        raise CannotRun(str(err)) from err
    except StoreUnavailable as err:
        raise CannotRun(f"the database of appointments cannot be used: {err}") from err
    except BackendDown as err:
        raise CannotRun("the clinic's system cannot say now what is free; try again in a minute") from err


async def _run(args: argparse.Namespace, office: Office) -> int:
    try:
        return await globals()[f"_{args.action}"](args, office)  # type: ignore[no-any-return]  # one function for each action
    finally:
        await office.stop()


async def _list(args: argparse.Namespace, office: Office) -> int:
    now = dt.datetime.now(dt.UTC)
    states = tuple(State) if args.all else (State.CONFIRMED, State.REQUESTED)
    found = office.store.between(now - dt.timedelta(hours=8), now + dt.timedelta(days=args.days), states)
    coming = [one for one in found if one.opening.end > now]
    for appointment in coming:
        print(_line(appointment, office))
    print(counted(len(coming), "appointment"))
    return DONE


async def _free(args: argparse.Namespace, office: Office) -> int:
    booking = office.booking
    if booking.service(args.service) is None:
        known = ", ".join(service.id for service in booking.services)
        raise CannotRun(f"'{args.service}' is not a service; clinic/booking.yml has {known}")
    start = _read_time(f"{args.day} 00:00", office)
    openings = await office.desk.openings(args.service, start=start, end=start + dt.timedelta(days=1))
    for opening in openings:
        print(f"{_time(opening.start, office)}  {_name(opening, office)}")
    print(counted(len(openings), "opening"))
    return DONE


async def _show(args: argparse.Namespace, office: Office) -> int:
    appointment = _require(args.reference, office)
    contact = appointment.contact
    print(_line(appointment, office))
    print(f"  phone {contact.phone or 'none'}, mail {contact.email or 'none'}")
    print(f"  agreed to be contacted {_time(appointment.consented_at, office)}")
    for row in office.store.rows(reference=appointment.reference):
        print(f"  {_row(row, office)}")
    return DONE


async def _move(args: argparse.Namespace, office: Office) -> int:
    appointment = _require(args.reference, office)
    service = office.booking.service(appointment.opening.service)
    if service is None:
        raise CannotRun(f"'{appointment.opening.service}' is no longer in clinic/booking.yml; put it back, or cancel and book anew")
    start = _read_time(args.to, office)
    practitioner = args.practitioner or appointment.opening.practitioner
    opening = Opening(start, start + dt.timedelta(minutes=service.minutes), service.id, practitioner)
    answer = await office.desk.move(appointment, opening, f"staff:{secrets.token_hex(16)}", by_staff=True)
    return _report(answer, office)


async def _cancel(args: argparse.Namespace, office: Office) -> int:
    return _report(await office.desk.cancel(_require(args.reference, office), by_staff=True), office)


async def _confirm(args: argparse.Namespace, office: Office) -> int:
    return await _answer(args.reference, office, agrees=True)


async def _refuse(args: argparse.Namespace, office: Office) -> int:
    return await _answer(args.reference, office, agrees=False)


async def _handled(args: argparse.Namespace, office: Office) -> int:
    appointment = _require(args.reference, office)
    count = office.store.handled(appointment.reference)
    print(f"{appointment.reference}: {counted(count, 'message')} taken off the list")
    return DONE if count else NOT_DONE


async def _undelivered(args: argparse.Namespace, office: Office) -> int:
    rows = office.store.rows(undelivered_since=dt.datetime.now(dt.UTC) - _WAITING)
    for row in rows:
        print(_row(row, office))
    if args.retry:
        again = sum(office.store.retry(row.id) for row in rows)
        print(f"{counted(again, 'message')} will be tried again within seconds, as long as the assistant runs")
        return DONE
    print(counted(len(rows), "message") + " not delivered")
    return NOT_DONE if rows else DONE


async def _feed(args: argparse.Namespace, office: Office) -> int:
    secret = office.feed_secret.renew() if args.new else office.feed_secret.read()
    print(f"{office.public_url or ''}{FEED_PATH}{secret}.ics")
    if office.public_url is None:
        print("at the address of the gateway; set FRONTDESK_PUBLIC_URL to see the whole link")
    return DONE


async def _answer(reference: str, office: Office, *, agrees: bool) -> int:
    appointment = _require(reference, office)
    answered = await office.desk.answer(appointment.reference, agrees=agrees)
    if answered is None:
        print(f"{appointment.reference} waits for no answer: it is {appointment.state.value}")
        return NOT_DONE
    print(_line(answered, office))
    return DONE


def _report(answer: Answer, office: Office) -> int:
    match answer:
        case Kept(appointment):
            print(_line(appointment, office))
            return DONE
        case NoLongerFree(alternatives):
            print("that time is taken; free near it:" if alternatives else "that time is taken")
            for opening in alternatives:
                print(f"  {_time(opening.start, office)}  {_name(opening, office)}")
        case Refused(code):
            print(f"not done: {_WHY.get(code, code)}")
        case Down():
            print("not done: the database of appointments cannot be used now")
    return NOT_DONE


def _require(typed: str, office: Office) -> Appointment:
    reference = read_reference(typed)
    appointment = office.store.get(reference) if reference else None
    if appointment is None:
        raise CannotRun(f"there is no appointment {typed}; a reference looks like AB2C-D3EF")
    return appointment


def _read_time(typed: str, office: Office) -> dt.datetime:
    """Return a time of the clinic's clock in UTC."""
    try:
        local = dt.datetime.strptime(typed, "%Y-%m-%d %H:%M").replace(tzinfo=office.booking.zone)
    except ValueError:
        raise CannotRun(f"'{typed}' is not a time such as '2026-12-01 09:00'") from None
    return local.astimezone(dt.UTC)


def _line(appointment: Appointment, office: Office) -> str:
    opening = appointment.opening
    service = office.booking.service(opening.service)
    # A name is whatever somebody typed; it must not steer a terminal.
    who = plain_line(appointment.contact.name) or "(erased)"
    what = service.title if service else opening.service
    return "  ".join((_time(opening.start, office), appointment.reference, appointment.state.value, what, _name(opening, office), who))


def _row(row: Row, office: Office) -> str:
    whom = {"backend": "to the clinic's system", "message": "by mail", "webhook": "to the webhook"}[row.kind.value]
    state = {RowState.PENDING: "waiting", RowState.DONE: "done", RowState.DEAD: "given up", RowState.HANDLED: "seen to"}[row.state]
    error = f" ({row.last_error})" if row.last_error else ""
    about = f"{_time(row.created_at, office)}  {row.reference or '-'}  {row.operation}"
    return f"{about} {whom}: {state}, tried {counted(row.tries, 'time')}{error}"


def _time(moment: dt.datetime, office: Office) -> str:
    return f"{moment.astimezone(office.booking.zone):%a %Y-%m-%d %H:%M}"


def _name(opening: Opening, office: Office) -> str:
    roster = office.booking.roster(opening.practitioner)
    return roster.practitioner.name if roster else opening.practitioner

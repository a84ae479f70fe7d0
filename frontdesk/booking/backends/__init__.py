"""The booking systems that can be used, and which one a clinic has chosen."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Callable, Mapping

from frontdesk.booking.backend import Backend, BackendUnusable
from frontdesk.booking.backends.calcom import Calcom
from frontdesk.booking.backends.caldav import Caldav
from frontdesk.booking.backends.embedded import Embedded
from frontdesk.booking.backends.link import Link
from frontdesk.booking.backends.request import Request
from frontdesk.booking.backends.webhook import Webhook
from frontdesk.booking.delivery import Messenger
from frontdesk.booking.settings import CELL_MINUTES, Booking
from frontdesk.booking.store import Store


def make_backend(
    booking: Booking, store: Store, messenger: Messenger, clock: Callable[[], dt.datetime], environment: Mapping[str, str] | None = None
) -> Backend:
    """Return the backend that `booking.yml` names; nothing is opened yet.

    Raises:
        BackendUnusable: When a secret that it needs is not in the environment.
    """
    env = os.environ if environment is None else environment
    match booking.backend:
        case "embedded":
            return Embedded(booking, store)
        case "request" if booking.request.is_webhook:
            secret = _secret(env, booking.request.secret_variable)
            # It holds the clinic's book, and is wherever the clinic has it.
            return Request(messenger, _webhook(booking.request.to or "", secret, clock, private_network=True))
        case "request":
            return Request(messenger)
        case "link" if booking.link:
            return Link(booking.link, booking.zone)
        case "caldav" if booking.caldav:
            own = booking.caldav
            return Caldav(
                own.calendar,
                own.claims,
                own.user,
                _secret(env, own.password_variable),
                booking.zone,
                titles={service.id: service.title for service in booking.services},
                buffers={service.id: dt.timedelta(minutes=service.buffer_minutes) for service in booking.services},
                cell_minutes=common_minutes(booking),
                clock=clock,
            )
        case "calcom" if booking.calcom:
            account = booking.calcom
            key = _secret(env, account.key_variable)
            return Calcom(
                account.url,
                key,
                account.event_types,
                account.practitioner,
                booking.zone,
                email_without=account.email_without,
                clock=clock,
            )
    raise BackendUnusable(f"clinic/booking.yml: 'backend: {booking.backend}' cannot be used; 'frontdesk check' says what is missing")


def common_minutes(booking: Booking) -> int:
    """Return the longest stretch that divides every start and every length, so that neighbours are not in each other's way."""
    lengths = [length for service in booking.services for length in (service.minutes, service.buffer_minutes)]
    starts = [opens for roster in booking.rosters for day in roster.week for opens, _ in day]
    # An hour at most; hours that begin at an odd minute are rounded to a cell of ours.
    return math.gcd(60, booking.step // dt.timedelta(minutes=1), *lengths, *(start - start % -CELL_MINUTES for start in starts))


def make_webhook(booking: Booking, clock: Callable[[], dt.datetime], environment: Mapping[str, str] | None = None) -> Webhook | None:
    """Return what tells a system of the clinic's own of everything, when there is one.

    Raises:
        BackendUnusable: When its secret is not in the environment, or cannot be used.
    """
    own = booking.webhook
    if own is None:
        return None
    secret = _secret(os.environ if environment is None else environment, own.secret_variable)
    return _webhook(own.to, secret, clock, private_network=own.private_network)


def _webhook(url: str, secret: str, clock: Callable[[], dt.datetime], *, private_network: bool) -> Webhook:
    try:
        return Webhook(url, secret, clock, private_network=private_network)
    except ValueError as err:
        raise BackendUnusable(f"clinic/booking.yml: messages cannot be sent to a system of your own: {err}") from err


def _secret(environment: Mapping[str, str], name: str | None) -> str:
    value = environment.get(name or "")
    if not value:
        raise BackendUnusable(f"{name} is not set; clinic/booking.yml says that it holds a secret of the booking system")
    return value

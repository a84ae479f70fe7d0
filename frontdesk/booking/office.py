"""Everything that booking needs, put together: one place for the action server, the gateway, the commands and the worker."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from frontdesk.booking.backend import Backend
from frontdesk.booking.backends import make_backend
from frontdesk.booking.database import installation_url
from frontdesk.booking.delivery import Delivery
from frontdesk.booking.desk import Desk
from frontdesk.booking.flow import Flow
from frontdesk.booking.mail import Mailer, MailSettings
from frontdesk.booking.message_texts import load_texts
from frontdesk.booking.messages import Messages, MessageSettings
from frontdesk.booking.settings import Booking, load_booking
from frontdesk.booking.store import Store
from frontdesk.booking.tokens import BookingTokens, load_keys
from frontdesk.practice import Practice, load_practice
from frontdesk.text.wording_keys import sections

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True)
class Office:
    """The parts of booking at one clinic."""

    practice: Practice
    booking: Booking
    store: Store
    backend: Backend
    desk: Desk
    tokens: BookingTokens
    flow: Flow
    delivery: Delivery
    words: Mapping[str, str]
    """What stands on buttons and in summaries: `booking` in wording.yml."""

    def close(self) -> None:
        """Give back the connections to the database."""
        self.store.close()


def open_office(
    clinic: Path, *, url: str | None = None, clock: Clock | None = None, environment: Mapping[str, str] | None = None
) -> Office:
    """Return the office of the clinic whose files are in a folder; the backend is not started.

    Args:
        clinic: With practice.yml, booking.yml and messages.yml.
        url: The database; the installation's unless given.
        clock: Tells aware times.
        environment: Where settings and secrets are read.

    Raises:
        BookingInvalid: When booking.yml cannot be used.
        PracticeError: When practice.yml cannot be read.
        MessagesError: When messages.yml or a setting of mails cannot be used.
        BackendUnusable: When the backend lacks a secret.
        KeysInvalid: When there is no key to sign with.
    """
    now = clock or (lambda: dt.datetime.now(dt.UTC))
    env = os.environ if environment is None else environment
    practice, booking = load_practice(clinic), load_booking(clinic)
    store = Store(url or installation_url(), now)
    tokens = BookingTokens(load_keys(env), now)
    mailer = Mailer(MailSettings.from_environment(env), clock=now)
    # No link yet: nothing answers at its address.
    settings = MessageSettings(booking=booking, texts=load_texts(clinic))
    messages = Messages(practice, settings, mailer, clock=now)
    backend = make_backend(booking, store, messages, now, env)
    desk = Desk(booking, store, backend, now)
    delivery = Delivery(booking, store, backend, messages, desk.alternatives, now)
    return Office(
        practice,
        booking,
        store,
        backend,
        desk,
        tokens,
        Flow(desk, tokens, now, week=practice.raw.get("hours.week")),
        delivery,
        _load_words(clinic),
    )


def _load_words(clinic: Path) -> Mapping[str, str]:
    """Return the words of a booking; one that is missing stands for itself, and `frontdesk check` names it."""
    wording = yaml.safe_load((clinic / "wording.yml").read_text(encoding="utf-8"))
    given = (wording if isinstance(wording, dict) else {}).get("booking") or {}
    return {name: str(given.get(name, name)) for name in sections()["booking"]}


_open: list[Office] = []
_started: list[Backend] = []


def office() -> Office:
    """Return the office of this process: the one that was put in place, or the installation's, opened at the first call."""
    if not _open:
        put_in_place(open_office(Path(os.environ.get("FRONTDESK_CLINIC_DIR") or "clinic")))
    return _open[0]


async def opened() -> Office:
    """Return the office of this process with its backend started; where several parts ask, it is started once.

    Raises:
        BackendUnusable: When the clinic's system does not do what is relied on.
    """
    chosen = office()
    if chosen.backend not in _started:
        _started.append(chosen.backend)
        await chosen.backend.start()
    return chosen


def put_in_place(chosen: Office) -> None:
    """Make an office the one of this process."""
    _open[:] = [chosen]

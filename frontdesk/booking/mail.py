"""How a mail leaves: over SMTP, or into a folder as long as no mail server is set.

Knows nothing about appointments. What a mail says, `messages.py` writes.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Literal, cast

import aiosmtplib
import structlog
from email_validator import EmailNotValidError, validate_email

from frontdesk.booking.invites import Method, plain_line
from frontdesk.booking.results import Confirmed, Refused, Transient, Unknown
from frontdesk.text.problem import Problem, counted

log = structlog.get_logger(__name__)

Tls = Literal["starttls", "tls", "none"]
Sent = Confirmed | Refused | Transient | Unknown
"""Confirmed: the server took it, or it is kept. Refused: it will never take this mail. Transient: it did not, now.
Unknown: it may have."""

_PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
_OF_A_SERVER = ("FRONTDESK_SMTP_SENDER", "FRONTDESK_SMTP_USER", "FRONTDESK_SMTP_PASSWORD", "FRONTDESK_SMTP_PORT", "FRONTDESK_SMTP_TLS")
# Not about this mail: it can go when somebody has mended the account.
_ACCOUNT_REFUSED = Transient(retry_after_s=600)
_HERE = ("localhost", "127.0.0.1", "::1")
# Servers that take only 7 bits are left; and no header is written in raw UTF-8.
_POLICY = SMTP.clone(cte_type="7bit")


class MailSettingsError(Exception):
    """Raised when a setting of the mail server cannot be used; the message names its key and what to do."""


@dataclass(frozen=True)
class MailSettings:
    """How mails leave."""

    outbox: Path
    """Folder in which mails are kept as long as no server is set: `outbox` in `FRONTDESK_DATA_DIR`."""
    host: str | None = None
    """The mail server (`FRONTDESK_SMTP_HOST`); None keeps mails as files."""
    port: int = 587
    """Its port (`FRONTDESK_SMTP_PORT`): 587 with starttls, 465 with tls, 25 with none, unless set."""
    user: str | None = None
    """Whom to log in as (`FRONTDESK_SMTP_USER`); None does not log in."""
    password: str | None = field(default=None, repr=False)
    """The password (`FRONTDESK_SMTP_PASSWORD`)."""
    tls: Tls = "starttls"
    """How the connection is encrypted (`FRONTDESK_SMTP_TLS`); `none` is for a server on this machine."""
    sender: str = "frontdesk@localhost.localdomain"
    """The address in From (`FRONTDESK_SMTP_SENDER`)."""
    timeout_s: int = 10
    """How many seconds one mail may take (`FRONTDESK_SMTP_TIMEOUT_S`)."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> MailSettings:
        """Read the settings.

        Raises:
            MailSettingsError: When a value cannot be used.
        """
        env = os.environ if environment is None else environment
        outbox = Path(env.get("FRONTDESK_DATA_DIR") or "var") / "outbox"
        host = env.get("FRONTDESK_SMTP_HOST") or None
        if host is None:
            if others := [key for key in _OF_A_SERVER if env.get(key)]:
                raise MailSettingsError(f"{others[0]} is set but FRONTDESK_SMTP_HOST is not; set it to the name of your mail server")
            return cls(outbox)
        tls = env.get("FRONTDESK_SMTP_TLS") or "starttls"
        if tls not in _PORTS:
            raise MailSettingsError(f"FRONTDESK_SMTP_TLS must be starttls, tls or none, not {tls!r}")
        if tls == "none" and host not in _HERE:
            raise MailSettingsError(
                f"FRONTDESK_SMTP_TLS may be none only for a mail server on this machine, not for {host}: mails hold names and appointments"
            )
        user, password = env.get("FRONTDESK_SMTP_USER") or None, env.get("FRONTDESK_SMTP_PASSWORD") or None
        if (user is None) != (password is None):
            raise MailSettingsError("FRONTDESK_SMTP_USER and FRONTDESK_SMTP_PASSWORD go together; set both or neither")
        return cls(
            outbox=outbox,
            host=host,
            port=_read_int(env, "FRONTDESK_SMTP_PORT", _PORTS[tls], 1, 65535),
            user=user,
            password=password,
            tls=cast(Tls, tls),
            sender=_read_sender(env),
            timeout_s=_read_int(env, "FRONTDESK_SMTP_TIMEOUT_S", cls.timeout_s, 1, 15),
        )


@dataclass(frozen=True)
class Invite:
    """A calendar entry that goes with a mail."""

    method: Method
    text: str
    """iCalendar."""


@dataclass(frozen=True)
class Mail:
    """One mail. Its subject holds nothing that a visitor typed."""

    id: str
    """The same at every try, such as `AB2C-D3EF.0.confirmation`: mailboxes drop what they have already.

    Letters, digits, full stops, hyphens and underscores."""
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    reply_to: str | None = None
    from_name: str = ""
    invite: Invite | None = field(default=None, repr=False)


class Mailer:
    """Sends mails one by one, each over a connection of its own: a clinic sends dozens a day."""

    def __init__(self, settings: MailSettings, *, clock: Callable[[], dt.datetime], tls_context: ssl.SSLContext | None = None) -> None:
        """Take the settings; `clock` is for the Date header, `tls_context` for a server whose certificate is not public."""
        self.settings = settings
        self._clock = clock
        self._tls_context = tls_context

    async def send(self, mail: Mail) -> Sent:
        """Send one mail, or keep it when there is no server."""
        to = ascii_address(mail.to)
        if to is None:
            return Refused("invalid")
        try:
            message = render_mail(mail, to, self.settings.sender, self._clock())
        except ValueError:
            # A line break in a header. The message of the exception holds the text.
            return Refused("invalid")
        if self.settings.host is None:
            try:
                await asyncio.to_thread(_keep, self.settings.outbox / f"{mail.id}.eml", message.as_bytes())
            except OSError as err:
                log.error("mail_not_kept", reason=err.strerror)
                return Transient()
            return Confirmed(message["Message-ID"])
        return await self._deliver(message, to)

    def purge(self, days: int) -> int:
        """Delete the mails that have been kept here for so many days, and return how many; sent ones are kept nowhere.

        Raises:
            OSError: When one cannot be deleted.
        """
        limit = self._clock().timestamp() - days * 86_400
        old = [path for path in self.settings.outbox.glob("*.eml") if path.stat().st_mtime < limit]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    async def _deliver(self, message: EmailMessage, to: str) -> Sent:
        settings = self.settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user,
            password=settings.password,
            use_tls=settings.tls == "tls",
            # True, not None: without an offer of encryption nothing is sent in the clear.
            start_tls=settings.tls == "starttls",
            tls_context=self._tls_context,
            local_hostname=settings.sender.rpartition("@")[2],
            timeout=settings.timeout_s,
        )
        is_under_way = False
        try:
            async with asyncio.timeout(settings.timeout_s):
                await client.connect()
                await client.mail(settings.sender)
                await client.rcpt(to)
                is_under_way = True
                await client.data(message.as_bytes())
        except aiosmtplib.SMTPResponseException as err:
            return _refusal(err, is_under_way)
        except (OSError, TimeoutError, aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, aiosmtplib.SMTPConnectError) as err:
            # After DATA the server may have it all and only its answer be lost.
            log.warning("mail_not_sent", reason=type(err).__name__, is_under_way=is_under_way)
            return Unknown() if is_under_way else Transient()
        except aiosmtplib.SMTPException as err:
            # No encryption or no way to log in on offer.
            log.error("mail_account_refused", reason=type(err).__name__)
            return _ACCOUNT_REFUSED
        finally:
            # The mail is taken or it is not; the goodbye is for politeness.
            with suppress(OSError, aiosmtplib.SMTPException):
                await client.quit(timeout=1)
            client.close()
        return Confirmed(message["Message-ID"])


def render_mail(mail: Mail, to: str, sender: str, now: dt.datetime) -> EmailMessage:
    """Return the mail as it goes over the wire: the text, and an invite both as a part and as a file.

    Calendars read the part; mail programs that do not know it offer the file.

    Raises:
        ValueError: When a header holds a line break, or the id something that no file name may hold.
    """
    if not re.fullmatch(r"[\w-][\w.-]*", mail.id, re.ASCII):
        raise ValueError("the id of a mail is letters, digits, full stops, hyphens and underscores")
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(plain_line(mail.from_name), addr_spec=sender)
    message["To"] = to
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now.astimezone(dt.UTC))
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    # Out-of-office replies would come back to a machine.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text + "\n")
    if mail.invite:
        kind = {"method": mail.invite.method}
        message.add_alternative(mail.invite.text, subtype="calendar", charset="utf-8", cte="base64", params=kind)
        message.add_attachment(mail.invite.text.encode(), maintype="application", subtype="ics", filename="appointment.ics")
    return message


def ascii_address(address: str) -> str | None:
    r"""Return a mail address as every server can read it, or None when there is no such form.

    >>> ascii_address("jane@bücher.de"), ascii_address("jane@example.com\nBcc: all@example.com")
    ('jane@xn--bcher-kva.de', None)
    """
    try:
        return validate_email(address, check_deliverability=False).ascii_email
    except EmailNotValidError:
        return None


def check_mail(environment: Mapping[str, str] | None = None, *, production: bool = False) -> list[Problem]:
    """Return what is wrong with how mails leave; that they are only kept is a warning until the clinic opens."""
    try:
        settings = MailSettings.from_environment(environment)
    except MailSettingsError as err:
        return [Problem(Path("environment"), 1, str(err))]
    if settings.host is not None:
        return []
    waiting = len(list(settings.outbox.glob("*.eml"))) if settings.outbox.is_dir() else 0
    message = f"mails are kept here and not sent ({counted(waiting, 'mail')} so far); set FRONTDESK_SMTP_HOST to send them"
    return [Problem(settings.outbox, 1, message, "error" if production else "warning")]


def _refusal(err: aiosmtplib.SMTPResponseException, is_under_way: bool) -> Sent:
    """Return what an SMTP reply means: 4xx is worth another try, and 5xx is not when it is about this mail."""
    # Not the server's own words, which may hold the address.
    log.warning("mail_not_sent", smtp_code=err.code, reason=type(err).__name__)
    if err.code < 400:
        return Unknown() if is_under_way else Transient()
    if err.code < 500:
        return Transient()
    match err:
        case aiosmtplib.SMTPRecipientRefused():
            return Refused("invalid")
        case aiosmtplib.SMTPDataError():
            return Refused("not_allowed")
    return _ACCOUNT_REFUSED


def _keep(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = path.with_suffix(f".{os.getpid()}.part")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    scratch.replace(path)


def _read_int(env: Mapping[str, str], key: str, default: int, least: int, most: int) -> int:
    raw = env.get(key) or str(default)
    if not re.fullmatch(r"\d{1,9}", raw.strip()) or not least <= int(raw) <= most:
        raise MailSettingsError(f"{key} must be a whole number from {least} to {most}, not {raw!r}")
    return int(raw)


def _read_sender(env: Mapping[str, str]) -> str:
    raw = env.get("FRONTDESK_SMTP_SENDER") or ""
    sender = ascii_address(raw)
    if sender is None:
        raise MailSettingsError(f"FRONTDESK_SMTP_SENDER must be the address mails come from, such as bookings@example.com, not {raw!r}")
    return sender

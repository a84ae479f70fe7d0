"""A mail leaves over a real SMTP server, or says truly whether it did."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.booking.mail import Mail, Mailer, MailSettings, MailSettingsError, ascii_address, check_mail, render_mail
from frontdesk.booking.results import Confirmed, Refused, Transient, Unknown
from tests.booking.smtp_server import Desk, free_port, running

NOW = dt.datetime(2026, 11, 24, 18, 0, tzinfo=dt.UTC)
MAIL = Mail("AB2C-D3EF.0.confirmation", "jane@example.com", "Your appointment", "It stands.", "desk@example.com", "Example Clinic")
LATER = Transient(retry_after_s=600)
"""Once somebody has mended the account."""
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def mailer(port: int, tmp_path: Path, *, tls_context: ssl.SSLContext | None = None, **more: object) -> Mailer:
    chosen = MailSettings(tmp_path / "outbox", "127.0.0.1", port, tls="none", sender="bookings@example.com", timeout_s=5)
    return Mailer(replace(chosen, **more), clock=lambda: NOW, tls_context=tls_context)  # type: ignore[arg-type]


async def test_a_mail_arrives_with_the_headers_that_machines_look_at(desk, tmp_path):
    with running(desk) as port:
        sent = await mailer(port, tmp_path).send(MAIL)

    (mail,) = desk.mails
    assert sent == Confirmed("<AB2C-D3EF.0.confirmation@example.com>")
    assert desk.recipients == ["jane@example.com"]
    assert mail["From"] == "Example Clinic <bookings@example.com>"
    assert mail["To"] == "jane@example.com"
    assert mail["Reply-To"] == "desk@example.com"
    assert mail["Subject"] == "Your appointment"
    assert mail["Message-ID"] == "<AB2C-D3EF.0.confirmation@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert mail.get_content().rstrip() == "It stands."


async def test_a_second_try_has_the_same_message_id(desk, tmp_path):
    with running(desk) as port:
        await mailer(port, tmp_path).send(MAIL)
        await mailer(port, tmp_path).send(MAIL)

    assert len({mail["Message-ID"] for mail in desk.mails}) == 1


async def test_the_server_is_not_told_the_name_of_this_machine(desk, tmp_path):
    with running(desk) as port:
        await mailer(port, tmp_path).send(MAIL)

    assert desk.hello == "example.com"


@pytest.mark.parametrize("step", ["to_mail", "to_rcpt", "to_data"])
@pytest.mark.parametrize("reply", ["421 too busy", "451 greylisted, come back", "452 disk full"])
async def test_4xx_is_worth_another_try(desk, tmp_path, step, reply):
    setattr(desk, step, reply)

    with running(desk) as port:
        assert await mailer(port, tmp_path).send(MAIL) == Transient()


@pytest.mark.parametrize(("step", "why"), [("to_rcpt", "invalid"), ("to_data", "not_allowed")], ids=["recipient", "mail"])
@pytest.mark.parametrize("reply", ["550 no such mailbox", "554 refused"])
async def test_5xx_about_the_mail_is_final(desk, tmp_path, step, why, reply):
    setattr(desk, step, reply)

    with running(desk) as port:
        assert await mailer(port, tmp_path).send(MAIL) == Refused(why)
    assert desk.mails == []


async def test_a_sender_that_is_refused_is_for_the_operator_and_costs_no_mail(desk, tmp_path):
    desk.to_mail = "550 not yours"

    with running(desk) as port:
        assert await mailer(port, tmp_path).send(MAIL) == LATER


async def test_a_dead_port_is_worth_another_try(tmp_path):
    assert await mailer(free_port(), tmp_path).send(MAIL) == Transient()


async def test_a_server_that_never_says_hello_is_given_up(tmp_path):
    with silent_server() as port:
        assert await mailer(port, tmp_path, timeout_s=1).send(MAIL) == Transient()


async def test_a_server_that_hangs_after_it_has_the_mail_leaves_it_unknown(desk, tmp_path):
    desk.takes_s = 3

    with running(desk) as port:
        assert await mailer(port, tmp_path, timeout_s=1).send(MAIL) == Unknown()


async def test_a_connection_that_breaks_after_the_mail_was_taken_leaves_it_unknown(desk, tmp_path):
    desk.breaks_off = True

    with running(desk) as port:
        assert await mailer(port, tmp_path).send(MAIL) == Unknown()
    assert len(desk.mails) == 1


async def test_a_server_that_talks_nonsense_is_worth_another_try(tmp_path):
    with silent_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert await mailer(port, tmp_path, timeout_s=1).send(MAIL) == Transient()


async def test_a_greeting_that_turns_us_away_is_for_the_operator(tmp_path):
    with silent_server(b"554 your address is on a list\r\n") as port:
        assert await mailer(port, tmp_path).send(MAIL) == LATER


async def test_it_logs_in_when_it_is_told_to(desk, tmp_path, certificate):
    server, client = certificate

    with running(desk, tls=server, asks_login=True) as port:
        sender = mailer(port, tmp_path, tls="starttls", tls_context=client, user="desk", password="correct horse")
        assert isinstance(await sender.send(MAIL), Confirmed)

    assert desk.logins[-1] == (b"desk", b"correct horse")


async def test_a_wrong_password_is_for_the_operator(desk, tmp_path, certificate):
    server, client = certificate

    with running(desk, tls=server, asks_login=True) as port:
        sender = mailer(port, tmp_path, tls="starttls", tls_context=client, user="desk", password="wrong")
        assert await sender.send(MAIL) == LATER


async def test_with_starttls_the_mail_is_encrypted(desk, tmp_path, certificate):
    server, client = certificate

    with running(desk, tls=server) as port:
        assert isinstance(await mailer(port, tmp_path, tls="starttls", tls_context=client).send(MAIL), Confirmed)


async def test_nothing_is_sent_in_the_clear_when_encryption_is_asked_for(desk, tmp_path):
    with running(desk) as port:
        assert await mailer(port, tmp_path, tls="starttls").send(MAIL) == LATER
    assert desk.mails == []


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(desk, tmp_path, certificate):
    server, _ = certificate

    with running(desk, tls=server) as port:
        sent = await mailer(port, tmp_path, tls="starttls").send(MAIL)

    assert not isinstance(sent, Confirmed)
    assert desk.mails == []


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, to="jane@example.com\r\nBcc: all@example.com"),
        replace(MAIL, to="jane@example.com, all@example.com"),
        replace(MAIL, to="nobody"),
        replace(MAIL, subject="Hello\r\nBcc: all@example.com"),
        replace(MAIL, subject="Hello\nthere"),
        replace(MAIL, reply_to="desk@example.com\r\nBcc: all@example.com"),
        replace(MAIL, id="../../etc/passwd"),
    ],
    ids=["recipient", "two recipients", "no address", "subject", "subject with LF", "reply-to", "id"],
)
async def test_a_line_break_or_a_second_recipient_is_refused(desk, tmp_path, mail):
    with running(desk) as port:
        assert await mailer(port, tmp_path).send(mail) == Refused("invalid")
    assert desk.mails == []
    assert await Mailer(MailSettings(tmp_path / "outbox"), clock=lambda: NOW).send(mail) == Refused("invalid")


async def test_a_log_holds_the_servers_code_and_nothing_of_the_mail(desk, tmp_path):
    desk.to_rcpt = "550 jane@example.com is unknown"

    with running(desk) as port, structlog.testing.capture_logs() as logs:
        await mailer(port, tmp_path).send(MAIL)

    assert [log["smtp_code"] for log in logs] == [550]
    assert "jane" not in repr(logs)
    assert "jane" not in repr(MAIL)


async def test_without_a_server_mails_are_kept_for_their_owner_alone(tmp_path):
    outbox = tmp_path / "var" / "outbox"
    keeper = Mailer(MailSettings(outbox), clock=lambda: NOW)

    await keeper.send(MAIL)
    await keeper.send(MAIL)

    (path,) = outbox.iterdir()
    assert path.name == "AB2C-D3EF.0.confirmation.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o700
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["To"] == "jane@example.com"


async def test_mails_that_are_kept_here_go_when_their_time_is_over(tmp_path):
    outbox = tmp_path / "outbox"
    now = dt.datetime.now(dt.UTC)
    for days in (1, 31):
        keeper = Mailer(MailSettings(outbox), clock=lambda: now)
        await keeper.send(replace(MAIL, id=f"{days}"))
        then = (now - dt.timedelta(days=days)).timestamp()
        os.utime(outbox / f"{days}.eml", (then, then))

    gone = Mailer(MailSettings(outbox), clock=lambda: now).purge(30)

    assert (gone, [path.name for path in outbox.iterdir()]) == (1, ["1.eml"])
    assert Mailer(MailSettings(tmp_path / "none"), clock=lambda: now).purge(30) == 0


async def test_a_folder_that_cannot_be_written_is_worth_another_try(tmp_path):
    (tmp_path / "outbox").write_text("in the way")

    assert await Mailer(MailSettings(tmp_path / "outbox"), clock=lambda: NOW).send(MAIL) == Transient()


@settings(deadline=None)
@given(name=NAMES, text=NAMES)
def test_no_name_and_no_text_breaks_a_header(name, text):
    data = render_mail(replace(MAIL, from_name=name, text=text), "jane@example.com", "bookings@example.com", NOW).as_bytes()
    mail = message_from_bytes(data, policy=policy.default)

    assert [key.lower() for key in mail if key.lower() in ("to", "cc", "bcc", "from", "subject")] == ["from", "to", "subject"]
    assert mail["From"].addresses[0].addr_spec == "bookings@example.com"
    assert mail["To"] == "jane@example.com"
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) < 998
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_an_address_with_letters_that_no_old_server_knows_has_its_domain_translated():
    assert ascii_address("jane@bücher.example.com") == "jane@xn--bcher-kva.example.com"
    assert ascii_address("jané@example.com") is None


# Settings

GOOD = {"FRONTDESK_SMTP_HOST": "mail.example.com", "FRONTDESK_SMTP_SENDER": "bookings@example.com"}


def test_without_settings_mails_are_files_in_the_data_folder():
    found = MailSettings.from_environment({"FRONTDESK_DATA_DIR": "/srv/data"})

    assert (found.host, found.outbox) == (None, Path("/srv/data/outbox"))


@pytest.mark.parametrize(("tls", "port"), [("starttls", 587), ("tls", 465)])
def test_the_port_follows_from_the_encryption(tls, port):
    assert MailSettings.from_environment({**GOOD, "FRONTDESK_SMTP_TLS": tls}).port == port
    assert MailSettings.from_environment({**GOOD, "FRONTDESK_SMTP_TLS": tls, "FRONTDESK_SMTP_PORT": "2525"}).port == 2525


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"FRONTDESK_SMTP_HOST": ""}, "FRONTDESK_SMTP_HOST"),
        ({"FRONTDESK_SMTP_SENDER": ""}, "FRONTDESK_SMTP_SENDER"),
        ({"FRONTDESK_SMTP_SENDER": "the clinic"}, "FRONTDESK_SMTP_SENDER"),
        ({"FRONTDESK_SMTP_PORT": "0"}, "FRONTDESK_SMTP_PORT"),
        ({"FRONTDESK_SMTP_PORT": "many"}, "FRONTDESK_SMTP_PORT"),
        ({"FRONTDESK_SMTP_TLS": "ssl"}, "FRONTDESK_SMTP_TLS"),
        ({"FRONTDESK_SMTP_TLS": "none"}, "FRONTDESK_SMTP_TLS"),
        ({"FRONTDESK_SMTP_USER": "desk"}, "FRONTDESK_SMTP_PASSWORD"),
        ({"FRONTDESK_SMTP_PASSWORD": "correct horse"}, "FRONTDESK_SMTP_USER"),
        ({"FRONTDESK_SMTP_TIMEOUT_S": "0"}, "FRONTDESK_SMTP_TIMEOUT_S"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(change, named):
    with pytest.raises(MailSettingsError, match=named) as caught:
        MailSettings.from_environment({**GOOD, **change})

    assert "correct horse" not in str(caught.value)


def test_the_password_shows_nowhere():
    found = MailSettings.from_environment({**GOOD, "FRONTDESK_SMTP_USER": "desk", "FRONTDESK_SMTP_PASSWORD": "correct horse"})

    assert found.password == "correct horse"
    assert "correct horse" not in repr(found)


async def test_the_check_says_that_mails_are_only_kept_and_how_many(tmp_path):
    environment = {"FRONTDESK_DATA_DIR": str(tmp_path)}
    await Mailer(MailSettings.from_environment(environment), clock=lambda: NOW).send(MAIL)

    (warning,) = check_mail(environment)
    (error,) = check_mail(environment, production=True)

    assert (warning.severity, error.severity) == ("warning", "error")
    assert "1 mail so far" in warning.message
    assert check_mail(GOOD) == []
    assert "FRONTDESK_SMTP_TLS" in check_mail({**GOOD, "FRONTDESK_SMTP_TLS": "ssl"})[0].message


@contextmanager
def silent_server(greeting: bytes = b"") -> Iterator[int]:
    """Accept connections, say one thing, and then nothing."""
    held: list[socket.socket] = []

    def accept() -> None:
        try:
            while True:
                connection, _ = listener.accept()
                held.append(connection)
                connection.sendall(greeting)
        except OSError:
            return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)
            for connection in held:
                connection.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that only the second context trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(folder / "cert.pem"))

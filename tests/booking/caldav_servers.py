"""Real CalDAV servers for the tests, Radicale and Xandikos, and a proxy before them that has bad days.

They are installed into an environment of their own, since Radicale and Xandikos bring libraries that the project must not
have. When they cannot be installed the tests fail: what they prove is not proven by anything else.
"""

from __future__ import annotations

import asyncio
import atexit
import fcntl
import functools
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from tests.booking.loopback import HasBadDays

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("radicale==3.9.0", "xandikos==0.4.10")
USER, PASSWORD = "clinic", "a-pass:word-ünder-test"

_FOLDER = ROOT / ".pytest_cache" / "caldav-servers"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """A server that runs; each test takes calendars of its own on it."""

    name: str
    home: str
    """Where the account's calendars are; ends in a slash."""

    def address(self, name: str) -> str:
        """Return the address of a calendar that nothing else uses; nothing is made yet."""
        return f"{self.home}{name}-{next(_numbers)}/"

    async def make_calendar(self, name: str = "appointments") -> str:
        """Make a calendar as staff would, and return its address."""
        url = self.address(name)
        async with client() as session, session.request("MKCALENDAR", url) as reply:
            assert reply.status == 201, await reply.text()
        return url


def client() -> aiohttp.ClientSession:
    """Return the calendar program of somebody on the staff."""
    return aiohttp.ClientSession(auth=aiohttp.BasicAuth(USER, PASSWORD, "utf-8"))


async def enter(calendar: str, name: str, *lines: str) -> None:
    """Put an entry into a calendar as staff would; `lines` are those of the calendar object, from BEGIN:VEVENT on."""
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Staff//EN", *lines, "END:VCALENDAR", ""])
    async with (
        client() as session,
        session.put(f"{calendar}{name}.ics", data=text.encode(), headers={"Content-Type": "text/calendar"}) as reply,
    ):
        assert reply.status in (201, 204), await reply.text()


async def read_all(collection: str) -> dict[str, str]:
    """Return what is in a collection, by the last part of its address."""
    async with client() as session:
        async with session.request("PROPFIND", collection, headers={"Depth": "1"}) as reply:
            found = await reply.text()
        names = sorted({part.split("<")[0] for part in found.split("/") if ".ics<" in part})
        texts = {}
        for name in names:
            async with session.get(f"{collection}{name}") as reply:
                texts[name] = await reply.text()
        return texts


@functools.cache
def running(name: str) -> Server:
    """Return a server, started at the first call and ended with the tests."""
    programs = _installed()
    folder = Path(tempfile.mkdtemp(prefix=f"fd-{name}-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    if name == "radicale":
        command = [programs / "radicale", "-C", "", "--hosts", f"127.0.0.1:{port}", "--storage-filesystem-folder", folder / "data"]
        command += ["--auth-type", "htpasswd", "--auth-htpasswd-filename", folder / "users", "--auth-htpasswd-encryption", "plain"]
        command += ["--logging-level", "warning"]
        home = f"http://127.0.0.1:{port}/{USER}/"
    else:
        command = [programs / "xandikos", "serve", "-d", folder / "data", "--defaults", "--current-user-principal", f"/{USER}/"]
        command += ["-l", "127.0.0.1", "-p", str(port), "--no-detect-systemd", "--state-dir", folder / "state"]
        home = f"http://127.0.0.1:{port}/{USER}/calendars/"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, cwd=folder)
    atexit.register(_end, process, folder)
    _wait_for(port, process, folder / "log")
    return Server(name, home)


def _installed() -> Path:
    """Return the folder of the servers' programs, installed at the first call."""
    folder = _FOLDER / "-".join(package.replace("==", "-") for package in PACKAGES)
    programs = folder / "bin"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    # Somebody else may run the tests as well.
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").is_file():
            _install(folder, programs)
    return programs


def _install(folder: Path, programs: Path) -> None:
    uv = shutil.which("uv") or str(ROOT / ".venv-uv/bin/uv")
    assert Path(uv).is_file(), "the CalDAV servers are installed with uv, which is not here; scripts/bootstrap-uv .venv-uv installs it"
    shutil.rmtree(folder, ignore_errors=True)
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    for command in (["venv", "--python", sys.executable, folder], ["pip", "install", "--python", programs / "python", *PACKAGES]):
        done = subprocess.run([uv, "--quiet", *map(str, command)], capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, f"the CalDAV servers could not be installed:\n{done.stderr}"
    (folder / "complete").touch()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        else:
            return


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Proxy(HasBadDays):
    """Passes on what it is asked, to a server, but for its faults."""

    target: str
    """The server, without a path."""
    fault: str = ""
    """slow, garbled, busy, drops; or without_none_match, without_match, redirects, read_only: what some servers do on good days."""
    staff_calendar: str = "/appointments"
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """Done once, right before an entry in the staff's calendar is written: what somebody else does at that moment."""
    seen: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and status of what was passed on."""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        app.cleanup_ctx.append(self._session_for)
        return app

    async def _session_for(self, app: web.Application):
        async with aiohttp.ClientSession(auto_decompress=False) as self._session:
            yield

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        match self.fault:
            case "slow":
                await asyncio.sleep(3)
            case "garbled":
                return web.Response(text="<html><title>Maintenance</title></html>", content_type="text/html")
            case "busy":
                return web.Response(status=429, headers={"Retry-After": "7"})
            case "redirects":
                return web.Response(status=302, headers={"Location": f"http://127.0.0.1:1{request.path}"})
            case "read_only" if request.method in ("PUT", "DELETE") and self.staff_calendar in request.path:
                return web.Response(status=403)
        if self.meanwhile and request.method == "PUT" and self.staff_calendar in request.path:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "content-length")}
        if self.fault == "without_none_match":
            headers.pop("If-None-Match", None)
        if self.fault == "without_match":
            headers.pop("If-Match", None)
        async with self._session.request(request.method, f"{self.target}{request.raw_path}", headers=headers, data=body) as answer:
            content = await answer.read()
            self.seen.append((request.method, request.path, answer.status))
        if self.fault == "drops" and request.method in ("PUT", "DELETE") and self.staff_calendar in request.path:
            assert request.transport
            request.transport.abort()
        kept = {name: value for name, value in answer.headers.items() if name.lower() in ("etag", "content-type", "retry-after")}
        # A clock that is an hour off: nothing may go by it.
        kept |= {"Date": "Tue, 24 Nov 2026 09:00:00 GMT", "Last-Modified": "Tue, 24 Nov 2026 09:00:00 GMT"}
        return web.Response(status=answer.status, body=content, headers=kept)

"""The local servers: the site with its pages, the real gateway with a fake Rasa behind it, and a stub of each other protocol.

Every widget gets the same answer to the same question. Nothing here reaches beyond this machine.
"""

import itertools
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import socketio  # type: ignore[import-untyped]
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks.widgets.packages import path_of
from frontdesk.booking.office import open_office
from frontdesk.gateway import Secret, Settings, create_app
from frontdesk.safety.record import AlarmRecord
from tests.gateway.fake_rasa import FakeRasa

QUESTION = "When are you open?"
ANSWER = "The practice is open from eight to six, Monday to Saturday."
MANY = "the practice is open from eight to six, and this line stands for one that was said before."
"""What a panel is filled with."""

_ROOT = Path(__file__).resolve().parents[2]
_PAGES = Path(__file__).with_name("pages")


@dataclass
class Servers:
    """Where they listen, without a slash at the end."""

    rasa: FakeRasa
    site: str = ""
    gateway: str = ""


@asynccontextmanager
async def running(packages: Path) -> AsyncIterator[Servers]:
    """Start the servers; `packages` is the folder that `packages.fetch` filled."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    servers = Servers(FakeRasa())
    servers.rasa.script[QUESTION] = [{"text": ANSWER, "metadata": {"topic": "hours", "title": "Opening hours", "kind": ["clinic"]}}]
    async with TestServer(servers.rasa.app()) as rasa_server, TestServer(site_app(packages, servers)) as site_server:
        servers.site = str(site_server.make_url("")).rstrip("/")
        settings = Settings(
            secret=Secret("benchmark" * 5),
            rasa_url=str(rasa_server.make_url("")).rstrip("/"),
            origins=frozenset({servers.site}),
            clinic_dir=_ROOT / "clinic",
            widget_dir=_ROOT / "widget",
            starts_per_minute=0,
            address_per_minute=0,
            conversation_per_minute=0,
        )
        with tempfile.TemporaryDirectory() as folder:
            # Nothing is written beside the clinic's own bookings and alarms.
            environment = {"FRONTDESK_DATA_DIR": folder}
            office = open_office(settings.clinic_dir, url=f"sqlite:///{folder}/bookings.db", environment=environment)
            gateway = create_app(settings, record=AlarmRecord(f"sqlite:///{folder}/alarms.db"), office=office)
            async with TestServer(gateway) as gateway_server:
                servers.gateway = str(gateway_server.make_url("")).rstrip("/")
                yield servers


def site_app(packages: Path, servers: Servers) -> web.Application:
    """Return the site: `/page/{file}`, the files of the packages, and the servers that three of the widgets speak to."""

    async def show_page(request: web.Request) -> web.StreamResponse:
        fragment = (_PAGES / request.match_info["file"]).read_text(encoding="utf-8")
        return _compressed(web.Response(text=site_page(fragment, servers.gateway), content_type="text/html"))

    async def show_file(request: web.Request) -> web.StreamResponse:
        package, file = request.match_info["package"], request.match_info["file"]
        body = path_of(packages, package, file).read_bytes()
        return _compressed(web.Response(body=body, content_type="text/javascript", charset="utf-8"))

    app = web.Application()
    app.add_routes([web.get("/page/{file}", show_page), web.get("/packages/{package}/{file:.+}", show_file)])
    app.add_routes([web.post("/deep-chat", _answer_deep_chat)])
    DirectLine().add_to(app)
    _add_socket_io(app)
    return app


def site_page(fragment: str, gateway: str) -> str:
    """Return the site's page with a chat at its end."""
    page = (_PAGES / "site.html").read_text(encoding="utf-8")
    return page.replace("FRAGMENT", fragment).replace("GATEWAY", gateway).replace("MANY", MANY).replace("ANSWER", ANSWER)


def _compressed(response: web.Response) -> web.Response:
    response.enable_compression()
    return response


async def _answer_deep_chat(request: web.Request) -> web.Response:
    """Answer as deep-chat's `connect.url` expects: `{"text"}`."""
    await request.json()
    return web.json_response({"text": ANSWER})


def _add_socket_io(app: web.Application) -> None:
    """Add the server of Rasa's `socketio` channel, as rasa-webchat speaks to it."""
    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")

    async def confirm(sid: str, data: dict[str, Any]) -> None:
        await server.emit("session_confirm", data.get("session_id") or sid, to=sid)

    async def answer(sid: str, data: dict[str, Any]) -> None:
        if not data.get("message"):
            return  # It says nothing when it has no opening words.
        many = int((data.get("customData") or {}).get("many") or 0)
        texts = [f"Message {n}: {MANY}" for n in range(many)] if data["message"] == "/many" else [ANSWER]
        for text in texts:
            await server.emit("bot_uttered", {"text": text}, to=sid)

    server.on("session_request", confirm)
    server.on("user_uttered", answer)
    server.attach(app)


class DirectLine:
    """The parts of Microsoft's Direct Line 3.0 that botframework-webchat uses: start, post, and a stream of activities.

    Its address is `/directline/{many}`; a conversation begins with so many messages.
    """

    def __init__(self) -> None:
        self._streams: dict[str, list[web.WebSocketResponse]] = {}
        self._ids = itertools.count(1)

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.add_routes(
            [
                web.post("/directline/{many}/conversations", self._start),
                web.post("/directline/{many}/conversations/{id}/activities", self._post),
                web.get("/directline/{many}/conversations/{id}/stream", self._stream),
            ]
        )

    async def _start(self, request: web.Request) -> web.Response:
        conversation = f"c{next(self._ids)}"
        self._streams[conversation] = []
        stream = f"ws://{request.host}/directline/{request.match_info['many']}/conversations/{conversation}/stream"
        body = {"conversationId": conversation, "token": "local", "expires_in": 3600, "streamUrl": stream}
        return web.json_response(body, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        conversation = request.match_info["id"]
        said = await request.json()
        said["id"] = f"{conversation}|{next(self._ids)}"
        activities = [said]
        if said.get("type") == "message":
            activities.append(self._message(conversation, ANSWER))
        for stream in self._streams[conversation]:
            await stream.send_json({"activities": activities, "watermark": said["id"]})
        return web.json_response({"id": said["id"]})

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        conversation = request.match_info["id"]
        stream = web.WebSocketResponse()
        await stream.prepare(request)
        self._streams[conversation].append(stream)
        texts = [f"Message {n}: {MANY}" for n in range(int(request.match_info["many"]))]
        if texts:
            await stream.send_json({"activities": [self._message(conversation, text) for text in texts], "watermark": "0"})
        async for _ in stream:
            pass  # The client sends empty messages to keep the connection.
        self._streams[conversation].remove(stream)
        return stream

    def _message(self, conversation: str, text: str) -> dict[str, Any]:
        return {
            "type": "message",
            "id": f"{conversation}|{next(self._ids)}",
            "timestamp": datetime.now(UTC).isoformat(),
            "from": {"id": "clinic", "role": "bot", "name": "Clinic"},
            "conversation": {"id": conversation},
            "text": text,
        }

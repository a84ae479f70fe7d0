"""A system of a clinic's own that takes signed messages, and answers as it is told."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web


def is_ours(headers: Mapping[str, str], body: bytes, key: bytes) -> bool:
    """Check a signature as the description of Standard Webhooks says, by itself."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")


class HookServer:
    """Keeps what it gets. `moods` says what it does with the next ones: a status, `slow`, `drops`, `garbled`, or a redirect."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.moods: list[str | int] = []
        self.tries: list[tuple[str, dict[str, Any]]] = []
        """The id of every message that came, and its content."""
        self.heard: dict[str, dict[str, Any]] = {}
        """By id, what was taken."""
        self.elsewhere = 0
        """How often a redirect was followed."""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/hook", self._receive)
        app.router.add_route("*", "/elsewhere", self._go_elsewhere)
        return app

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not is_ours(request.headers, body, self.key):
            return web.Response(status=401)
        key, content = request.headers["webhook-id"], json.loads(body)
        self.tries.append((key, content))
        mood = self.moods.pop(0) if self.moods else 200
        answers: dict[str | int, Callable[[], web.StreamResponse]] = {
            "redirect": lambda: web.Response(status=307, headers={"Location": "/elsewhere"}),
            429: lambda: web.Response(status=429, headers={"Retry-After": "60"}),
        }
        if mood == "slow":
            await asyncio.sleep(1.0)
        if mood in ("drops", 200):
            self.heard[key] = content
        if mood == "drops":
            assert request.transport
            request.transport.abort()
        return answers[mood]() if mood in answers else web.Response(status=mood if isinstance(mood, int) else 200)

    async def _go_elsewhere(self, request: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response()

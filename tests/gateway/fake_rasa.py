"""A server that speaks Rasa's internal channel, faults included. What it says is scripted by the test."""

import asyncio
from typing import Any

from aiohttp import web

WELCOME = {"text": "Welcome.", "metadata": {"kind": "dialogue"}}
ANSWER = {
    "text": "Our article says it **may** help.\n\nA 2024 trial found less leg pain.",
    "metadata": {"topic": "sciatica_disc", "title": "Sciatica", "kind": ["article", "evidence"]},
}
SUGGESTION = {
    "text": "Did you mean one of these?",
    "buttons": [{"id": "c1", "title": "Sciatica"}, {"id": "c2", "title": "Prices"}, {"id": "none", "title": "None of these"}],
    "metadata": {"kind": "dialogue"},
}


class FakeRasa:
    """Keeps conversations in memory; `fault` is one of "", "slow", "500", "alarm", "empty", "garbage", "no_list", "strange"."""

    def __init__(self) -> None:
        self.fault = ""
        self.delay_s = 0.0
        self.alarm: object = {"tier": "crisis", "category": "other", "rule": "nlu", "card": None}
        """What the fault "alarm" sends along."""
        self.script: dict[str, list[dict[str, Any]]] = {}
        self.conversations: dict[str, list[dict[str, Any]]] = {}
        self.erased: set[str] = set()
        """Ids that are never opened again, as the channel has it: 410."""
        self.said: list[dict[str, Any]] = []
        self.feedback: list[dict[str, Any]] = []
        self.model: str | None = "20261124-demo.tar.gz"
        self._replies: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def app(self) -> web.Application:
        """Return the server."""
        app = web.Application()
        base = "/webhooks/frontdesk"
        app.add_routes(
            [
                web.get(f"{base}/ready", self._ready),
                web.post(f"{base}/conversations", self._start),
                web.post(f"{base}/messages", self._say),
                web.get(f"{base}/conversations/{{id}}", self._show),
                web.delete(f"{base}/conversations/{{id}}", self._erase),
                web.post(f"{base}/conversations/{{id}}/feedback", self._feedback),
            ]
        )
        return app

    async def _misbehave(self) -> web.Response | None:
        match self.fault:
            case "slow":
                await asyncio.sleep(5)
            case "500":
                return web.json_response({"error": "broken"}, status=500)
            case "alarm":
                return web.json_response({"error": "turn_failed", "alarm": self.alarm}, status=503)
            case "empty":
                return web.json_response({"messages": []})
            case "garbage":
                return web.Response(text="<html>oops", content_type="text/html")
            case "no_list":
                return web.json_response({"messages": "hello"})
            case "strange":
                return web.json_response({"messages": [["what", "is", "this"], 7]})
        await asyncio.sleep(self.delay_s)
        return None

    async def _ready(self, request: web.Request) -> web.Response:
        return await self._misbehave() or web.json_response({"model": self.model}, status=200 if self.model else 503)

    async def _start(self, request: web.Request) -> web.Response:
        if fault := await self._misbehave():
            return fault
        conversation_id = (await request.json())["conversation_id"]
        if conversation_id in self.erased:
            return web.json_response({"error": "erased"}, status=410)
        self.conversations[conversation_id] = [{"from": "assistant", "message": WELCOME, "at": "2026-11-24T09:00:00Z"}]
        return web.json_response({"messages": [WELCOME]})

    async def _say(self, request: web.Request) -> web.Response:
        if fault := await self._misbehave():
            return fault
        body = await request.json()
        turns = self.conversations.get(body["conversation_id"])
        if turns is None:
            return self._unknown(body["conversation_id"])
        key = (body["conversation_id"], body["client_message_id"])
        if key not in self._replies:
            if body.get("choice") == "stale":
                return web.json_response({"error": "unknown_choice"}, status=409)
            self.said.append(body)
            said = body.get("text") or body["choice"]
            self._replies[key] = self.script.get(said, [ANSWER])
            turns.append({"from": "visitor", "text": said, "client_message_id": body["client_message_id"], "at": "2026-11-24T09:00:01Z"})
            turns += [{"from": "assistant", "message": message, "at": "2026-11-24T09:00:02Z"} for message in self._replies[key]]
        return web.json_response({"messages": self._replies[key]})

    async def _show(self, request: web.Request) -> web.Response:
        turns = self.conversations.get(request.match_info["id"])
        return web.json_response({"turns": turns}) if turns is not None else self._unknown(request.match_info["id"])

    async def _erase(self, request: web.Request) -> web.Response:
        turns = self.conversations.pop(request.match_info["id"], None)
        if turns is None:
            return self._unknown(request.match_info["id"])
        self.erased.add(request.match_info["id"])
        return web.json_response({"deleted": len(turns)})

    def _unknown(self, conversation_id: str) -> web.Response:
        return web.json_response({"error": "unknown_conversation"}, status=410 if conversation_id in self.erased else 404)

    async def _feedback(self, request: web.Request) -> web.Response:
        if request.match_info["id"] not in self.conversations:
            return web.json_response({}, status=404)
        body = await request.json()
        if body["topic"] != ANSWER["metadata"]["topic"]:
            return web.json_response({}, status=409)
        self.feedback.append(body)
        return web.Response(status=204)

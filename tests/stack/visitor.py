"""A visitor of the gateway over real HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from typing import Any


class Visitor:
    """One conversation."""

    def __init__(self, address: str) -> None:
        self.address = address
        status, opened = self.call("POST", "/v1/conversations", {})
        assert status == 201, opened
        self.id, self.token, self.welcome = opened["id"], opened["token"], opened["messages"]

    def say(self, text: str, *, message_id: str | None = None) -> tuple[int, dict[str, Any]]:
        return self._send({"client_message_id": message_id or uuid.uuid4().hex, "text": text})

    def choose(self, choice: str, *, message_id: str | None = None) -> tuple[int, dict[str, Any]]:
        return self._send({"client_message_id": message_id or uuid.uuid4().hex, "choice": choice})

    def reads(self, text: str) -> str:
        """Say something and return all that is read in reply."""
        status, reply = self.say(text)
        assert status == 200, reply
        return "\n".join(message.get("text", "") for message in reply["messages"])

    def transcript(self) -> tuple[int, dict[str, Any]]:
        return self.call("GET", f"/v1/conversations/{self.id}", token=self.token)

    def erase(self) -> tuple[int, dict[str, Any]]:
        return self.call("DELETE", f"/v1/conversations/{self.id}", token=self.token)

    def _send(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return self.call("POST", f"/v1/conversations/{self.id}/messages", body, token=self.token)

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.loads(reply.read() or b"{}")
        except urllib.error.HTTPError as err:
            return err.code, json.loads(err.read() or b"{}")

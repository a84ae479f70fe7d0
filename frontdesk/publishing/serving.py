"""Which model Rasa answers with at this moment: the probe after publishing."""

from __future__ import annotations

import asyncio
import time

import aiohttp

PULLED_WITHIN_S = 30.0
"""Rasa asks for a new model every three seconds, and takes a few to load one."""
_EVERY_S = 0.3


class NotServed(Exception):
    """Raised when Rasa does not answer with the model that was published; the message says what it does instead."""


class Serving:
    """Looks at a Rasa server."""

    def __init__(self, rasa_url: str, *, within_s: float = PULLED_WITHIN_S) -> None:
        """Take the address of a Rasa server on this machine or a private network, and how long it may take to change models."""
        self._ready = f"{rasa_url.rstrip('/')}/webhooks/frontdesk/ready"
        self._within_s = within_s

    async def model_id(self) -> str | None:
        """Return the id of the model that Rasa has loaded; `None` when it has none or does not answer."""
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session, session.get(self._ready) as answer:
                if answer.status != 200:
                    return None
                ready = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        return str(ready.get("model") or "") or None

    async def wait_for(self, rasa_id: str) -> float:
        """Return the seconds until Rasa answers with a model.

        Raises:
            NotServed: When it does not within the time.
        """
        started = time.monotonic()
        found = await self.model_id()
        while found != rasa_id:
            if time.monotonic() - started > self._within_s:
                instead = f"still answers with {found}" if found else "has no model or does not answer"
                raise NotServed(f"Rasa {instead} {self._within_s:.0f} s after the model was published")
            await asyncio.sleep(_EVERY_S)
            found = await self.model_id()
        return time.monotonic() - started

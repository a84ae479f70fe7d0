"""A web server of the test's own on this machine, which can be taken down and brought back at a moment's notice."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from aiohttp import web


class HasBadDays:
    """A server that can be made to misbehave: `fault` says how, and is empty on good days."""

    fault: str

    @contextmanager
    def being(self, fault: str) -> Iterator[None]:
        self.fault = fault
        try:
            yield
        finally:
            self.fault = ""


class Loopback:
    """Serves an application on a free port of 127.0.0.1."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self._listening: asyncio.Server | None = None
        self._starting: asyncio.Task[None] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Loopback:
        await self._runner.setup()
        self.come_up()
        assert self._starting
        await self._starting
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        if self._starting:
            await self._starting
        self.go_down()
        await self._runner.cleanup()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Within the block no connection can be made, and there is none from before."""
        self.go_down()
        try:
            yield
        finally:
            self.come_up()

    def go_down(self) -> None:
        if self._listening:
            self._listening.close()
            self._listening = None
        assert self._runner.server
        for connection in self._runner.server.connections:
            if connection.transport:
                connection.transport.abort()

    def come_up(self) -> None:
        # Listening is enough to be connected to; who does the listening may come a moment later.
        listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._starting = asyncio.get_running_loop().create_task(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        assert self._runner.server
        self._listening = await asyncio.get_running_loop().create_server(self._runner.server, sock=listener)


class Aside:
    """A `Loopback` in a thread of its own, for tests that wait for others without letting a loop run."""

    def __init__(self, app: web.Application) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = Loopback(app)
        self._do(self._server.__aenter__())
        self.url = self._server.url

    @contextmanager
    def down(self) -> Iterator[None]:
        """Within the block no connection can be made, and there is none from before."""
        self._do(self._call(self._server.go_down))
        try:
            yield
        finally:
            self._do(self._call(self._server.come_up))

    def close(self) -> None:
        self._do(self._server.__aexit__(None, None, None))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _call(self, what: Callable[[], None]) -> None:
        what()

    def _do(self, what: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(timeout=30)

"""The first page: what waits this morning."""

from __future__ import annotations

import asyncio

from aiohttp import web

from frontdesk.console.inbox import State
from frontdesk.console.keys import DRAFTING, INBOX, SHELF
from frontdesk.console.pages import render

routes = web.RouteTableDef()


@routes.get("/")
async def show(request: web.Request) -> web.Response:
    """Show how much waits in the inbox, what is published and what was published last."""
    inbox, history = request.app[INBOX], request.app[SHELF].history()
    # What has come in since somebody last looked waits too.
    await asyncio.to_thread(inbox.sort_in)
    return render(
        request,
        "home.html",
        waiting=inbox.counts()[State.OPEN],
        published=request.app[SHELF].published_name(),
        last=history[-1] if history else None,
        progress=request.app[DRAFTING].progress,
    )


@routes.get("/healthz")
async def healthz(_: web.Request) -> web.Response:
    """Answer while the process runs."""
    return web.Response(text="ok")

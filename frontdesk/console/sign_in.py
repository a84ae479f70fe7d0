"""Signing in and out."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from aiohttp import web

from frontdesk.console.keys import AUDIT, PEOPLE, PERSON, SESSIONS
from frontdesk.console.middleware import COOKIE, set_session
from frontdesk.console.pages import render
from frontdesk.staff.people import SignInRefused

routes = web.RouteTableDef()


@routes.get("/sign-in")
async def show(request: web.Request) -> web.Response:
    """Show the form."""
    return render(request, "sign_in.html", to=_inside(request.query.get("to", "/")), refused="")


@routes.post("/sign-in")
async def sign_in(request: web.Request) -> web.StreamResponse:
    """Let somebody in, or show the form again."""
    form = await request.post()
    name, password, code = (str(form.get(field, "")) for field in ("name", "password", "code"))
    to = _inside(str(form.get("to", "/")))
    try:
        # A check of a password takes a processor for a while.
        person = await asyncio.to_thread(request.app[PEOPLE].sign_in, name, password, code)
    except SignInRefused as err:
        return render(request, "sign_in.html", status=403, to=to, refused=str(err))
    request.app[AUDIT].note(person.name, "signed_in")
    response = web.Response(status=303, headers={"Location": to})
    set_session(request, response, request.app[SESSIONS].start(person))
    return response


@routes.post("/sign-out")
async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    request.app[SESSIONS].end(request.cookies.get(COOKIE, ""))
    request.app[AUDIT].note(request[PERSON].name, "signed_out")
    response = web.Response(status=303, headers={"Location": "/sign-in"})
    response.del_cookie(COOKIE, path="/")
    return response


def _inside(to: str) -> str:
    """Return a page of the console to go to; an address elsewhere is not followed."""
    parts = urlsplit(to)
    is_inside = not parts.scheme and not parts.netloc and to.startswith("/") and not to.startswith(("//", "/\\"))
    return to if is_inside else "/"

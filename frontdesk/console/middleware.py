"""What holds for every page of the console: who is signed in, that a form is ours, and the headers that keep browsers safe."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import traceback
from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web

from frontdesk.console.keys import FORM_KEY, PERSON, SESSIONS, SETTINGS
from frontdesk.console.pages import render
from frontdesk.staff.people import Role

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

COOKIE = "frontdesk_console"
_OPEN = ("/sign-in", "/static/", "/healthz", "/models/")
"""What needs nobody to be signed in; the models have a secret of their own."""
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}


@web.middleware
async def set_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep pages out of frames and caches, and scripts of others out of pages."""
    try:
        response = await handler(request)
    except web.HTTPException as err:
        err.headers.update(_HEADERS)
        err.headers["Cache-Control"] = "no-store"
        raise
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@web.middleware
async def show_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show what went wrong as a page; what nobody foresaw has an incident number, and the log says where it broke."""
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge as err:
        words = "Send a table in parts: rows that are missing change nothing."
        return render(request, "error.html", status=err.status, title="That is too large", message=words)
    except web.HTTPException as err:
        if err.status < 400:
            raise
        message = "" if err.text == f"{err.status}: {err.reason}" else err.text
        return render(request, "error.html", status=err.status, title=err.reason, message=message)
    except (ConnectionError, TimeoutError):
        raise
    except Exception as err:
        incident = secrets.token_hex(4)
        # Not the exception's own words: they may quote what somebody wrote.
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(err.__traceback__)[-5:]]
        log.error("page_broke", incident=incident, reason=type(err).__name__, where=where)
        return render(request, "error.html", status=500, title="Something went wrong", message=f"Nothing was changed. Incident {incident}.")


@web.middleware
async def require_person(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lead whoever is not signed in to the page for that; a form that was sent in vain is not lost, its page keeps it."""
    if request.path.startswith(_OPEN):
        return await handler(request)
    secret = request.cookies.get(COOKIE, "")
    person = request.app[SESSIONS].find(secret) if secret else None
    if person is None:
        if request.method != "GET":
            written = [(name, value) for name, value in (await request.post()).items() if isinstance(value, str) and name != "form_key"]
            return render(request, "expired.html", status=403, fields=written)
        raise web.HTTPSeeOther(f"/sign-in?to={quote(request.path_qs, safe='')}")
    request[PERSON] = person
    request[FORM_KEY] = form_key(secret)
    return await handler(request)


@web.middleware
async def require_own_form(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take what changes anything only from a page of ours: the browser says where it comes from, and the form knows the session."""
    if request.method in ("GET", "HEAD"):
        return await handler(request)
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="This form was not sent from a page of the console. Open the page again and repeat it there.")
    if PERSON in request:
        sent = (await request.post()).get("form_key")
        if not isinstance(sent, str) or not hmac.compare_digest(sent, request[FORM_KEY]):
            raise web.HTTPForbidden(text="This page is older than your session. Open it again and repeat what you did.")
    return await handler(request)


def form_key(secret: str) -> str:
    """Return what the forms of a session carry."""
    return hmac.new(secret.encode(), b"frontdesk.console.form", hashlib.sha256).hexdigest()


def require_role(request: web.Request, role: Role) -> None:
    """Refuse whoever may not do this.

    Raises:
        web.HTTPForbidden: With the role that it takes.
    """
    if not request[PERSON].role.includes(role):
        raise web.HTTPForbidden(text=f"This takes the role '{role.value}'; yours is '{request[PERSON].role.value}'.")


def set_session(request: web.Request, response: web.StreamResponse, secret: str) -> None:
    """Put a session into the browser's cookie."""
    response.set_cookie(COOKIE, secret, httponly=True, samesite="Strict", secure=request.app[SETTINGS].is_secure, path="/")


MIDDLEWARES = (set_headers, show_errors, require_person, require_own_form)
"""From the outside in."""

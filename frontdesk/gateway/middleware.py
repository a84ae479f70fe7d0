"""What holds for every request: an id, one shape of error, limits, and the headers that keep browsers safe."""

import asyncio
import json
import secrets
import time
import traceback
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from frontdesk.booking.feed import PATH as FEED_PATH
from frontdesk.booking.messages import MANAGE_PATH
from frontdesk.gateway.appointment_page import HEADERS, render_sorry
from frontdesk.gateway.errors import GatewayError, MessageTooLong
from frontdesk.gateway.keys import LETTERHEAD, LIMITS, METRICS, REQUEST_ID, SETTINGS, WORDING
from frontdesk.gateway.limits import address_key
from frontdesk.gateway.origins import is_allowed, request_origin

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}
_LIMITED = ("/v1/", MANAGE_PATH, FEED_PATH)
_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "message_too_long"}


@web.middleware
async def name_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id and log what became of it: no text, no address, no conversation."""
    request[REQUEST_ID] = secrets.token_hex(8)
    started = time.perf_counter()
    response = await handler(request)
    response.headers["X-Request-Id"] = request[REQUEST_ID]
    resource = request.match_info.route.resource
    log.info(
        "request_served",
        request_id=request[REQUEST_ID],
        method=request.method,
        route=resource.canonical if resource else None,
        status=response.status,
        ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return response


@web.middleware
async def guard_browser(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Set the security headers, and let allowed websites read the answer."""
    api = request.path.startswith("/v1/")
    origin = request.headers.get("Origin")
    allowed = is_allowed(origin, request.host, request.app[SETTINGS].origins)
    if api and request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response: web.StreamResponse = web.Response(status=204, headers=_PREFLIGHT_HEADERS if allowed else {})
    else:
        response = await handler(request)
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if api:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Vary"] = "Origin"
        if origin and allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
    return response


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into the error JSON with a sentence for the visitor."""
    try:
        return await handler(request)
    except GatewayError as err:
        return _error(request, err.status, err.code, err.detail, err.headers)
    except web.HTTPException as err:
        if err.status < 400:
            raise
        headers = {"Allow": err.headers["Allow"]} if "Allow" in err.headers else {}
        fallback = "internal" if err.status >= 500 else "invalid_body"
        return _error(request, err.status, _HTTP_CODES.get(err.status, fallback), "", headers)
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception as err:
        # The one place that catches everything. The log gets where it broke, not the exception's own words:
        # they may quote what the visitor wrote.
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(err.__traceback__)[-5:]]
        log.error("request_broke", request_id=request[REQUEST_ID], reason=type(err).__name__, where=where)
        return _error(request, 500, "internal", "", {})


@web.middleware
async def limit_address(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count requests to the API and to appointments by address, and refuse a body that says it is too large before it is read."""
    if request.path.startswith(_LIMITED):
        request.app[LIMITS].address.spend(client_key(request))
        if (request.content_length or 0) > request.app[SETTINGS].body_bytes:
            raise MessageTooLong("body")
    return await handler(request)


def client_key(request: web.Request) -> str:
    """Return what stands for the client in a limit."""
    return address_key(request.remote, request.headers.get("X-Forwarded-For", ""), request.app[SETTINGS].trusted_proxies)


def origin_of(request: web.Request) -> str | None:
    """Return the website that a request comes from."""
    return request_origin(request.headers)


def _error(request: web.Request, status: int, code: str, detail: str, headers: dict[str, str]) -> web.Response:
    metrics = request.app[METRICS]
    metrics.count("failed" if status >= 500 else "refused")
    if status == 429:
        metrics.count("limited")
    if request.path.startswith(MANAGE_PATH):
        return _error_page(request, status, code, headers)
    message = request.app[WORDING].errors[code] + (f" ({detail})" if detail and status == 400 else "")
    body = {"error": {"code": code, "message": message, "request_id": request[REQUEST_ID]}}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json", headers=headers)


def _error_page(request: web.Request, status: int, code: str, headers: dict[str, str]) -> web.Response:
    """Return the error as somebody reads it who has followed a link in a mail."""
    head = request.app[LETTERHEAD]
    page = render_sorry(head, head.words["sorry_title"], request.app[WORDING].errors[code])
    return web.Response(status=status, text=page, content_type="text/html", headers={**HEADERS, **headers})


MIDDLEWARES = (name_request, guard_browser, answer_errors, limit_address)
"""From the outside in."""

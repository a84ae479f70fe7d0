"""Views that are no part of /v1: the widget's files, the demo page, and what operators look at."""

import re

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from frontdesk.gateway.errors import AssistantUnavailable
from frontdesk.gateway.keys import ASSETS, METRICS, RASA
from frontdesk.gateway.rasa_client import RasaError

routes = web.RouteTableDef()

_GZIP = re.compile(r"(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)
"""Finds gzip in an `Accept-Encoding` that does not refuse it."""


@routes.get("/healthz")
async def show_health(request: web.Request) -> web.Response:
    """Answer that the process runs."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def show_readiness(request: web.Request) -> web.Response:
    """Answer whether Rasa has a model loaded."""
    try:
        model = await request.app[RASA].loaded_model()
    except RasaError as err:
        raise AssistantUnavailable from err
    return web.json_response({"status": "ready", "model": model})


@routes.get("/metrics")
async def show_metrics(request: web.Request) -> web.Response:
    """Answer the counters."""
    return web.Response(body=request.app[METRICS].render(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@routes.get("/")
@routes.get("/widget.js")
@routes.get("/widget/{name}")
@routes.get("/demo/{name}")
async def show_asset(request: web.Request) -> web.Response:
    """Answer one of the files; modules may be loaded by any website, since they hold no secret."""
    asset = request.app[ASSETS].get(request.path)
    if asset is None:
        raise web.HTTPNotFound
    packed = bool(_GZIP.search(request.headers.get("Accept-Encoding", "")))
    etag = f'"{asset.etag}-gzip"' if packed else f'"{asset.etag}"'
    # An address with its own version never changes what it stands for; anything else is asked for again.
    headers = {
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "Cache-Control": "public, max-age=31536000, immutable" if request.query.get("v") == asset.version else "public, max-age=300",
    }
    if asset.content_type == "text/javascript":
        headers |= {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    if etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    if packed:
        headers["Content-Encoding"] = "gzip"
    body = asset.gzipped if packed else asset.body
    return web.Response(body=body, content_type=asset.content_type, charset="utf-8", headers=headers)

"""The model that visitors meet, for Rasa's `models: url:`: asked for every few seconds, sent when it is another one.

Rasa sends the fingerprint of what it has as `If-None-Match` and takes 304 for "nothing new"
(https://rasa.com/docs/rasa/model-storage, "Load Model from Server").
"""

from __future__ import annotations

import hmac

from aiohttp import web

from frontdesk.console.keys import MODELS_SECRET, SHELF
from frontdesk.publishing.shelf import ModelNotFound

routes = web.RouteTableDef()


@routes.get("/models/published")
async def published(request: web.Request) -> web.StreamResponse:
    """Send the published model, or say that Rasa has it already."""
    if not hmac.compare_digest(request.query.get("token", ""), request.app[MODELS_SECRET]):
        raise web.HTTPForbidden(text="The token is not right.")
    try:
        model = request.app[SHELF].published()
    except ModelNotFound as err:
        raise web.HTTPNotFound(text=str(err)) from err
    if model is None:
        raise web.HTTPNotFound(text="Nothing is published yet.")
    # aiohttp compares `If-None-Match` with the file's own fingerprint and answers 304, which Rasa takes for "nothing new".
    return web.FileResponse(model.path, headers={"Content-Type": "application/gzip", "filename": model.path.name})

"""Preparing a draft, seeing what it would do, publishing it, going back."""

from __future__ import annotations

from aiohttp import web

from frontdesk.console.drafting import Busy, Stage
from frontdesk.console.keys import AUDIT, DRAFTING, PERSON, SHELF
from frontdesk.console.middleware import require_role
from frontdesk.console.pages import render
from frontdesk.publishing.publisher import PublishingRefused
from frontdesk.publishing.shelf import ShelfError
from frontdesk.staff.people import Role

routes = web.RouteTableDef()


@routes.get("/publish")
async def show(request: web.Request) -> web.Response:
    """Show what is published, the draft, and the history."""
    return _page(request)


@routes.get("/publish/progress")
async def progress(request: web.Request) -> web.Response:
    """Show the part of the page that changes while a draft is prepared."""
    return render(request, "publish_progress.html", progress=request.app[DRAFTING].progress, published=_published_name(request))


@routes.post("/publish/draft")
async def prepare(request: web.Request) -> web.StreamResponse:
    """Begin to prepare a draft."""
    try:
        request.app[DRAFTING].start(request[PERSON].name)
    except Busy as err:
        return _page(request, status=409, problem=str(err))
    request.app[AUDIT].note(request[PERSON].name, "draft_begun")
    raise web.HTTPSeeOther("/publish")


@routes.post("/publish/away")
async def put_away(request: web.Request) -> web.StreamResponse:
    """Forget the draft."""
    request.app[DRAFTING].put_away()
    raise web.HTTPSeeOther("/publish")


@routes.post("/publish")
async def publish(request: web.Request) -> web.StreamResponse:
    """Let visitors meet the draft that was looked at, and no other."""
    require_role(request, Role.PUBLISHER)
    form, drafting = await request.post(), request.app[DRAFTING]
    draft = drafting.progress.draft
    if drafting.progress.stage is not Stage.READY or draft is None or form.get("model") != draft.model.name:
        return _page(request, status=409, problem="The draft that you looked at is not there any more. Look at the new one first.")
    try:
        entry = await drafting.publisher.publish(draft, by=request[PERSON].name, note=str(form.get("note", "")))
    except (PublishingRefused, ShelfError, OSError) as err:
        return _page(request, status=409, problem=str(err))
    request.app[AUDIT].note(request[PERSON].name, "published", entry.model)
    drafting.put_away()
    raise web.HTTPSeeOther("/publish")


@routes.post("/publish/back")
async def roll_back(request: web.Request) -> web.StreamResponse:
    """Let visitors meet the model before again."""
    require_role(request, Role.PUBLISHER)
    form = await request.post()
    try:
        entry = await request.app[DRAFTING].publisher.roll_back(by=request[PERSON].name, note=str(form.get("note", "")))
    except (PublishingRefused, ShelfError, OSError) as err:
        return _page(request, status=409, problem=str(err))
    request.app[AUDIT].note(request[PERSON].name, "rolled_back", entry.model)
    raise web.HTTPSeeOther("/publish")


def _page(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    history = list(reversed(request.app[SHELF].history()))[:50]
    return render(
        request,
        "publish.html",
        status=status,
        problem=problem,
        progress=request.app[DRAFTING].progress,
        published=_published_name(request),
        history=history,
        may_publish=request[PERSON].role.includes(Role.PUBLISHER),
    )


def _published_name(request: web.Request) -> str | None:
    return request.app[SHELF].published_name()

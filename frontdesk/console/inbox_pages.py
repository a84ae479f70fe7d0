"""The inbox as pages: what was not answered well, and what is done about it in one click."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web

from frontdesk.console.inbox import PAGE, Decided, GroupGone, State, wording
from frontdesk.console.keys import AUDIT, DESK, INBOX, PERSON, TOPICS
from frontdesk.console.pages import render
from frontdesk.console.topics import git_author
from frontdesk.faq.editing import EditingError, TopicConflict, TopicFolder

routes = web.RouteTableDef()


@routes.get("/inbox")
async def show(request: web.Request) -> web.Response:
    """Show the groups in a state, worst first."""
    inbox, state, number = request.app[INBOX], _state(request.query.get("state", State.OPEN)), _number(request.query.get("page", "1"))
    await asyncio.to_thread(inbox.sort_in)
    page = await asyncio.to_thread(inbox.page, state, number)
    pages = -(-page.total // PAGE)
    return render(request, "inbox.html", page=page, pages=pages, state=state, counts=inbox.counts(), names=wording()["states"])


@routes.get(r"/inbox/{id:\d+}")
async def show_group(request: web.Request) -> web.Response:
    """Show the messages of a group, and what can be done about it."""
    return _group(request)


@routes.post(r"/inbox/{id:\d+}/topic")
async def assign(request: web.Request) -> web.StreamResponse:
    """Add the group's messages to a topic as examples, and call the group done."""
    form, group_id = await request.post(), int(request.match_info["id"])
    topic, person = str(form.get("topic", "")), request[PERSON].name
    folder = request.app[TOPICS]
    if topic not in folder.names():
        return _group(request, status=400, problem=f"There is no topic '{topic}'. Choose one of the list.")
    try:
        decided = request.app[INBOX].assign(group_id, topic, person)
    except GroupGone as err:
        raise web.HTTPNotFound(text=str(err)) from err
    try:
        await asyncio.to_thread(_add_examples, folder, decided, person)
    except (EditingError, OSError) as err:
        # What was not added is not done.
        request.app[INBOX].set_aside(group_id, State.OPEN, person)
        return _group(request, status=409, problem=str(err))
    request.app[AUDIT].note(person, "inbox_assigned", topic)
    return render(request, "inbox_assigned.html", topic=topic, examples=decided.examples)


@routes.post(r"/inbox/{id:\d+}/aside")
async def set_aside(request: web.Request) -> web.StreamResponse:
    """Call the group out of scope or not useful, or open it again."""
    form, group_id = await request.post(), int(request.match_info["id"])
    state = _state(str(form.get("state", "")))
    if state in (State.ASSIGNED, State.NEW_TOPIC):
        raise web.HTTPBadRequest(text="Choose a topic for that.")
    try:
        request.app[INBOX].set_aside(group_id, state, request[PERSON].name)
    except GroupGone as err:
        raise web.HTTPNotFound(text=str(err)) from err
    request.app[AUDIT].note(request[PERSON].name, f"inbox_{state}", str(group_id))
    raise web.HTTPSeeOther("/inbox")


def _add_examples(folder: TopicFolder, decided: Decided, person: str) -> None:
    """Add examples to a topic; whoever saves it at the same moment is not overwritten.

    Raises:
        EditingError: When it cannot be done.
    """
    for last in (False, True):
        there = folder.open(str(decided.topic))
        known = {example.casefold() for example in there.draft.examples}
        new = tuple(example for example in decided.examples if example.casefold() not in known)
        try:
            folder.save(
                there.name, replace(there.draft, examples=(*there.draft.examples, *new)), there.fingerprint, author=git_author(person)
            )
        except TopicConflict:
            if last:
                raise
        else:
            return


def _group(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    inbox, group_id = request.app[INBOX], int(request.match_info["id"])
    try:
        group = inbox.group(group_id)
    except GroupGone as err:
        raise web.HTTPNotFound(text=str(err)) from err
    # A file that is broken is no place for an example; the list of topics names it.
    topics = [(entry.name, entry.title) for entry in request.app[DESK].entries() if entry.there]
    messages = inbox.messages(group_id)
    # What was offered or answered is most likely what it should have been.
    likely = [name for message in messages for name in (*message.suggestions, *message.topics)]
    topics.sort(key=lambda entry: (entry[0] not in likely, entry[1]))
    return render(
        request,
        "inbox_group.html",
        status=status,
        problem=problem,
        group=group,
        messages=messages,
        topics=topics,
        names=wording()["states"],
    )


def _state(value: str) -> State:
    try:
        return State(value)
    except ValueError:
        raise web.HTTPBadRequest(text="There is no such part of the inbox.") from None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 1

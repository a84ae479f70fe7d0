"""Topics as pages: the list, one topic with help while it is written, and a new one."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from frontdesk.console.inbox import GroupGone
from frontdesk.console.insights import load_insights
from frontdesk.console.keys import AUDIT, DESK, INBOX, PERSON, RECORD, SETTINGS, TOPICS
from frontdesk.console.pages import render, sentence
from frontdesk.console.topic_forms import PARTS, Difference, Fields, claims_of, differences, draft_of, fields_of, read_fields, sources_of
from frontdesk.console.topic_preview import preview_of
from frontdesk.console.topics import MARKS, USE_DAYS, choose_topics, git_author, list_topics
from frontdesk.editing.errors import not_saved_yet
from frontdesk.faq.editing import Draft, EditingError, NameRefused, OpenTopic, TopicConflict, TopicNotFound, TopicUnreadable
from frontdesk.faq.writing_help import Hint
from frontdesk.text.kinds import KINDS
from frontdesk.text.redaction import KINDS as TAKEN_OUT

routes = web.RouteTableDef()

# A topic's name has no dash, so that what has one is none.
_NEW = "/topics/new-topic"
TOPIC = r"/topics/{name:[a-z][a-z0-9_]*}"
"""Where a topic is."""
_FIRST_REVIEW = dt.timedelta(days=182)
_MOST_USES = 1_000
"""Topics that are looked up in the counts, those that are gone included."""


@dataclass(frozen=True)
class _Editor:
    """What the page of one topic shows."""

    name: str
    fields: Fields
    seen: str = ""
    """Fingerprint of the file that was opened; empty for a topic that is new."""
    before: Draft | None = None
    """What the file says."""
    group: str = ""
    """Of the inbox, from which a new topic is started."""
    problem: str = ""
    hints: Sequence[Hint] | None = None
    """`None` when nobody has looked yet."""
    file_problems: tuple[str, ...] = ()
    theirs: tuple[Difference, ...] = ()
    """Where what somebody else has saved meanwhile differs."""


# The list


@routes.get("/topics")
async def show_list(request: web.Request) -> web.Response:
    """Show the topics that hold some words and are of a kind."""
    chosen = {name: request.query.get(name, "") for name in ("words", "kind", "owner", "mark")}
    entries = await asyncio.to_thread(request.app[DESK].entries)
    record = request.app[RECORD]
    today = record.today()
    insights = await asyncio.to_thread(load_insights, record, today - dt.timedelta(days=USE_DAYS - 1), today, _MOST_USES)
    rows = list_topics(entries, insights.topics, today)
    marked = Counter(mark for row in rows for mark in row.marks)
    return render(
        request,
        "topics.html",
        rows=choose_topics(rows, **chosen),
        total=len(rows),
        chosen=chosen,
        kinds=KINDS,
        owners=sorted({row.entry.there.draft.owner for row in rows if row.entry.there}),
        marks=[(mark, name, marked[mark]) for mark, name in MARKS.items() if marked[mark] or mark == chosen["mark"]],
        names=MARKS,
        days=USE_DAYS,
    )


# One topic


@routes.get(TOPIC)
async def show_topic(request: web.Request) -> web.Response:
    """Show one topic, to be changed."""
    name = request.match_info["name"]
    try:
        there = await asyncio.to_thread(open_topic, request, name)
    except TopicUnreadable as err:
        return render(request, "topic_broken.html", status=409, name=name, problems=[problem.render() for problem in err.problems])
    problems = tuple(f"line {problem.line}: {problem.message}" for problem in there.problems)
    return await _editor(request, _Editor(name, fields_of(there.draft), there.fingerprint, there.draft, file_problems=problems))


@routes.post(TOPIC)
async def save(request: web.Request) -> web.StreamResponse:
    """Save a topic, or only look it through when it was asked for by "Check"."""
    name, form = request.match_info["name"], await request.post()
    typed = _Editor(name, read_fields(form), str(form.get("seen", "")))
    try:
        there = await asyncio.to_thread(open_topic, request, name)
    except web.HTTPNotFound:
        return await _lost(request, typed)
    except EditingError as err:
        return await _editor(request, replace(typed, problem=str(err)), status=409)
    typed = replace(typed, before=there.draft)
    draft, wrong = draft_of(typed.fields, there.draft)
    if "check" in form:
        return await _editor(request, replace(typed, hints=await _look_through(request, typed)))
    if there.fingerprint != typed.seen:
        return await _conflict(request, typed, draft, there)
    wrong += await asyncio.to_thread(request.app[DESK].refusals, name, draft, there.draft, request.app[RECORD].today())
    if wrong:
        return await _editor(request, replace(typed, problem=not_saved_yet(len(wrong)), hints=wrong), status=422)
    try:
        saved = await asyncio.to_thread(request.app[TOPICS].save, name, draft, typed.seen, author=git_author(request[PERSON].name))
    except TopicConflict as err:
        return await (_conflict(request, typed, draft, err.theirs) if err.theirs else _lost(request, typed))
    except EditingError as err:
        return await _editor(request, replace(typed, problem=str(err)), status=409)
    if saved.names:
        request.app[AUDIT].note(request[PERSON].name, "topic_saved", name)
    told = ["yes" if saved.names else "same"]
    told += ["unsigned"] if saved.signature_withdrawn else []
    told += ["uncommitted"] if saved.not_committed else []
    raise web.HTTPSeeOther(f"/topics/{name}?saved={'+'.join(told)}")


@routes.post(f"{TOPIC}/hints")
async def help_topic(request: web.Request) -> web.Response:
    """Return what to look at in what is typed so far, and its preview, as parts of the page."""
    name, fields = request.match_info["name"], read_fields(await request.post())
    try:
        before = (await asyncio.to_thread(open_topic, request, name)).draft
    except (EditingError, web.HTTPNotFound):
        before = None
    return await _help(request, _Editor(name, fields, before=before))


# A new topic


@routes.get(_NEW)
async def show_new(request: web.Request) -> web.Response:
    """Show an empty topic, or one that begins with the questions of a group of the inbox."""
    today, group = request.app[RECORD].today(), request.query.get("group", "")
    fields = Fields(
        examples="\n".join(_questions_of(request, group)),
        owner=await asyncio.to_thread(_usual_owner, request),
        reviewed=today.isoformat(),
        review_by=(today + _FIRST_REVIEW).isoformat(),
    )
    return await _editor(request, _Editor("", fields, group=group))


@routes.post(_NEW)
async def add(request: web.Request) -> web.StreamResponse:
    """Make a new topic, or only look it through."""
    form = await request.post()
    name, group = str(form.get("name", "")).strip(), str(form.get("group", ""))
    typed = _Editor(name, read_fields(form), group=group)
    draft, wrong = draft_of(typed.fields)
    if "check" in form:
        return await _editor(request, replace(typed, hints=await _look_through(request, typed)))
    try:
        request.app[TOPICS].path(name)
    except NameRefused as err:
        return await _editor(request, replace(typed, problem=str(err)), status=422)
    wrong += await asyncio.to_thread(request.app[DESK].refusals, name, draft, None, request.app[RECORD].today())
    if wrong:
        return await _editor(request, replace(typed, problem=not_saved_yet(len(wrong)), hints=wrong), status=422)
    person = request[PERSON].name
    try:
        saved = await asyncio.to_thread(request.app[TOPICS].add, name, draft, author=git_author(person))
    except EditingError as err:
        return await _editor(request, replace(typed, problem=str(err)), status=409)
    request.app[AUDIT].note(person, "topic_added", name)
    if group.isdecimal():
        # Its messages may have been purged while the topic was written; then there is nothing left to mark as done.
        with contextlib.suppress(GroupGone):
            request.app[INBOX].start_topic(int(group), name, person)
    raise web.HTTPSeeOther(f"/topics/{name}?saved=new{'+uncommitted' if saved.not_committed else ''}")


@routes.post(f"{_NEW}/hints")
async def help_new(request: web.Request) -> web.Response:
    """Return what to look at in a topic that is not there yet."""
    form = await request.post()
    return await _help(request, _Editor(str(form.get("name", "")).strip(), read_fields(form)))


# The chat window's own code, for the preview


@routes.get(r"/widget/{name:[a-z_]+\.js}")
async def show_module(request: web.Request) -> web.StreamResponse:
    """Serve a module of the chat window, so that an answer is shown by what shows it to visitors."""
    path = request.app[SETTINGS].widget_dir / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path)


def open_topic(request: web.Request, name: str) -> OpenTopic:
    """Open a topic.

    Raises:
        web.HTTPNotFound: When there is none, also when no topic can have the name.
        TopicUnreadable: When its file is broken.
    """
    try:
        return request.app[TOPICS].open(name)
    except (NameRefused, TopicNotFound) as err:
        raise web.HTTPNotFound(text=sentence(str(err))) from err


async def _editor(request: web.Request, typed: _Editor, *, status: int = 200) -> web.Response:
    desk = request.app[DESK]
    draft, _ = draft_of(typed.fields, typed.before)
    clinic = request.app[SETTINGS].project / "clinic"
    ledger, entries, preview = await asyncio.to_thread(lambda: (desk.ledger(), desk.entries(), preview_of(draft, clinic)))
    return render(
        request,
        "topic.html",
        status=status,
        editor=typed,
        fields=typed.fields,
        is_new=not typed.seen,
        problem=sentence(typed.problem),
        parts=PARTS,
        kinds=KINDS,
        labels=preview.replies.labels,
        claims=claims_of(ledger, typed.fields),
        sources=sources_of(ledger, typed.fields),
        owners=sorted({entry.there.draft.owner for entry in entries if entry.there}),
        preview=preview,
        saved=request.query.get("saved", "").split() if request.method == "GET" else (),
    )


async def _help(request: web.Request, typed: _Editor) -> web.Response:
    found = await _look_through(request, typed)
    draft, _ = draft_of(typed.fields, typed.before)
    clinic = request.app[SETTINGS].project / "clinic"
    preview = await asyncio.to_thread(preview_of, draft, clinic)
    return render(
        request,
        "topic_help.html",
        hints=found,
        parts=PARTS,
        fields=typed.fields,
        kinds=KINDS,
        labels=preview.replies.labels,
        preview=preview,
    )


async def _look_through(request: web.Request, typed: _Editor) -> list[Hint]:
    draft, wrong = draft_of(typed.fields, typed.before)
    return wrong + await asyncio.to_thread(request.app[DESK].hints, typed.name or "a_new_topic", draft, request.app[RECORD].today())


async def _conflict(request: web.Request, typed: _Editor, mine: Draft, theirs: OpenTopic) -> web.Response:
    """Show what was typed beside what somebody else has saved; saved again, it takes the place of theirs."""
    problem = "somebody else has saved this topic since you opened it; nothing is lost, both versions are below"
    shown = replace(typed, seen=theirs.fingerprint, before=theirs.draft, problem=problem, theirs=tuple(differences(theirs.draft, mine)))
    return await _editor(request, shown, status=409)


async def _lost(request: web.Request, typed: _Editor) -> web.Response:
    """Show what was typed as a new topic, for the one that it belongs to is gone."""
    problem = f"'{typed.name}' was renamed or retired by somebody else; what you wrote is below, to be added as a new topic or copied"
    return await _editor(request, replace(typed, seen="", problem=problem), status=409)


def _questions_of(request: web.Request, group: str) -> list[str]:
    """Return the different messages of a group of the inbox, without those from which something was taken out."""
    if not group.isdecimal():
        return []
    messages = request.app[INBOX].messages(int(group))
    # The latest come first, and of those that are the same the oldest is kept.
    different = {message.text.casefold().strip(" .?!"): message.text for message in messages}
    return [text for text in reversed(different.values()) if not any(f"[{kind}]" in text for kind in TAKEN_OUT)]


def _usual_owner(request: web.Request) -> str:
    owners = Counter(entry.there.draft.owner for entry in request.app[DESK].entries() if entry.there)
    return owners.most_common(1)[0][0] if owners else ""

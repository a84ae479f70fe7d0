"""The clinic's facts as a page: a field for each, and every answer that uses one as visitors would read it."""

from __future__ import annotations

import asyncio
import re
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from aiohttp import web

from frontdesk.console.fact_forms import (
    KNOWN,
    MADE_UP,
    REAL,
    UNKNOWN,
    Difference,
    Fields,
    differences,
    facts_of,
    fields_of,
    merge,
    read_fields,
)
from frontdesk.console.fact_uses import find_elsewhere, find_uses, show_uses
from frontdesk.console.keys import AUDIT, DESK, FACTS, PERSON, RECORD, SETTINGS
from frontdesk.console.pages import render, sentence
from frontdesk.console.topics import git_author
from frontdesk.editing import ChangeRefused, EditingError, FileUnreadable
from frontdesk.practice import load_facts
from frontdesk.practice.checks import REQUIRED
from frontdesk.practice.editing import Facts, FactsConflict, OpenFacts, differing, practice_of
from frontdesk.practice.hours import DAYS, is_iso_date
from frontdesk.text.problem import Problem

routes = web.RouteTableDef()

_SECTIONS = {
    "clinic": "The clinic",
    "contact": "Contact",
    "hours": "Opening hours and holidays",
    "access": "Getting here",
    "team": "The team",
    "services": "Services",
    "ages": "Ages",
    "visit": "A visit",
    "needles": "Needles",
    "prices": "Prices",
    "insurance": "Insurance",
    "policies": "Policies",
    "privacy": "Privacy",
}
_MORE_HOLIDAYS = 3
"""Empty lines below those that are there."""
_NAMED = re.compile(r"'([a-z_]+(?:\.[a-z_]+)?)'")
"""The fact that a problem is about."""


@dataclass(frozen=True)
class _Form:
    """What the page shows."""

    fields: Fields
    seen: str
    """Fingerprint of the file that was opened."""
    facts: Facts
    """What the file says."""
    problem: str = ""
    wrong: tuple[Problem, ...] = ()
    """What must be mended before it can be saved."""
    theirs: tuple[Difference, ...] = ()
    """What others have saved meanwhile."""
    is_preview: bool = False


@routes.get("/facts")
async def show(request: web.Request) -> web.Response:
    """Show the facts, to be changed."""
    try:
        there = await asyncio.to_thread(request.app[FACTS].open)
    except FileUnreadable as err:
        return render(request, "facts_broken.html", status=409, problems=[problem.render() for problem in err.problems])
    return await _page(request, _Form(fields_of(there.facts), there.fingerprint, there.facts))


@routes.post("/facts")
async def save(request: web.Request) -> web.StreamResponse:
    """Save the facts, or only show what they would change when that was asked for by "Preview"."""
    form, file = await request.post(), request.app[FACTS]
    seen = str(form.get("seen", ""))
    try:
        there = await asyncio.to_thread(file.open)
    except FileUnreadable as err:
        opened = file.seen(seen)
        facts = opened.facts if opened else {}
        return await _page(request, _Form(read_fields(form, fields_of(facts)), seen, facts, problem=str(err)), status=409)
    opened = file.seen(seen) or there
    typed = _Form(read_fields(form, fields_of(opened.facts)), seen, opened.facts)
    if seen != there.fingerprint:
        return await _conflict(request, typed, there)
    facts = facts_of(typed.fields, there.facts)
    if "preview" in form:
        return await _page(request, replace(typed, is_preview=True))
    person, today = request[PERSON].name, request.app[RECORD].today()
    try:
        written = await asyncio.to_thread(file.save, facts, seen, today, author=git_author(person))
    except FactsConflict as err:
        return await _conflict(request, typed, err.theirs)
    except ChangeRefused as err:
        return await _page(request, replace(typed, problem=str(err), wrong=err.problems, is_preview=True), status=422)
    except EditingError as err:
        return await _page(request, replace(typed, problem=str(err)), status=409)
    if written.is_changed:
        request.app[AUDIT].note(person, "facts_saved", ", ".join(differing(there.facts, facts)))
    raise web.HTTPSeeOther(f"/facts?saved={'yes' if written.is_changed else 'same'}{'+uncommitted' if written.not_committed else ''}")


async def _conflict(request: web.Request, typed: _Form, there: OpenFacts) -> web.Response:
    """Show what others have saved beside what was typed; saved again, what was typed takes its place where both differ."""
    # Of what was opened before this process started nobody knows how it was, so that all of it counts as typed.
    known = request.app[FACTS].seen(typed.seen)
    opened = fields_of(known.facts) if known else dict.fromkeys(typed.fields, ())
    theirs = fields_of(there.facts)
    found = tuple(differences(opened, typed.fields, theirs))
    problem = "somebody else has saved the facts since you opened them; nothing is lost, both versions are below"
    shown = _Form(merge(opened, typed.fields, theirs), there.fingerprint, there.facts, problem=problem, theirs=found)
    return await _page(request, shown, status=409)


async def _page(request: web.Request, form: _Form, *, status: int = 200) -> web.Response:
    root = request.app[SETTINGS].project

    def look() -> tuple[Any, ...]:
        uses = find_uses(request.app[DESK].entries(), root / "data")
        now, then = practice_of(form.facts), practice_of(facts_of(form.fields, form.facts))
        return show_uses(uses, now, then), find_elsewhere(root / "clinic"), _worth_a_look(request)

    shown, elsewhere, warnings = await asyncio.to_thread(look)
    used: dict[str, list[Any]] = {}
    for one in shown:
        for name in one.use.facts:
            used.setdefault(name, []).append(one.use)
    wrong: dict[str, list[str]] = {}
    for problem in form.wrong:
        named = _NAMED.match(problem.message)
        wrong.setdefault(named[1] if named and named[1] in form.fields else "", []).append(problem.message)
    facts = load_facts()
    return render(
        request,
        "facts.html",
        status=status,
        form=form,
        fields=form.fields,
        problem=sentence(form.problem),
        wrong=wrong,
        sections=[(_SECTIONS.get(name, name), [facts[one] for one in names]) for name, names in _by_section(facts)],
        unknown=[name for name in facts if _is_unknown(form.fields[name])],
        days=DAYS,
        required=REQUIRED,
        holidays=_pairs(form.fields["hours.holidays"]),
        is_iso_date=is_iso_date,
        zones=_zones(form.fields["hours.time_zone"][0]),
        shown=shown,
        used=used,
        elsewhere=elsewhere,
        warnings=warnings,
        words={"known": KNOWN, "unknown": UNKNOWN, "made_up": MADE_UP, "real": REAL},
        saved=request.query.get("saved", "").split() if request.method == "GET" else (),
    )


def _worth_a_look(request: web.Request) -> list[str]:
    """Return what the check remarks on the file as it is."""
    try:
        return [problem.message for problem in request.app[FACTS].problems(request.app[RECORD].today())]
    except EditingError:
        return []


def _by_section(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    return [(section, list(group)) for section, group in groupby(names, key=lambda name: name.split(".")[0])]


def _is_unknown(texts: Sequence[str]) -> bool:
    return texts[:1] == (UNKNOWN,) or not any(text.strip() for text in texts)


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    return [*zip(texts[::2], texts[1::2], strict=False), *[("", "")] * _MORE_HOLIDAYS]


def _zones(chosen: str) -> list[tuple[str, list[str]]]:
    """Return the time zones of the world by continent; the one that is chosen is among them, whatever it is."""
    names = {name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix", "right"))}
    ordered = sorted(names | ({chosen} if chosen else set()))
    return [(continent, list(group)) for continent, group in groupby(ordered, key=lambda name: name.split("/")[0])]

"""Safety texts as pages: what visitors in need read and after which rules, and changes of it, which take two people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from aiohttp import web

from frontdesk.console.keys import AUDIT, CARDS, PERSON, PROPOSALS, RECORD, SAFETY
from frontdesk.console.middleware import require_role
from frontdesk.console.pages import render, sentence
from frontdesk.console.topics import git_author
from frontdesk.database import StoreUnavailable
from frontdesk.editing import EditingError, FileUnreadable
from frontdesk.editing.tidying import tidy_line, tidy_text
from frontdesk.safety import Rule
from frontdesk.safety.editing import OpenCards, SafetyText, TextChanged
from frontdesk.safety.sign_off import Signature
from frontdesk.staff.people import Role
from frontdesk.staff.proposals import Proposal, ProposalError, ProposalGone, State
from frontdesk.text.differences import compare_words
from frontdesk.text.kinds import TIERS
from frontdesk.text.problem import Problem

routes = web.RouteTableDef()

_TEXT = r"/safety/{text:(?:tiers|variants)\.[a-z0-9_]+\.(?:text|replaces|adds)}"
_PROPOSAL = r"/safety/proposals/{number:\d{1,9}}"
_LONGEST = 4000
"""Characters of a text; the longest that there is has a quarter of it."""


@dataclass(frozen=True)
class _Typed:
    """What stands in the form for a new text."""

    after: str
    seen: str
    """The text as it was when the page was opened."""
    note: str = ""
    problem: str = ""
    wrong: tuple[Problem, ...] = ()
    theirs: str | None = None
    """What stands in the file now, when that is another text than was seen."""


@routes.get("/safety")
async def show(request: web.Request) -> web.Response:
    """Show the texts and the rules, with their signatures, and what waits for a second person."""
    cards = await _open(request)
    if isinstance(cards, web.Response):
        return cards
    found = await asyncio.to_thread(request.app[SAFETY].rules)
    today = request.app[RECORD].today()
    proposals = request.app[PROPOSALS]
    ordered = sorted(found.rules, key=lambda rule: rule.category)

    def lacks(rule: Rule) -> str:
        return Signature(rule.reviewed_by, rule.reviewed_on).lacks(today, cards.review_days)

    return render(
        request,
        "safety.html",
        texts=[(text, cards.rules_of(text, found.rules), text.signature.lacks(today, cards.review_days)) for text in cards.texts.values()],
        names={text.id: _title(text) for text in cards.texts.values()},
        categories=[(category, list(rules)) for category, rules in groupby(ordered, key=lambda rule: rule.category)],
        rules_problem=found.problem,
        count=len(ordered),
        lacks=lacks,
        tiers=TIERS,
        open=[(proposal, _state(proposal, cards)) for proposal in proposals.open()],
        decided=proposals.decided(),
    )


@routes.get(_TEXT)
async def show_text(request: web.Request) -> web.Response:
    """Show one text as visitors read it, and a form to propose another."""
    cards = await _open(request)
    if isinstance(cards, web.Response):
        return cards
    text = _find(request, cards)
    return await _text_page(request, cards, text, _Typed(text.text, text.text))


@routes.post(f"{_TEXT}/propose")
async def propose(request: web.Request) -> web.StreamResponse:
    """Keep a new text until somebody else has decided on it; nothing changes for visitors."""
    form = await request.post()
    typed = _Typed(_lines(form.get("after")), _lines(form.get("seen")), tidy_line(str(form.get("note", ""))))
    try:
        cards = await asyncio.to_thread(request.app[CARDS].open)
    except FileUnreadable as err:
        raise web.HTTPConflict(text=f"{err}. What you wrote: {typed.after}") from err
    text = cards.texts.get(request.match_info["text"])
    if text is None:
        raise web.HTTPConflict(text=f"This text is not in the file any more. What you wrote: {typed.after}")
    after = tidy_text(typed.after)

    async def again(status: int, problem: str, wrong: Sequence[Problem] = (), theirs: str | None = None) -> web.Response:
        seen = text.text if theirs is not None else typed.seen
        shown = _Typed(typed.after, seen, typed.note, problem, tuple(wrong), theirs)
        return await _text_page(request, cards, text, shown, status=status)

    if text.text != typed.seen:
        return await again(
            409, "The text was changed since you opened it. Nothing is lost: yours is in the form, theirs above it.", (), text.text
        )
    if after in ("", text.text):
        return await again(
            422, "That is the text of now. Change it first." if after else "A card without words helps nobody. Write the text."
        )
    if len(after) > _LONGEST:
        return await again(422, f"That is too long for somebody in need: {len(after)} characters, {_LONGEST} at most.")
    try:
        wrong = await asyncio.to_thread(request.app[CARDS].refusals, text.id, after, request.app[RECORD].today())
    except EditingError as err:
        return await again(409, sentence(str(err)))
    if wrong:
        return await again(422, "It is not proposed yet, for something must be mended first.", wrong)
    person = request[PERSON].name
    made = request.app[PROPOSALS].propose(text.id, text.text, after, person, typed.note)
    request.app[AUDIT].note(person, "safety_text_proposed", _subject(made))
    raise web.HTTPSeeOther(f"/safety/proposals/{made.id}?now=proposed")


@routes.get(_PROPOSAL)
async def show_proposal(request: web.Request) -> web.Response:
    """Show a proposal word by word, to be approved or declined by somebody else."""
    return await _proposal_page(request)


@routes.post(f"{_PROPOSAL}/approve")
async def approve(request: web.Request) -> web.StreamResponse:
    """Put a proposed text in its place, without the signature of the one before."""
    require_role(request, Role.PUBLISHER)
    number, person, today = int(request.match_info["number"]), request[PERSON].name, request.app[RECORD].today()

    proposals, cards = request.app[PROPOSALS], request.app[CARDS]

    def put() -> Proposal:
        proposal = proposals.approvable(number, person)
        note, author = f"Proposed by {proposal.by}. {proposal.note}".strip(), git_author(person)
        within = proposals.approving(number, person)
        cards.save(proposal.subject, proposal.before, proposal.after, today, author=author, note=note, within=within)
        return proposal

    try:
        proposal = await asyncio.to_thread(put)
    except ProposalGone as err:
        raise web.HTTPNotFound(text=sentence(str(err))) from err
    except TextChanged:
        return await _proposal_page(request, status=409, problem="The text in the file is another one by now, so this cannot be approved.")
    except StoreUnavailable:
        problem = "It could not be noted that this is approved. Look at the text of now: if it is the new one already, decline this."
        return await _proposal_page(request, status=409, problem=problem)
    except (ProposalError, EditingError) as err:
        wrong = getattr(err, "problems", ())
        return await _proposal_page(request, status=409, problem=sentence(str(err)), wrong=wrong)
    request.app[AUDIT].note(person, "safety_text_approved", _subject(proposal))
    raise web.HTTPSeeOther(f"/safety/proposals/{number}?now=approved")


@routes.post(f"{_PROPOSAL}/decline")
async def decline(request: web.Request) -> web.StreamResponse:
    """Leave the text as it is."""
    require_role(request, Role.PUBLISHER)
    form, number = await request.post(), int(request.match_info["number"])
    return await _decide(request, "declined", lambda by: request.app[PROPOSALS].decline(number, by, tidy_line(str(form.get("reason", "")))))


@routes.post(f"{_PROPOSAL}/withdraw")
async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take one's own proposal back."""
    number = int(request.match_info["number"])
    return await _decide(request, "withdrawn", lambda by: request.app[PROPOSALS].withdraw(number, by))


async def _decide(request: web.Request, what: str, decide: Callable[[str], Proposal]) -> web.StreamResponse:
    person = request[PERSON].name
    try:
        proposal = decide(person)
    except ProposalGone as err:
        raise web.HTTPNotFound(text=sentence(str(err))) from err
    except ProposalError as err:
        return await _proposal_page(request, status=409, problem=sentence(str(err)))
    request.app[AUDIT].note(person, f"safety_text_{what}", _subject(proposal))
    raise web.HTTPSeeOther(f"/safety/proposals/{proposal.id}?now={what}")


async def _open(request: web.Request) -> OpenCards | web.Response:
    """Return the cards, or the page that says what is wrong with their file."""
    try:
        return await asyncio.to_thread(request.app[CARDS].open)
    except FileUnreadable as err:
        return render(request, "safety_broken.html", status=409, problems=[problem.render() for problem in err.problems])


def _find(request: web.Request, cards: OpenCards) -> SafetyText:
    text = cards.texts.get(request.match_info["text"])
    if text is None:
        raise web.HTTPNotFound(text="There is no such safety text.")
    return text


async def _text_page(request: web.Request, cards: OpenCards, text: SafetyText, typed: _Typed, *, status: int = 200) -> web.Response:
    desk = request.app[SAFETY]
    found, shown = await asyncio.to_thread(lambda: (desk.rules(), desk.show(cards, text)))
    return render(
        request,
        "safety_text.html",
        status=status,
        text=text,
        title=_title(text),
        rules=cards.rules_of(text, found.rules),
        lacks=text.signature.lacks(request.app[RECORD].today(), cards.review_days),
        shown=shown,
        typed=typed,
        waiting=[proposal for proposal in request.app[PROPOSALS].open() if proposal.subject == text.id],
        longest=_LONGEST,
    )


async def _proposal_page(request: web.Request, *, status: int = 200, problem: str = "", wrong: Sequence[Problem] = ()) -> web.Response:
    try:
        proposal = request.app[PROPOSALS].get(int(request.match_info["number"]))
    except ProposalGone as err:
        raise web.HTTPNotFound(text=sentence(str(err))) from err
    cards = await _open(request)
    if isinstance(cards, web.Response):
        return cards
    text, desk = cards.texts.get(proposal.subject), request.app[SAFETY]
    shown = None
    if text and proposal.state is State.OPEN:
        shown = await asyncio.to_thread(lambda: (desk.show(cards, text), desk.show(cards, text, proposal.after)))
    is_own = proposal.by.casefold() == request[PERSON].name.casefold()
    return render(
        request,
        "safety_proposal.html",
        status=status,
        proposal=proposal,
        title=_title(text) if text else proposal.subject,
        text=text,
        state=_state(proposal, cards),
        parts=compare_words(proposal.before, proposal.after),
        shown=shown,
        problem=problem,
        wrong=wrong,
        is_own=is_own,
        may_decide=request[PERSON].role.includes(Role.PUBLISHER) and not is_own,
        now=request.query.get("now", ""),
    )


def _state(proposal: Proposal, cards: OpenCards) -> str:
    """Return what became of a proposal; one whose text has changed meanwhile is outdated."""
    if proposal.state is not State.OPEN:
        return proposal.state
    text = cards.texts.get(proposal.subject)
    return State.OPEN if text and text.text == proposal.before else "outdated"


def _title(text: SafetyText) -> str:
    name = text.name.replace("_", " ").capitalize()
    return {"text": f"{name} card", "replaces": f"{name}, in place of the card", "adds": f"{name}, added to the card"}[text.how]


def _subject(proposal: Proposal) -> str:
    return f"{proposal.subject}, proposal {proposal.id}"


def _lines(value: object) -> str:
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""

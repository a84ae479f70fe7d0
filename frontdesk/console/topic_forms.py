"""A topic as a form: texts that somebody typed, also those that nobody can read, and the draft that they mean."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from multidict import MultiMapping

from frontdesk.faq.editing import Draft
from frontdesk.faq.ledger import Ledger
from frontdesk.faq.writing_help import Hint
from frontdesk.text.paragraphs import split_paragraphs

PARTS: Mapping[str, str] = {
    "title": "Title",
    "answer": "Answer",
    "kinds": "Kind",
    "examples": "Ways to ask",
    "claims": "Claims",
    "sources": "Sources",
    "owner": "Owner",
    "clinician": "Signed by",
    "reviewed": "Last read through",
    "review_by": "Read again by",
}
"""What the parts of a topic are called on the page."""


@dataclass(frozen=True)
class Fields:
    """What stands in the form."""

    title: str = ""
    answer: str = ""
    kinds: tuple[str, ...] = ("clinic",)
    """One for each paragraph."""
    examples: str = ""
    """One a line."""
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    owner: str = ""
    clinician: str = ""
    reviewed: str = ""
    review_by: str = ""


@dataclass(frozen=True)
class Choice:
    """A claim or source that can be ticked."""

    id: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Difference:
    """A part in which two versions of a topic differ."""

    part: str
    theirs: str
    """What only their version says; of the examples those that the other one lacks."""
    mine: str


def fields_of(draft: Draft) -> Fields:
    """Return the form of a draft."""
    return Fields(
        title=draft.title,
        answer=draft.answer,
        kinds=_fit(draft.kinds, draft.answer),
        examples="\n".join(draft.examples),
        claims=draft.claims,
        sources=draft.sources,
        owner=draft.owner,
        clinician=draft.clinician,
        reviewed=_day(draft.reviewed),
        review_by=_day(draft.review_by),
    )


def read_fields(form: MultiMapping[Any]) -> Fields:
    """Return what a browser has sent."""

    def text(name: str) -> str:
        value = form.get(name, "")
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def texts(name: str) -> tuple[str, ...]:
        return tuple(value for value in form.getall(name, []) if isinstance(value, str))

    return Fields(
        title=text("title"),
        answer=text("answer"),
        kinds=_fit(texts("kind"), text("answer")),
        examples=text("examples"),
        claims=texts("claims"),
        sources=texts("sources"),
        owner=text("owner"),
        clinician=text("clinician"),
        reviewed=text("reviewed"),
        review_by=text("review_by"),
    )


def draft_of(fields: Fields, before: Draft | None = None) -> tuple[Draft, list[Hint]]:
    """Return the draft that a form means, and which days cannot be read.

    Args:
        before: What the file says; what says the same in the form stays as the file has it.
    """
    wrong: list[Hint] = []
    # One word stands for all paragraphs, unless the file has one for each already.
    kinds = fields.kinds[:1] if len(set(fields.kinds)) == 1 else fields.kinds
    if before and _fit(before.kinds, fields.answer) == fields.kinds:
        kinds = before.kinds
    draft = Draft(
        title=fields.title,
        kinds=kinds,
        answer=fields.answer,
        examples=tuple(line.strip() for line in fields.examples.split("\n") if line.strip()),
        owner=fields.owner,
        reviewed=_read_day(fields, "reviewed", wrong),
        review_by=_read_day(fields, "review_by", wrong),
        claims=_in_order(fields.claims, before.claims if before else ()),
        sources=_in_order(fields.sources, before.sources if before else ()),
        clinician=fields.clinician,
    )
    return draft, wrong


def claims_of(ledger: Ledger, fields: Fields) -> list[Choice]:
    """Return the claims of the article, those that are chosen first."""
    return _choices({claim.id: f"{claim.claim} {claim.why}".strip() for claim in ledger.claims.values()}, fields.claims)


def sources_of(ledger: Ledger, fields: Fields) -> list[Choice]:
    """Return the outside sources, those that are chosen first."""
    return _choices({source.id: f"{source.name}: {source.what}" for source in ledger.sources.values()}, fields.sources)


def differences(theirs: Draft, mine: Draft) -> list[Difference]:
    """Return the parts in which two versions differ."""
    one, other = fields_of(theirs), fields_of(mine)
    found = []
    for part, name in PARTS.items():
        left, right = getattr(one, part), getattr(other, part)
        if left == right:
            continue
        if part == "examples":
            lines = list(difflib.ndiff(theirs.examples, mine.examples))
            left, right = ("\n".join(line[2:] for line in lines if line.startswith(sign)) for sign in "-+")
        else:
            left, right = (value if isinstance(value, str) else ", ".join(value) for value in (left, right))
        found.append(Difference(name, left, right))
    return found


def _choices(texts: Mapping[str, str], chosen: Iterable[str]) -> list[Choice]:
    first = [Choice(name, texts.get(name, "There is none of this name any more."), True) for name in chosen]
    return first + [Choice(name, text, False) for name, text in texts.items() if name not in chosen]


def _fit(kinds: tuple[str, ...], answer: str) -> tuple[str, ...]:
    """Return one kind for each paragraph; one that is not known is empty, to be chosen."""
    count = max(len(split_paragraphs(answer)), 1)
    if len(set(kinds)) == 1:
        return kinds[:1] * count
    return (*kinds, *[""] * count)[:count]


def _in_order(chosen: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
    """Return names in the order in which the file has them, new ones behind."""
    return (*(name for name in before if name in chosen), *(name for name in chosen if name not in before))


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _read_day(fields: Fields, part: str, wrong: list[Hint]) -> dt.date | None:
    text = getattr(fields, part).strip()
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        wrong.append(Hint(part, None, f"'{text[:40]}' is no day; write year-month-day, such as 2026-11-24", "error"))
        return None

"""What a person may change about a topic, as plain values: what a form shows and gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from frontdesk.editing.tidying import tidy_line, tidy_text
from frontdesk.faq.names import answer_name
from frontdesk.faq.topic import Topic


@dataclass(frozen=True)
class Draft:
    """A topic as its editor sees it."""

    title: str
    kinds: tuple[str, ...]
    """One word for the whole answer, or one for each paragraph."""
    answer: str
    examples: tuple[str, ...]
    owner: str
    reviewed: dt.date | None
    """`None` when the file does not say it properly."""
    review_by: dt.date | None
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    clinician: str = ""
    """Empty when nobody has signed."""


def read_draft(topic: Topic) -> Draft:
    """Return what a topic's file says, to the letter; what it says in a way that cannot be read is empty."""
    meta = ("responses", answer_name(topic.name), 0, "metadata")
    kind, owner = topic.document.get(*meta, "kind"), topic.document.get(*meta, "owner")
    return Draft(
        title=topic.title,
        kinds=tuple(str(one) for one in (kind if isinstance(kind, list) else [kind])) if kind else (),
        answer=topic.answer.rstrip("\n"),
        examples=tuple(example.text for example in topic.examples),
        owner=owner if isinstance(owner, str) else "",
        reviewed=topic.reviewed,
        review_by=topic.review_by,
        claims=topic.claims,
        sources=topic.sources,
        clinician=topic.clinician,
    )


def tidy(draft: Draft, before: Draft | None = None) -> Draft:
    """Return the draft as a file can hold it: no control characters, no blanks at the ends, one line where one is meant.

    Args:
        before: What the file says; what is the same there stays as it is, double spaces and all.
    """
    known = set(before.examples) if before else set()
    examples = [text if text in known else tidy_line(text) for text in draft.examples]
    changed: dict[str, Any] = {
        "title": tidy_line(draft.title),
        "kinds": _tidy_names(draft.kinds),
        "answer": tidy_text(draft.answer),
        "examples": tuple(text for text in examples if text),
        "owner": tidy_line(draft.owner),
        "claims": _tidy_names(draft.claims),
        "sources": _tidy_names(draft.sources),
        "clinician": tidy_line(draft.clinician),
    }
    if before:
        changed = {key: value for key, value in changed.items() if getattr(draft, key) != getattr(before, key)}
    return replace(draft, **changed)


def withdraw_signature(before: Draft, after: Draft) -> Draft:
    """Return the changed draft without its clinician when they signed something else.

    Who signs stands by what the answer says and rests on. A new name in the same change is a new signature.
    """
    signed = (before.answer, before.kinds, before.sources, before.claims)
    if after.clinician != before.clinician or signed == (after.answer, after.kinds, after.sources, after.claims):
        return after
    return replace(after, clinician="")


def _tidy_names(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in map(tidy_line, names) if name)

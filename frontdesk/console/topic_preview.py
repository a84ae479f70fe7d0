"""An answer as visitors will see it: the clinic's facts filled in, and told to the chat window's code as a reply is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from frontdesk.console.replies import Replies, read_practice, show_replies
from frontdesk.faq.editing import Draft
from frontdesk.practice import load_facts
from frontdesk.text.paragraphs import split_paragraphs


@dataclass(frozen=True)
class Preview:
    """What the page shows beside the form."""

    replies: Replies
    unknown: tuple[str, ...]
    """What the clinic has not said; the lines about it are left out."""


def preview_of(draft: Draft, clinic: Path) -> Preview:
    """Return the preview of a topic's answer.

    Args:
        draft: What was typed.
        clinic: The clinic's folder; when its facts cannot be read, placeholders stay as they are.
    """
    paragraphs = split_paragraphs(draft.answer)
    # No label is better than a wrong one.
    kinds = draft.kinds if len(draft.kinds) == 1 or 0 < len(paragraphs) == len(draft.kinds) else ("",)
    missing: dict[str, None] = {}
    practice = read_practice(clinic)
    texts = paragraphs
    if practice:
        filled = [practice.fill_reporting(paragraph) for paragraph in paragraphs]
        texts = [part.text for part in filled]
        missing = dict.fromkeys(fact for part in filled for fact in part.missing)
    # A paragraph about nothing that is known goes, and its label with it.
    kept = [(text, kind) for text, kind in zip(texts, kinds if len(kinds) > 1 else kinds * len(texts), strict=True) if text]
    text = "\n\n".join(text for text, _ in kept)
    reply = {"text": text, "metadata": {"kind": [kind for _, kind in kept] if len(kinds) > 1 else kinds[0]}}
    facts = load_facts()
    return Preview(show_replies([reply], clinic, practice), tuple(facts[fact].label if fact in facts else fact for fact in missing))

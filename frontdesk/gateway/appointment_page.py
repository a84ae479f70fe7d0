"""The page of an appointment: plain HTML that works without a script, on any phone and with any screen reader.

Built as a tree and written at the end, so that nothing anybody typed can become markup. Knows the words and what is to be
shown; what may be done, `appointments.py` decides.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from frontdesk.gateway.wording import telephone_href

_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # The address is the key to the appointment: no other website is told of it, and no browser or search engine keeps it.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
"""Of every page here, whatever it says."""


@dataclass(frozen=True)
class Choice:
    """A time to choose."""

    token: str
    label: str


@dataclass(frozen=True)
class Letterhead:
    """What stands on every page."""

    name: str
    phone: str | None
    words: Mapping[str, str]
    """`appointment_page` of wording.yml."""


@dataclass(frozen=True)
class Shown:
    """An appointment as its page shows it."""

    rows: Sequence[tuple[str, str]]
    """Label and value."""
    notice: str | None = None
    """What has just happened."""
    times_href: str | None = None
    """Where other times are, when it can move."""
    can_cancel: bool = False
    why_not: str | None = None
    """Why nothing can be changed here."""


def render_appointment(head: Letterhead, shown: Shown) -> str:
    """Return the page that shows an appointment."""
    words = head.words
    root, main = _begin(head, words["title"])
    _notice(main, shown.notice)
    _rows(main, shown.rows)
    _paragraphs(main, shown.why_not)
    if shown.times_href:
        _link(main, shown.times_href, words["change"])
    if shown.can_cancel:
        # Two steps, so that nobody cancels by a slip of the thumb.
        details = SubElement(main, "details")
        _text(details, "summary", words["cancel"])
        _paragraphs(details, words["cancel_lead"])
        form = SubElement(details, "form", method="post")
        _text(form, "button", words["cancel_yes"], name="do", value="cancel")
    return _end(root, main, head)


def render_times(
    head: Letterhead,
    rows: Sequence[tuple[str, str]],
    days: Sequence[tuple[str, Sequence[Choice]]],
    *,
    action: str,
    later_href: str | None,
    notice: str | None = None,
) -> str:
    """Return the page on which another time is chosen.

    Args:
        head: What stands on every page.
        rows: The appointment as it is.
        days: For each day its name and its times.
        action: Where the choice is sent, which is also where the appointment is shown.
        later_href: Where later days are, if there are any.
        notice: What has just happened.
    """
    words = head.words
    root, main = _begin(head, words["change"])
    _notice(main, notice)
    _rows(main, rows)
    _paragraphs(main, words["change_lead"] if days else words["nothing_free"])
    if days:
        form = SubElement(main, "form", method="post", action=action)
        for day, choices in days:
            group = SubElement(form, "fieldset")
            _text(group, "legend", day)
            for choice in choices:
                label = SubElement(group, "label")
                radio = SubElement(label, "input", type="radio", name="opening", value=choice.token, required="")
                radio.tail = choice.label
        _text(form, "button", words["move"], name="do", value="move")
    ways = SubElement(main, "p")
    if later_href:
        _link(ways, later_href, words["later"])
    _link(ways, action, words["keep"])
    return _end(root, main, head)


def render_sorry(head: Letterhead, title: str, text: str) -> str:
    """Return a page that says why there is nothing to see, and whom to call."""
    root, main = _begin(head, title)
    _paragraphs(main, text)
    return _end(root, main, head)


def _begin(head: Letterhead, title: str) -> tuple[Element, Element]:
    root = Element("html", lang="en")
    meta = SubElement(root, "head")
    SubElement(meta, "meta", charset="utf-8")
    SubElement(meta, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(meta, "meta", name="robots", content="noindex")
    _text(meta, "title", f"{title} – {head.name}" if head.name else title)  # noqa: RUF001  # a dash between two names
    _text(meta, "style", _STYLE)
    body = SubElement(root, "body")
    if head.name:
        _text(SubElement(body, "header"), "p", head.name)
    main = SubElement(body, "main")
    _text(main, "h1", title)
    return root, main


def _end(root: Element, main: Element, head: Letterhead) -> str:
    if head.phone:
        _link(SubElement(main, "p"), telephone_href(head.phone), head.words["call"])
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html")


def _notice(parent: Element, text: str | None) -> None:
    if text:
        _text(parent, "p", text, role="status", **{"class": "notice"})


def _rows(parent: Element, rows: Iterable[tuple[str, str]]) -> None:
    listed = SubElement(parent, "dl")
    for label, value in rows:
        _text(listed, "dt", label)
        _text(listed, "dd", value)


def _paragraphs(parent: Element, text: str | None) -> None:
    for line in (text or "").splitlines():
        _text(parent, "p", line)


def _link(parent: Element, href: str, text: str) -> None:
    _text(parent, "a", text, href=href, **{"class": "way"})


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    made = SubElement(parent, tag, attributes)
    made.text = text
    return made

"""The clinic's facts as a form: texts that somebody typed, also those that nobody can read, and the facts that they mean.

Every fact is a few texts: one for most, one a day for the opening hours, two for each holiday. All empty is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from multidict import MultiMapping

from frontdesk.editing.tidying import tidy_line
from frontdesk.practice import load_facts
from frontdesk.practice.editing import HEAD, Facts
from frontdesk.practice.hours import DAYS

Fields = Mapping[str, tuple[str, ...]]
"""What stands in the form, by name of the fact."""

KNOWN, UNKNOWN = "known", "unknown"
"""Of a week of opening hours, in which a day without any is closed."""
MADE_UP, REAL = "made up", "real"
LABELS = {"example": "what these facts are", "reviewed_on": "when somebody last read all of them"}
"""Of what stands at the head of the file."""

_TIME = r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*([ap])\.?m\.?)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|\u2013|\u2014|to|until)\s*{_TIME}", re.IGNORECASE)


@dataclass(frozen=True)
class Difference:
    """A fact of which two versions differ."""

    name: str
    label: str
    theirs: str
    mine: str
    is_of_both: bool
    """Whether both have changed it, so that one of the two must be chosen."""


def fields_of(facts: Facts) -> dict[str, tuple[str, ...]]:
    """Return the form of some facts."""
    return {name: _texts(kind_of(name), facts.get(name)) for name in (*HEAD, *load_facts())}


def read_fields(form: MultiMapping[Any], before: Fields) -> dict[str, tuple[str, ...]]:
    """Return what a browser has sent; a fact that it did not send is as it was."""
    fields = {}
    for name, old in before.items():
        sent = [value.replace("\r\n", "\n") for value in form.getall(name, []) if isinstance(value, str)]
        if not sent:
            fields[name] = old
        elif kind_of(name) == "hours":
            fields[name] = (*sent, *[""] * len(old))[: 1 + len(DAYS)]
        elif kind_of(name) == "dates":
            pairs = zip(sent[::2], sent[1::2], strict=False)
            fields[name] = tuple(text for pair in pairs if any(part.strip() for part in pair) for text in pair)
        else:
            fields[name] = (sent[0],)
    return fields


def facts_of(fields: Fields, before: Facts) -> dict[str, Any]:
    """Return the facts that a form means.

    Args:
        fields: What was typed.
        before: The facts with which the form was opened; what says the same in the form stays as the file has it.
    """
    opened = fields_of(before)
    return {name: before.get(name) if fields.get(name, old) == old else _value(kind_of(name), fields[name]) for name, old in opened.items()}


def merge(opened: Fields, mine: Fields, theirs: Fields) -> dict[str, tuple[str, ...]]:
    """Return what I have changed together with what others have saved meanwhile; mine where both did."""
    return {name: theirs[name] if mine[name] == old else mine[name] for name, old in opened.items()}


def differences(opened: Fields, mine: Fields, theirs: Fields) -> list[Difference]:
    """Return what others have saved meanwhile and I have not typed too."""
    return [
        Difference(name, label_of(name), _shown(theirs[name]), _shown(mine[name]), is_of_both=mine[name] != old)
        for name, old in opened.items()
        if theirs[name] not in (old, mine[name])
    ]


def parse_spans(text: str) -> list[str]:
    """Return the opening hours of a day as the file has them; what cannot be read stays as it was typed.

    >>> parse_spans("9 am - 1 pm, 14:00-18:30"), parse_spans("closed"), parse_spans("mornings")
    (['09:00-13:00', '14:00-18:30'], [], ['mornings'])
    """
    parts = [tidy_line(part) for part in re.split(r"[,;\n]|\band\b", text)]
    return [_span(part) for part in parts if part and part.casefold() != "closed"]


def kind_of(name: str) -> str:
    """Return the type of a fact, or of what stands at the head of the file."""
    if name in HEAD:
        return "flag" if name == "example" else "date"
    return load_facts()[name].type


def label_of(name: str) -> str:
    """Return what a fact is called: "the price of a first visit"."""
    return LABELS[name] if name in LABELS else load_facts()[name].label


def _texts(kind: str, value: Any) -> tuple[str, ...]:
    match kind, value:
        case "flag", _:
            return (MADE_UP if value is True else REAL,)
        case "hours", dict():
            return (KNOWN, *(_joined(value.get(day)) for day in DAYS))
        case "hours", _:
            return (UNKNOWN if value is None else KNOWN, *[""] * len(DAYS))
        case "dates", list():
            return tuple(str(day.get(part, "")) for day in value if isinstance(day, dict) for part in ("date", "name"))
        case "dates", _:
            return ()
        case "list", list():
            return ("\n".join(map(str, value)),)
    return ("" if value is None else str(value).rstrip("\n"),)


def _value(kind: str, texts: Sequence[str]) -> Any:
    match kind:
        case "flag":
            return texts[0] == MADE_UP
        case "hours":
            return None if texts[0] == UNKNOWN else {day: parse_spans(text) for day, text in zip(DAYS, texts[1:], strict=True)}
        case "dates":
            pairs = zip(texts[::2], texts[1::2], strict=True)
            return [{"date": tidy_line(date), "name": tidy_line(name)} for date, name in pairs] or None
        case "list":
            return [line for line in map(tidy_line, texts[0].split("\n")) if line] or None
        case "minutes" if texts[0].strip().isascii() and texts[0].strip().isdecimal():
            return int(texts[0])
    return tidy_line(texts[0]) or None


def _joined(spans: Any) -> str:
    return ", ".join(map(str, spans)) if isinstance(spans, list) else str(spans or "")


def _span(text: str) -> str:
    found = _SPAN.fullmatch(text)
    if not found:
        return text
    start, end = _clock(*found.groups()[:3]), _clock(*found.groups()[3:])
    return f"{start}-{'24:00' if end == '00:00' else end}"


def _clock(hour: str, minute: str | None, half: str | None) -> str:
    number = int(hour) % 12 + (12 if half in ("p", "P") else 0) if half else int(hour)
    return f"{number:02}:{minute or '00'}"


def _shown(texts: Sequence[str]) -> str:
    """Return texts as one, for a person who compares."""
    if len(texts) == 1 + len(DAYS) and texts[0] in (KNOWN, UNKNOWN):
        return (
            UNKNOWN
            if texts[0] == UNKNOWN
            else "\n".join(f"{day.capitalize()}: {text or 'closed'}" for day, text in zip(DAYS, texts[1:], strict=True))
        )
    if len(texts) == 1:
        return texts[0] or UNKNOWN
    return "\n".join(f"{date} {name}" for date, name in zip(texts[::2], texts[1::2], strict=False)) or UNKNOWN

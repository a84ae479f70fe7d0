"""Is a YAML document built as it should be: which keys, in which order, and holding what?

Every function adds what it finds to a list of problems and returns what can be used, so that one mistake does not hide the next.
Knows how files are built in this project, and not what any of them is about.
"""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from frontdesk.text.problem import Problem, did_you_mean, one_of
from frontdesk.text.yaml_lines import Document, Step

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def mapping_at(document: Document, problems: list[Problem], *trail: Step) -> dict[str, Any]:
    """Return the keys and values at a place; anything else is a problem and gives an empty mapping."""
    value = document.get(*trail)
    if isinstance(value, dict):
        return value
    what = f"'{trail[-1]}'" if trail and isinstance(trail[-1], str) else "this"
    if value is None and not trail:
        problems.append(document.problem("the file is empty; copy a neighbouring file and change it"))
    else:
        problems.append(document.problem(f"{what} must hold lines such as 'key: value', not {_kind_of(value)}", *trail))
    return {}


def check_keys(document: Document, problems: list[Problem], order: Sequence[str], required: Sequence[str], *trail: Step) -> dict[str, Any]:
    """Return the mapping at a place after checking that its keys are known, complete and in order."""
    entries = mapping_at(document, problems, *trail)
    problems.extend(
        document.problem(
            f"'{key}' is not a key that belongs here; {did_you_mean(key, order, f'use {one_of(order)}, or delete it')}", *trail, key
        )
        for key in entries
        if key not in order
    )
    known = [key for key in entries if key in order]
    for key, expected in zip(known, sorted(known, key=list(order).index), strict=True):
        if key != expected:
            problems.append(document.problem(f"'{key}' stands before '{expected}'; keep the order {', '.join(order)}", *trail, key))
            break
    if entries:
        missing = [key for key in required if key not in entries]
        problems.extend(document.problem(f"'{key}:' is missing; add it", *trail) for key in missing)
    return entries


def text_at(document: Document, problems: list[Problem], *trail: Step, optional: bool = False) -> str:
    """Return the text at a place; anything else is a problem and gives an empty text."""
    value = document.get(*trail)
    if isinstance(value, str) and value.strip():
        return value
    if value is None and (optional or trail not in document.lines):
        return ""
    name = f"'{trail[-1]}'" if isinstance(trail[-1], str) else "this"
    if isinstance(value, dt.date):
        problems.append(document.problem(f'{name} must be in quotes: "{value.isoformat()[:10]}"', *trail))
    elif value is None or value == "" or isinstance(value, str):
        problems.append(document.problem(f"{name} is empty; write the text", *trail))
    elif isinstance(value, dict | list):
        problems.append(document.problem(f"{name} must be a text, not {_kind_of(value)}; put it in quotes", *trail))
    else:
        problems.append(document.problem(f"{name} must be a text; put it in quotes", *trail))
    return ""


def names_at(document: Document, problems: list[Problem], *trail: Step) -> tuple[str, ...]:
    """Return the names in a list such as `[nccih, acp_2017]`; nothing there is an empty list."""
    value = document.get(*trail)
    if value is None:
        if trail in document.lines:
            problems.append(document.problem(f"'{trail[-1]}' is empty; name some, or delete the line", *trail))
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        problems.append(document.problem(f"'{trail[-1]}' must be a list of names in square brackets, such as [one, two]", *trail))
        return ()
    problems.extend(
        document.problem(f"'{name}' is in '{trail[-1]}' twice; delete one", *trail, index)
        for index, name in enumerate(value)
        if name in value[:index]
    )
    return tuple(value)


def date_at(document: Document, problems: list[Problem], *trail: Step) -> dt.date | None:
    """Return the date at a place, which must be written as a quoted "2026-11-24"."""
    value = document.get(*trail)
    name = trail[-1]
    if isinstance(value, dt.date):
        fix = f'{name}: "{value.isoformat()[:10]}"'
        reason = "without quotes it passes Rasa's own check and then breaks training"
        problems.append(document.problem(f"the date must be in quotes, {fix}; {reason}", *trail))
        return None
    if value is None and trail not in document.lines:
        return None
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            problems.append(document.problem(f"'{name}' is '{value}', a day that is in no calendar; correct it", *trail))
            return None
    # A date that YAML itself could not read was reported where it stands.
    if value is not None:
        problems.append(document.problem(f"'{name}' must be a date as year-month-day in quotes, such as \"2026-11-24\"", *trail))
    return None


def choice_at(document: Document, problems: list[Problem], choices: Sequence[str], *trail: Step) -> str:
    """Return the word at a place, which must be one of a few."""
    value = document.get(*trail)
    if isinstance(value, str) and value in choices:
        return value
    if trail in document.lines:
        problems.append(document.problem(f"'{trail[-1]}' must be {one_of(choices)}, not '{value}'", *trail))
    return ""


def _kind_of(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case list():
            return "a list"
        case dict():
            return "keys of its own"
    return "a single value"

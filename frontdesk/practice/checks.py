"""Are the clinic's facts complete, well formed and recent, and are they a real clinic's?

`clinic/practice.yml` against `facts.yml`. Today's date is passed in.
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from frontdesk.practice.facts import Fact, load_facts
from frontdesk.practice.hours import check_dates, check_week, is_iso_date
from frontdesk.practice.theme import NAMES as THEME_NAMES
from frontdesk.practice.theme import check_theme
from frontdesk.text.problem import Problem, Severity, did_you_mean
from frontdesk.text.shape import date_at, mapping_at
from frontdesk.text.yaml_lines import Document, Trail, load_yaml

REQUIRED = ("clinic.name", "contact.phone", "contact.emergency_number", "contact.crisis_line")
"""Facts without which a visitor in need has nobody to turn to."""
REVIEW_DAYS = 180

_NAMES = "the names are in frontdesk/practice/facts.yml"

_THEME = "the names are in docs/widget.md"

_PHONE = re.compile(r"\+?[\d\s().-]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MONEY = re.compile(r"(?:[$£€]|[A-Z]{3} )\d{1,3}(?:,?\d{3})*(?:\.\d{2})?")
_MADE_UP = re.compile(r"\bexample\.(?:com|org|net)\b|\.example\b|\b555[\s.-]?01\d\d\b|\b(?:Example|Sample)\b")


def check_practice(clinic: Path, today: dt.date, *, production: bool = False) -> list[Problem]:
    """Return what is wrong with `practice.yml` in the folder `clinic`.

    Args:
        clinic: The folder.
        today: The day on which the check runs.
        production: Also refuse made-up facts and unknown ones that a visitor may need at once.
    """
    document, problems = load_yaml(clinic / "practice.yml")
    if document is None:
        return problems
    sections = mapping_at(document, problems)
    if not sections:
        return problems
    problems += _check_sections(document, sections)
    for fact in load_facts().values():
        problems += _check_present(document, fact, production)
    problems += _check_theme(document)
    problems += _check_head(document, today, production)
    problems += _check_holidays_left(document, today)
    if production:
        problems += _check_real(document)
    return problems


def _check_sections(document: Document, sections: dict[str, object]) -> Iterator[Problem]:
    facts = load_facts()
    known = {name.split(".")[0] for name in facts}
    for section, entries in sections.items():
        if section in ("example", "reviewed_on", "theme"):
            continue
        if section not in known:
            yield document.problem(f"'{section}' is not a section; {did_you_mean(str(section), sorted(known), _NAMES)}", section)
            continue
        if not isinstance(entries, dict):
            yield document.problem(f"'{section}' must hold facts, one on a line, such as 'name: ...'", section)
            continue
        for key in entries:
            if f"{section}.{key}" not in facts:
                here = [name.split(".")[1] for name in facts if name.startswith(f"{section}.")]
                yield document.problem(f"'{section}.{key}' is not a fact; {did_you_mean(str(key), here, _NAMES)}", section, key)


def _check_theme(document: Document) -> Iterator[Problem]:
    theme = document.get("theme")
    if theme is None:
        return
    if not isinstance(theme, dict):
        yield document.problem("'theme' must hold colors and the like, one on a line, such as 'accent: \"#0b5f58\"'", "theme")
        return
    for key in theme:
        if key not in THEME_NAMES:
            yield document.problem(f"'theme.{key}' is not known; {did_you_mean(str(key), sorted(THEME_NAMES), _THEME)}", "theme", key)
    for key, message in check_theme({key: theme[key] for key in THEME_NAMES if key in theme}):
        yield document.problem(f"'theme.{key}' {message}", "theme", key)


def _check_present(document: Document, fact: Fact, production: bool) -> Iterator[Problem]:
    trail: Trail = tuple(fact.name.split("."))
    value = document.get(*trail)
    if not isinstance(document.get(trail[0]), dict) and trail[0] in (document.value or {}):
        return
    if trail not in document.lines:
        yield document.problem(f"the fact '{fact.name}' is missing; add '{trail[1]}: null' to '{trail[0]}' if you don't know it", *trail)
    elif value is None or value == "" or (value == [] and fact.type in ("list", "dates")):
        if fact.name in REQUIRED:
            severity: Severity = "error" if production else "warning"
            message = f"'{fact.name}' is not known, and visitors in need depend on it; fill in {fact.label}"
            yield Problem(document.path, document.line(*trail), message, severity)
    else:
        for message in check_fact(fact.type, value):
            yield document.problem(f"'{fact.name}' {message}", *trail)


def check_fact(kind: str, value: object) -> list[str]:
    """Return what is wrong with the value of a fact that is known, each completing "'prices.first_visit' ...".

    >>> check_fact("money", "120")
    ["must be a price with its currency sign in quotes, such as '$120'"]
    """
    match kind:
        case "hours":
            return [f"is not right: {message}" for message in check_week(value)]
        case "minutes":
            return [] if type(value) is int and 0 < value <= 600 else ["must be minutes as a plain number, such as 45"]
        case "list":
            return _check_list(value)
        case "dates":
            return check_dates(value)
    if not isinstance(value, str):
        return ["must be a text; put it in quotes"]
    if "\n" in value.strip():
        return ["must be on one line, because it is shown inside a line of an answer"]
    if re.search(r"[{}]|</?[a-zA-Z]", value):
        return ["is shown as it stands; leave out { } and HTML"]
    return [_check_text(kind, value)] if _check_text(kind, value) else []


def _check_text(kind: str, value: str) -> str:
    match kind:
        case "phone" if not _PHONE.fullmatch(value) or not 3 <= len(re.sub(r"\D", "", value)) <= 15:
            return "must be a phone number in quotes, such as '+1 503 555 0142'"
        case "email" if not _EMAIL.fullmatch(value):
            return "must be an e-mail address, such as desk@example.com"
        case "url" if not _is_url(value):
            return "must be a web address that starts with https://"
        case "money" if not _MONEY.fullmatch(value):
            return "must be a price with its currency sign in quotes, such as '$120'"
        case "date" if not is_iso_date(value):
            return "must be a date as year-month-day in quotes, such as '2026-11-24'"
        case "time_zone" if not _is_time_zone(value):
            return "must be the official name of a time zone, such as America/Los_Angeles"
    return ""


def _check_list(value: object) -> list[str]:
    if not isinstance(value, list):
        return ["must be a list, one '- ...' on a line"]
    if not all(isinstance(item, str) and item.strip() and "\n" not in item.strip() for item in value):
        return ["must hold one text for each '- '; put numbers in quotes and fill in empty ones"]
    return []


def _check_head(document: Document, today: dt.date, production: bool) -> Iterator[Problem]:
    example = document.get("example")
    if not isinstance(example, bool):
        yield document.problem("say 'example: false' for a real clinic, or 'example: true' while the facts are made up", "example")
    elif example and production:
        yield document.problem("these are the example clinic's facts; fill in your own and write 'example: false'", "example")
    problems: list[Problem] = []
    reviewed = date_at(document, problems, "reviewed_on")
    yield from problems
    if ("reviewed_on",) not in document.lines:
        yield document.problem("'reviewed_on:' is missing; write the day on which somebody last read these facts, in quotes", "reviewed_on")
    if reviewed and reviewed > today:
        yield document.problem(
            f"'reviewed_on' is {reviewed}, which is still to come; write the day on which somebody read the facts", "reviewed_on"
        )
    elif reviewed and (today - reviewed).days > REVIEW_DAYS:
        message = f"the facts were last read {(today - reviewed).days} days ago; read them through and set 'reviewed_on' to today"
        yield Problem(document.path, document.line("reviewed_on"), message, "warning")


def _check_holidays_left(document: Document, today: dt.date) -> Iterator[Problem]:
    days = document.get("hours", "holidays")
    if not days or check_dates(days):
        return
    if all(dt.date.fromisoformat(day["date"]) < today for day in days):
        line = document.line("hours", "holidays")
        yield Problem(document.path, line, "all these holidays have passed; put in the next ones", "warning")


def _check_real(document: Document) -> Iterator[Problem]:
    for trail in document.first_text_lines:
        value = document.get(*trail)
        if isinstance(value, str) and (found := _MADE_UP.search(value)):
            yield document.problem(f"'{found[0]}' is made up; write the clinic's own, or null if you don't know it", *trail)


def _is_url(value: str) -> bool:
    try:
        address = urlsplit(value)
        return address.scheme in ("http", "https") and "." in (address.hostname or "") and not re.search(r"\s", value)
    except ValueError:
        return False


def _is_time_zone(value: str) -> bool:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True

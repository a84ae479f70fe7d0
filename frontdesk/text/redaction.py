"""What says who somebody is goes out of a text before it is kept; what was asked stays.

No list of names and no pattern is complete. So this errs towards taking out, and whoever keeps the result does so for a
short time and keeps nothing of messages that are about contact details or a danger (frontdesk/console/record.py).
The words are in `redaction.yml`. Knows nothing of conversations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import phonenumbers
import yaml

from frontdesk.text.spelling import english_words

KINDS = ("email", "handle", "phone", "name", "date of birth", "address", "number", "reference", "link")
"""What can stand in the place of something, in square brackets."""
MOST_CHARACTERS = 2000
"""What is longer is cut here; a message of a visitor is never so long."""

_PLACEHOLDER = rf"\[(?:{'|'.join(KINDS)})\]"
_LEAST_DIGITS, _MOST_DIGITS = 7, 15
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2012
"""A full date between these years is taken for a date of birth, whatever stands before it."""

Find = Callable[[str], Iterable[tuple[int, int]]]
"""Finds where something stands in a text: start and end of each."""


def redact(text: str, *, region: str = "US", known: Iterable[str] = ()) -> str:
    """Return the text with a word in brackets in the place of what says who somebody is.

    Args:
        text: What somebody typed.
        region: Where phone numbers without a country code belong.
        known: Names and addresses that are known to be somebody's; they go wherever they stand.

    >>> redact("my name is Jane Doe, call 503-555-0142 about L5-S1, is it $90?")
    'my name is [name], call [phone] about L5-S1, is it $90?'
    """
    text = text[:MOST_CHARACTERS]
    before = None
    # What is taken out can bring together what is then found, so the steps run until nothing changes.
    while text != before:
        before = text
        for kind, find in _steps(region, tuple(known)):
            text = _replace(text, kind, find(text))
    return text


def _replace(text: str, kind: str, spans: Iterable[tuple[int, int]]) -> str:
    """Put a placeholder where something was found, and leave those that are there alone."""
    kept = [found.span() for found in re.finditer(_PLACEHOLDER, text)]
    parts, place = [], 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < place or any(start < last and first < end for first, last in kept):
            continue
        parts += [text[place:start], f"[{kind}]"]
        place = end
    return "".join([*parts, text[place:]])


@cache
def _data() -> dict[str, list[str]]:
    data: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return data


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(_data()[kind])


def _any_of(kind: str) -> str:
    """Return a pattern for any of these words, the longest first."""
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in sorted(_words(kind), key=len, reverse=True))


def _steps(region: str, known: tuple[str, ...]) -> Iterator[tuple[str, Find]]:
    """Yield what is looked for, in order: what holds other things comes before them."""
    yield "link", _links
    yield "email", _matches(_patterns()["email"])
    yield "email", _matches(_patterns()["spoken email"])
    yield "handle", _matches(_patterns()["handle"])
    if known:
        yield "name", lambda text: _known(text, known)
    yield "reference", _references
    yield "date of birth", _matches(_patterns()["birth"], 1)
    yield "date of birth", _old_dates
    yield "address", _addresses
    yield "number", _matches(_patterns()["security number"])
    yield "number", _matches(_patterns()["card"])
    yield "number", lambda text: [span for span in _matches(_patterns()["number after"], 1)(text) if _digits(text, span) >= 3]
    yield "number", lambda text: [span for span in _matches(_patterns()["long number after"], 1)(text) if _digits(text, span) >= 3]
    yield "number", _matches(_patterns()["code"], 1)
    yield "phone", lambda text: _phones(text, region)
    yield "phone", _matches(_patterns()["spoken phone"])
    yield "number", _mixed_numbers
    yield "name", _names


def _matches(pattern: re.Pattern[str], group: int = 0) -> Find:
    return lambda text: [found.span(group) for found in pattern.finditer(text)]


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    ends, spoken, number = _any_of("domain_ends"), _any_of("spoken_digits"), r"(?:number|numbers|no\.?|nr\.?|num|id|\#)"
    digits = r"(?:[A-Z]{1,4}[ -]?)?\w*\d\w*(?:[ -]\w*\d\w*)*"
    local = r"[\w]+(?:\s+(?:dot|underscore|dash)\s+\w+)*"
    at, dot = r"\s*(?:\s+at\s+|[\[(<{]\s*at\s*[\])>}])\s*", r"\s*(?:\.|\s+dot\s+|[\[(<{]\s*dot\s*[\])>}])\s*"
    month = rf"(?:{_any_of('months')})\.?"
    day = r"\d{1,2}(?:st|[nr]d|th)?"
    date = (
        rf"(?:\d{{1,4}}\s*[./-]\s*\d{{1,2}}\s*[./-]\s*\d{{1,4}}|{month}\s+{day}(?:\s*,?\s*\d{{2,4}})?|{day}\s+(?:of\s+)?{month}"
        rf"(?:\s*,?\s*\d{{2,4}})?|{month}\s*,?\s*\d{{4}}|(?:19|20)\d\d|\d{{8}}|\d{{6}})"
    )
    texts = {
        "email": r"[^\s@<>()\[\],;:\"]+(?:@[^\W\d_][\w.-]*\w|\s?@\s?[\w-]+(?:\.[\w-]+)+)",
        "spoken email": rf"\b{local}(?:{at}|\s*@\s*)[\w-]+(?:{dot}[\w-]+)*{dot}(?:{ends})\b",
        "handle": r"(?<![\w@])@[^\W\d]\w{2,}",
        "birth": rf"(?<!\w)(?:{_any_of('birth_leads')})(?!\w)[^\n.;?!\d\[\]]{{0,15}}?\b({date})(?!\w)",
        "full date": rf"(?<![\w.-])(?:{date})(?![\w-])",
        "security number": r"(?<![\w-])\d{3}[- ]\d{2}[- ]\d{4}(?![\w-])",
        "card": r"(?<![\w.,$€£-])\d(?:[ -]?\d){12,18}(?![\w-])",
        "number after": rf"\b(?:{_any_of('number_leads')})\s*(?:{number}|is|:|=)(?:\s*(?:{number}|is|:|=|my))*\s*({digits})(?!\w)",
        "long number after": rf"\b(?:{_any_of('number_leads')})\s+((?=[A-Z0-9-]*\d)[A-Z0-9-]{{6,}})(?!\w)",
        "code": rf"\b(?:{_any_of('code_leads')})\s*(?:is|:|=|was)?\s*((?=\S*\d)\w{{4,}})(?!\w)",
        "reference after": rf"\b(?:{_any_of('reference_leads')})\s*(?:{number}|is|:|=|code)*\s*((?=[\w-]*\d)\w[\w-]{{3,}})",
        "spoken phone": rf"(?<!\w)(?:(?:{spoken})(?!\w)[\s,.-]*){{{_LEAST_DIGITS - 1},}}(?:{spoken})(?!\w)",
    }
    return {name: re.compile(text, re.IGNORECASE) for name, text in texts.items()}


def _digits(text: str, span: tuple[int, int]) -> int:
    return sum(sign.isdigit() for sign in text[slice(*span)])


# Links

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\[\]]+|(?<![\w@.])[\w-]+(?:\.[\w-]+)+/[^\s<>\[\]]*", re.IGNORECASE)
_LONG_PART = re.compile(r"(?=[^/]*\d)[\w.~-]{12,}|\d{5,}|[0-9a-f]{8}-[0-9a-f-]+", re.IGNORECASE)


def _links(text: str) -> Iterator[tuple[int, int]]:
    """Yield the links that may open something of somebody's: with a query, a fragment, a user, or a part like a key."""
    for found in _LINK.finditer(text):
        link = found[0].rstrip(".,;:!?)'\"")
        path = link.partition("://")[2] or link
        if any(sign in path for sign in "?#@=") or any(_LONG_PART.fullmatch(part) for part in path.split("/")[1:]):
            yield found.start(), found.start() + len(link)


# Dates of birth

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _old_dates(text: str) -> Iterator[tuple[int, int]]:
    """Yield full dates that are too long ago to be about a visit."""
    for found in _patterns()["full date"].finditer(text):
        year = _YEAR.search(found[0])
        if year and len(found[0]) > 6 and _EARLIEST_YEAR <= int(year[0]) <= _LATEST_YEAR and len(re.findall(r"\w+", found[0])) == 3:
            yield found.span()


# Addresses


@cache
def _address_patterns() -> tuple[re.Pattern[str], ...]:
    unit = r"(?:\s*,?\s*(?:apt|apartment|unit|suite|ste|flat|\#)\.?\s*\#?\w+)?"
    compass = r"(?:(?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\.?\s+)?"
    house = rf"(?<![\w$€£.-])\d{{1,6}}[a-z]?\s+(?!(?:{_any_of('counted')})\b){compass}"
    word = r"(?:[^\W\d_][\w'.]*|\d+(?:st|[nr]d|th))"
    sure = rf"{house}(?:{word}\s+){{1,4}}?(?:{_any_of('streets')})\b\.?{unit}"
    # A capital or an ordinal, which only a name has.
    named = rf"{house}(?-i:(?:[A-Z][\w'.]*|\d+(?:st|[nr]d|th))\s+){{1,3}}(?:{_any_of('streets_perhaps')})\b\.?{unit}"
    alone = rf"^\s*{house}{word}\s+(?:{_any_of('streets_perhaps')})\b\.?{unit}"
    inside, goes_on = r"[^\n;?!\[\]]", r"\s+(?:and|but|so|can|is|do|what|how)\b|[.;?!\n\[]|$"
    led = rf"(?<!\w)(?:{_any_of('address_leads')})\s*:?\s*({inside}*\d{inside}*?)(?={goes_on})"
    box = r"\bp\.?\s?o\.?\s+box\s+\d+"
    # "in 97201" and "or 97201" say something else.
    state = rf"(?<!\w)(?-i:[A-Z]{{2}}|(?i:{_any_of('states')}))\.?,?\s+\d{{5}}(?:-\d{{4}})?(?![\w-])"
    zip_code = r"(?<![\w$€£.,-])\d{5}-\d{4}(?![\w-])|^\s*\d{5}\s*$"
    led_zip = rf"(?<!\w)(?:{_any_of('postcode_leads')})\s*(?:is|:|in)?\s*(?:is\s+)?(\d{{5}}(?:-\d{{4}})?)(?![\w-])"
    british = r"(?<![\w-])[a-z]{1,2}\d[a-z\d]?\s?\d(?!(?:am|pm|mg|ml|mm|cm|kg|km|lb|hr|wk|yr|th|[nr]d|st|xx)\b)[a-z]{2}(?![\w-])"
    canadian = r"(?<![\w-])[abceghj-nprstvxy]\d[a-z][ -]?\d[a-z]\d(?![\w-])"
    return tuple(re.compile(text, re.IGNORECASE) for text in (led, led_zip, sure, named, alone, box, state, zip_code, british, canadian))


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _address_patterns():
        for found in pattern.finditer(text):
            yield found.span(pattern.groups)


# Numbers and references

_HALF = r"[2-9A-HJKMNP-TV-Z]{4}"
_BETWEEN = r"(?:\s*[-\u2010-\u2015.]\s*|\s+)?"
_REFERENCE = re.compile(rf"(?<![^\W_])({_HALF}){_BETWEEN}({_HALF})(?![^\W_])", re.IGNORECASE)
_SPELLED = re.compile(r"(?<![^\W_])(?:[2-9A-HJKMNP-TV-Z][ -]{1,3}){7}[2-9A-HJKMNP-TV-Z](?![^\W_])", re.IGNORECASE)
_MEASURE = re.compile(r"\d+(?:mg|mcg|ml|mm|cm|km|kg|lb|lbs|hr|hrs|wk|wks|yr|yrs|day|days|am|pm|st|[nr]d|th|pct|sec|secs)", re.IGNORECASE)
_MIXED = re.compile(r"(?<![\w$€£-])(?=[\w-]*[A-Z])(?=(?:[\w-]*\d){4})[A-Z0-9][A-Z0-9-]{6,}[A-Z0-9](?![\w-])", re.IGNORECASE)


def _references(text: str) -> Iterator[tuple[int, int]]:
    """Yield references of appointments, as they are written and as they are dictated."""
    for pattern in (_REFERENCE, _SPELLED):
        for found in pattern.finditer(text):
            signs = re.sub(r"[^A-Za-z0-9]", "", found[0])
            halves = (signs[:4], signs[4:])
            # "25mg 35mg" looks like one.
            if all(map(_is_half, halves)) and not all(map(_MEASURE.fullmatch, halves)):
                yield found.span()
    for found in _patterns()["reference after"].finditer(text):
        yield found.span(1)


def _is_half(half: str) -> bool:
    return any(sign.isdigit() for sign in half) and any(sign.isalpha() for sign in half)


def _mixed_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield letters mixed with at least four digits, as insurers number their members."""
    for found in _MIXED.finditer(text):
        if not all(_MEASURE.fullmatch(part) for part in found[0].split("-")):
            yield found.span()


# Phone numbers

_RUN = re.compile(r"(?<![\w$€£.,:/])\+?\(?\d(?:[ \t().\u00a0\u2010-\u2015-]{0,3}\d)*(?![\w%:/]|[.,]\d)")
_DATE = re.compile(r"(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)")
_ASKED_TO_CALL = re.compile(r"\b(?:call|phone|number|reach|text|cell|mobile|tel|contact|fax|whatsapp)\b", re.IGNORECASE)


def _phones(text: str, region: str) -> Iterator[tuple[int, int]]:
    """Yield phone numbers: what the numbering plans know, and what is as long, since people mistype theirs."""
    if sum(map(str.isdigit, text)) < _LEAST_DIGITS:
        return
    shown = _DATE.sub(lambda found: "/" * len(found[0]), text)
    is_led = _ASKED_TO_CALL.search(text) is not None
    for match in phonenumbers.PhoneNumberMatcher(shown, region, leniency=phonenumbers.Leniency.POSSIBLE):
        if _is_phone(match.raw_string, is_led=is_led):
            yield match.start, match.end
    for found in _RUN.finditer(shown):
        if _is_phone(found[0], is_led=is_led):
            yield found.span()


def _is_phone(run: str, *, is_led: bool) -> bool:
    groups = re.findall(r"\d+", run)
    is_row_of_numbers = len(groups) > 2 and all(len(group) <= 2 for group in groups)
    years = len(groups) > 1 and all(_YEAR.fullmatch(group) for group in groups)
    long_enough = _LEAST_DIGITS <= sum(map(len, groups)) <= _MOST_DIGITS or sum(map(len, groups)) > _MOST_DIGITS
    return long_enough and not years and (is_led or not is_row_of_numbers)


# Names

_WORD = r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?(?!\w|['\u2019:/@.-]\w|://)"
_NEXT_WORD = re.compile(rf"[ \t]*({_WORD})")
_LONGEST_NAME = 6


def _known(text: str, known: Iterable[str]) -> Iterator[tuple[int, int]]:
    for value in known:
        whole = r"\s+".join(map(re.escape, value.split()))
        parts = [re.escape(part) for part in value.split() if len(part) > 1 and part.lower() not in _words("particles")]
        for pattern in (whole, *parts):
            if pattern:
                yield from (found.span() for found in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))


@cache
def _name_patterns() -> dict[str, re.Pattern[str]]:
    titles, relations = _any_of("titles"), _any_of("relations")
    return {
        "sure": re.compile(rf"(?<!\w)(?:{_any_of('name_leads')})(?:\s+is)?[\s:,-]+(?={_WORD})", re.IGNORECASE),
        "perhaps": re.compile(rf"(?<!\w)(?:{_any_of('weak_leads')})[\s:,!-]+(?={_WORD})", re.IGNORECASE),
        "title": re.compile(rf"(?<!\w)(?i:{titles})\b\.?\s+(?=[^\W\d_])"),
        "relation": re.compile(rf"(?<!\w)(?i:my|our|his|her|their)\s+(?i:{relations}),?\s+(?=[^\W\d_])"),
        "signed": re.compile(rf"(?:[-\u2013\u2014~]|\n)\s*({_WORD}(?:\s+{_WORD})?)\s*$"),
    }


def _names(text: str) -> Iterator[tuple[int, int]]:
    """Yield names after the words that announce one."""
    letters = [sign for sign in text if sign.isalpha()]
    words = re.findall(r"[^\W\d_]{2,}", text)
    # In a text of capitals alone, or with one at every word, a capital says nothing.
    says_nothing = len(words) > 3 and (all(map(str.isupper, letters)) or all(word[0].isupper() for word in words))
    for kind, pattern in _name_patterns().items():
        for found in pattern.finditer(text):
            if kind == "signed":
                if not says_nothing and all(_may_be_name(word) and word[0].isupper() for word in found[1].split()):
                    yield found.span(1)
                continue
            yield from _name_at(text, found.end(), kind, says_nothing=says_nothing)


def _name_at(text: str, start: int, kind: str, *, says_nothing: bool) -> Iterator[tuple[int, int]]:
    """Yield the name that begins here, if one does."""
    end, place, is_given = start, start, False
    for count in range(_LONGEST_NAME):
        found = _NEXT_WORD.match(text, place)
        if found is None or _ends_name(found[1], capital_counts=not says_nothing):
            break
        word, place = found[1], found.end()
        if count and _plain(word) in _words("particles"):
            continue
        if kind == "sure":
            is_name = not count or _plain(word) not in _words("not_names")
        else:
            # After "this is jane" the word that stands last is the other half of the name.
            is_name = _is_announced(word, capital_counts=not says_nothing) or (is_given and _may_be_name(word) and _is_last(text, place))
        if not is_name:
            break
        is_given = is_given or _plain(word) in _words("given_names")
        end = place
        if word[-1] == "." and len(word) > 3:  # "J." goes on
            end -= 1
            break
    if end > start:
        yield start, end


def _plain(word: str) -> str:
    return word.lower().strip(".").replace("\u2019", "'").removesuffix("'s")


def _ends_name(word: str, *, capital_counts: bool) -> bool:
    """Say whether a word is after a name; "An" is a name where capitals count, and "I" is none."""
    return _plain(word) in _words("name_ends") and not (capital_counts and len(word) > 1 and word[0].isupper())


def _is_last(text: str, place: int) -> bool:
    following = _NEXT_WORD.match(text, place)
    return following is None or _plain(following[1]) in _words("name_ends")


def _is_announced(word: str, *, capital_counts: bool) -> bool:
    """Say whether a word after "this is" is a name: by its capital, because it is one of the known, or because it is no word."""
    if not _may_be_name(word):
        return False
    has_capital = capital_counts and word[0].isupper() and not word.isupper()
    return has_capital or _plain(word) in _words("given_names") or _plain(word) not in english_words()


def _may_be_name(word: str) -> bool:
    return len(_plain(word)) > 1 and not any(_plain(word) in _words(kind) for kind in ("not_names", "name_ends", "months"))

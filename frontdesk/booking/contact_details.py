"""Names, phone numbers and mail addresses out of what visitors type. Pure; what is asked or said about them stands elsewhere.

A reading is offered for the visitor to confirm, so it accepts what is possible and notes what is doubtful.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import yaml
from email_validator import EmailNotValidError, validate_email

MOST_CHARACTERS = 1000
"""What is longer is read so far."""
LONGEST_NAME = 60
_MOST_WORDS = 5
_LEAST_DIGITS = 5
"""Fewer digits are no attempt at a phone number."""
_DIGITS_OF_A_NUMBER = 7
_MOST_DIGITS = 15
_ALIKE = 0.8
"""How alike two mail domains are when one may be a slip of the other."""
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")  # noqa: RUF001  # phones type it
_DIGITS = re.compile(r"\+?\d(?:[\s().-]{0,3}\d)*")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_AROUND_MAIL = "<>()[]{},;:!?\"'*`"


class Doubt(Enum):
    """Why a value that was taken should be looked at again."""

    NOT_VALID = "not_valid"
    """A phone number of the right length that is given to nobody, as far as the numbering plan says."""
    DOMAIN_TYPO = "domain_typo"
    """A mail domain that is nearly a well-known one; `suggestion` holds the other address."""
    FOR_SOMEBODY = "for_somebody"
    """The name is of somebody for whom the visitor books."""


class Reason(Enum):
    """Why nothing was taken."""

    NOTHING = "nothing"
    """Nothing of the kind is there."""
    NEEDS_AREA_CODE = "needs_area_code"
    INCOMPLETE = "incomplete"
    """Too few digits for a phone number."""
    TOO_LONG = "too_long"
    MALFORMED = "malformed"
    """Something with an @ that is no address."""
    LINE_BREAK = "line_break"
    """Two lines, which could end up in the head of a mail."""
    QUESTION = "question"
    DIGITS = "digits"
    NOT_A_NAME = "not_a_name"
    """Words that are in no name: a wish, an answer, an insult."""
    NO_NAME_GIVEN = "no_name_given"
    """Somebody was meant, but not named: "for my mom"."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail as it was read."""

    value: str | None = field(default=None, repr=False)
    """The name, the number in E.164, the address; None when nothing was taken. Kept out of tracebacks and logs."""
    doubt: Doubt | None = None
    reason: Reason | None = None
    suggestion: str | None = field(default=None, repr=False)
    """What may have been meant instead."""

    def __bool__(self) -> bool:
        """Say whether something was taken."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """The ways to reach somebody that a message holds."""

    phone: Detail
    email: Detail

    def __bool__(self) -> bool:
        """Say whether there is at least one."""
        return bool(self.phone or self.email)


def read_contact(text: str, region: str) -> ContactDetails:
    """Return the phone number and the mail address that a message holds, each if it is there."""
    return ContactDetails(read_phone(text, region), read_email(text))


def read_phone(text: str, region: str) -> Detail:
    """Return the first phone number in a message.

    Args:
        text: What a visitor typed.
        region: Where numbers without a country code belong, such as US.
    """
    text = _DATE.sub(lambda found: " " * len(found[0]), _without_mail(text[:MOST_CHARACTERS]))
    needs_area_code = False
    # Not `parse`, which takes "212.867.5309 after 5" for a number with an extension or a longer one.
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE):
        number = match.number
        if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
            needs_area_code = True
            continue
        doubt = None if phonenumbers.is_valid_number(number) else Doubt.NOT_VALID
        return Detail(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), doubt)
    if needs_area_code:
        return Detail(reason=Reason.NEEDS_AREA_CODE)
    most = max((sum(map(str.isdigit, found)) for found in _DIGITS.findall(text)), default=0)
    if most > _MOST_DIGITS:
        return Detail(reason=Reason.TOO_LONG)
    return Detail(reason=Reason.INCOMPLETE if most >= _LEAST_DIGITS else Reason.NOTHING)


def read_email(text: str) -> Detail:
    """Return the first mail address in a message; "jane at gmail dot com" is one too. No name server is asked."""
    reason = Reason.NOTHING
    for candidate in _mail_candidates(text[:MOST_CHARACTERS]):
        try:
            address = validate_email(candidate, check_deliverability=False)
        except EmailNotValidError:
            reason = Reason.MALFORMED
            continue
        suggestion = _better_domain(address.domain)
        if suggestion:
            return Detail(address.normalized, Doubt.DOMAIN_TYPO, suggestion=f"{address.local_part}@{suggestion}")
        return Detail(address.normalized)
    return Detail(reason=reason)


def read_name(text: str, *, asked: bool = True) -> Detail:
    """Return the name in a message.

    Args:
        text: What a visitor typed.
        asked: Whether a name was asked for, so that a bare "Jane" is one. If not, it takes words such as "my name is".
    """
    if len(text.strip().splitlines()) > 1:
        return Detail(reason=Reason.LINE_BREAK)
    plain = unicodedata.normalize("NFC", " ".join(text.split())).replace("’", "'")  # noqa: RUF001  # phones type it
    if not plain or len(plain) > MOST_CHARACTERS:
        return Detail(reason=Reason.TOO_LONG if plain else Reason.NOTHING)
    plain = _DIGITS.sub(_unless_a_number, _without_mail(plain)).strip()
    led = _after(plain, _words("name_leads"), anywhere=True)
    if led is not None:
        before = plain[: len(plain) - len(led)].lower().replace("'s", " ").split()
        is_of_somebody = any(word in _words("relations") for word in before)
        return _name(_until_sentence_goes_on(led), Doubt.FOR_SOMEBODY if is_of_somebody else None)
    if not asked or not plain:
        return Detail(reason=Reason.NOTHING)
    if "?" in plain:
        return Detail(reason=Reason.QUESTION)
    rest = _corrected(_without_fillers(plain))
    rest = _without_fillers(_after(rest, _words("name_leads_when_asked")) or rest)
    somebody = _somebody(rest)
    return somebody if somebody is not None else _name(rest, doubt=None)


def _unless_a_number(digits: re.Match[str]) -> str:
    """Return what stays of digits beside a name: a whole phone number is another detail, anything shorter speaks against a name."""
    return " " if sum(map(str.isdigit, digits[0])) >= _DIGITS_OF_A_NUMBER else digits[0]


def _name(text: str, doubt: Doubt | None) -> Detail:
    """Return a text as a name if it can be one."""
    text = _without_tails(text.strip(" .,!;:\"'()"))
    if len(text) > LONGEST_NAME:
        return Detail(reason=Reason.TOO_LONG)
    if any(character.isdigit() for character in text):
        return Detail(reason=Reason.DIGITS)
    words = text.replace(",", " ").split()
    while words and words[0].lower().strip(".") in _words("titles"):
        words = words[1:]
    if not words:
        return Detail(reason=Reason.NOTHING)
    if len(words) > _MOST_WORDS or not all(_NAME_WORD.fullmatch(word) for word in words):
        return Detail(reason=Reason.NOT_A_NAME)
    lower = [word.lower().strip(".") for word in words]
    if any(_is_no_name(word, words[place]) for place, word in enumerate(lower)) or sum(map(len, lower)) < 2:
        return Detail(reason=Reason.NOT_A_NAME)
    return Detail(" ".join(_capitalized(words)), doubt)


def _is_no_name(lower: str, written: str) -> bool:
    if lower in _words("insults"):
        return True
    is_initial = len(lower) == 1 and (written.isupper() or written.endswith("."))
    return lower in _words("not_names") and lower not in _words("particles") and not is_initial


def _capitalized(words: Sequence[str]) -> list[str]:
    """Return the words of a name as names are written, where they were all typed in one case."""
    typed = "".join(words)
    if not (typed.islower() or (typed.isupper() and len(typed) > 3)):  # "JD" are initials
        return list(words)
    particles = _words("particles")
    return [
        word.lower() if place and word.lower() in particles else re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word.lower())
        for place, word in enumerate(words)
    ]


def _corrected(text: str) -> str:
    """Return what is meant in "not hana, Hannah" and in "Hannah, not hana"."""
    lower = text.lower()
    if lower.startswith("not "):
        for mark in (",", ";", ".", " but ", " it's ", " its "):
            if mark in text[4:]:
                return _without_fillers(text[text.index(mark, 4) + len(mark) :].strip())
    found = re.search(r"[ ,]+not [^,]+$", lower)
    return text[: found.start()] if found else text


def _somebody(text: str) -> Detail | None:
    """Read "for my mom Carol Ng": who comes is named, and the visitor is somebody else."""
    words = text.split()
    if len(words) > 3 and [word.lower() for word in words[-3:-1]] == ["for", "my"] and words[-1].lower() in _words("relations"):
        return _name(" ".join(words[:-3]), Doubt.FOR_SOMEBODY)
    if words and words[0].lower() in ("for", "booking"):
        words = words[1:]
    if len(words) < 2 or words[0].lower() not in _words("whose") or words[1].lower().strip(",") not in _words("relations"):
        return None
    rest = " ".join(words[2:]).strip(" ,")
    rest = _after(rest, ("her name is", "his name is", "named", "called", "name is", "who is")) or rest
    return _name(_until_sentence_goes_on(rest), Doubt.FOR_SOMEBODY) if rest else Detail(reason=Reason.NO_NAME_GIVEN)


def _until_sentence_goes_on(text: str) -> str:
    words: list[str] = []
    for word in text.split():
        if words and word.lower().strip(".,") in _words("name_ends"):
            break
        words.append(word)
        if word[-1] in ",;!?" or (word[-1] == "." and len(word) > 3):  # "J." goes on
            break
    return " ".join(words)


def _after(text: str, leads: Iterable[str], *, anywhere: bool = False) -> str | None:
    """Return what follows the first lead of a text that has one, or None."""
    lower = text.lower()
    for lead in sorted(leads, key=len, reverse=True):
        place = f" {lower} ".find(f" {lead} ")
        if place == 0 or (anywhere and place > 0):
            return text[place + len(lead) :].strip(" :,")
    return None


def _without_fillers(text: str) -> str:
    """Return a text without "hi," and "ok so" at its beginning."""
    text = text.strip(" ,.!;")
    lower = text.lower()
    for filler in _words("fillers"):
        if lower.startswith(filler) and len(text) > len(filler) and text[len(filler)] in " ,.!;":
            return _without_fillers(text[len(filler) :])
    return text


def _without_tails(text: str) -> str:
    while True:
        tail = next((word for word in _words("tails") if text.lower().endswith((f" {word}", f",{word}"))), None)
        if tail is None:
            return text
        text = text[: -len(tail)].rstrip(" ,.!")


def _without_mail(text: str) -> str:
    return " ".join("" if "@" in chunk else chunk for chunk in text.split(" "))


def _mail_candidates(text: str) -> Iterable[str]:
    chunks = text.split()
    for chunk in chunks:
        if "@" in chunk and len(chunk) > 1:
            yield chunk.strip(_AROUND_MAIL).removeprefix("mailto:").strip(_AROUND_MAIL).rstrip(".")
    lower = [chunk.lower().strip(".,;!?") for chunk in chunks]
    for place, word in enumerate(lower):
        # Said to a phone: "jane dot doe at gmail dot com".
        if word == "dot" and 2 < place + 1 < len(lower) and lower[place - 2] == "at" and lower[place + 1] in _words("domain_ends"):
            local = lower[place - 3]
            if place >= 5 and lower[place - 4] in ("dot", "underscore"):
                local = lower[place - 5] + {"dot": ".", "underscore": "_"}[lower[place - 4]] + local
            yield f"{local}@{lower[place - 1]}.{lower[place + 1]}"


def _better_domain(domain: str) -> str | None:
    """Return the well-known domain, or the end of one, of which this one may be a slip."""
    domain = domain.lower()
    if domain in _words("common_domains") or domain in _words("other_domains"):
        return None
    if close := difflib.get_close_matches(domain, sorted(_words("common_domains")), n=1, cutoff=_ALIKE):
        return close[0]
    head, _, end = domain.rpartition(".")
    slips: dict[str, str] = _data()["domain_end_slips"]
    return f"{head}.{slips[end]}" if end in slips else None


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return data


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(_data()[kind])

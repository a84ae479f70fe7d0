"""How is a typed message said aloud: its numerals, times, amounts, signs and short forms?

English as it is spoken in America. The words are data: `spoken.yml`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LONGEST = 4
"""A longer numeral is a telephone number or the like and is said digit by digit."""

_TIME = re.compile(r"\b(\d{1,2})(?::|\.(?=\d\d ?[ap]\.?m))([0-5]\d)(?!\d)", re.IGNORECASE)
_ORDINAL = re.compile(r"\b(\d+)(?:st|[nr]d|th)\b", re.IGNORECASE)
_RANGE = re.compile(r"(?<![\w-])(\d{1,3}(?:[:.]\d\d)?(?: ?[ap]m)?) ?[-–] ?(?=\d{1,3}(?![\d–-]))")  # noqa: RUF001  # visitors type that dash
_DECADE = re.compile(r"(?<!\w)'?(\d*\d0)'?s\b")
_DECIMAL = re.compile(r"\b(\d+)\.(\d+)\b")
_NUMERAL = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|\d+")


def say(text: str) -> str:
    """Return `text` in words only; capitals and the marks between clauses stay as they are.

    >>> say("2nd appt @ 9:05am, $85 for L4-L5? or 5-6 wks, 24/7")
    'second appointment at nine oh five am, eighty five dollars for L four-L five? or five to six weeks, twenty four/seven'
    """
    forms = _data()["short_forms"]
    text = _short_forms().sub(lambda found: forms[found[1].lower()], text)
    text = _amounts().sub(_say_amount, text)
    for sign, word in _data()["signs"].items():
        text = text.replace(sign, f" {word} ")
    text = _RANGE.sub(lambda found: f"{found[1]} to ", text)
    text = _TIME.sub(_say_time, text)
    text = _ORDINAL.sub(lambda found: _say_ordinal(found[1]), text)
    text = _DECADE.sub(_say_decade, text)
    text = _DECIMAL.sub(lambda found: f" {say_numeral(found[1])} point {_digit_by_digit(found[2])} ", text)
    text = _NUMERAL.sub(lambda found: _apart(say_numeral(found[0]), found), text)
    return re.sub(r" +(?=[ ,.;:!?)]|$)|^ +", "", text)


def say_numeral(numeral: str) -> str:
    """Return the words for a whole number as typed; four digits without a comma are said as a year where that is usual.

    >>> [say_numeral(typed) for typed in ("45", "1998", "2005", "1,998", "04455")]
    ['forty five', 'nineteen ninety eight', 'two thousand five', 'one thousand nine hundred ninety eight', 'zero four four five five']
    """
    digits = numeral.replace(",", "")
    if len(digits) > _LONGEST or (digits[0] == "0" and len(digits) > 1):
        return _digit_by_digit(digits)
    number = int(digits)
    if len(numeral) == 4 and (1100 <= number < 2000 or 2010 <= number < 2100):
        return f"{_cardinal(number // 100)} {_after_hundreds(number % 100, exact='hundred')}"
    return _cardinal(number)


def _cardinal(number: int) -> str:
    if number < 20:
        return str(_data()["to_nineteen"][number])
    if number < 100:
        return _joined(_data()["tens"][number // 10 - 2], number % 10)
    size, word = (1000, "thousand") if number >= 1000 else (100, "hundred")
    return _joined(f"{_cardinal(number // size)} {word}", number % size)


def _joined(words: str, rest: int) -> str:
    return f"{words} {_cardinal(rest)}" if rest else words


def _after_hundreds(number: int, *, exact: str) -> str:
    """Return what follows the hundreds of a year, or the hour of a time: "oh five", "thirty", or `exact` for zero."""
    return exact if number == 0 else f"oh {_cardinal(number)}" if number < 10 else _cardinal(number)


def _digit_by_digit(digits: str) -> str:
    return " ".join(_cardinal(int(digit)) for digit in digits)


def _say_time(found: re.Match[str]) -> str:
    return _apart(f"{say_numeral(str(int(found[1])))} {_after_hundreds(int(found[2]), exact='')}".strip(), found)


def _say_ordinal(numeral: str) -> str:
    first, _, last = say_numeral(numeral).rpartition(" ")
    return f"{first} {_data()['ordinals'].get(last, f'{last}th')}".strip()


def _say_decade(found: re.Match[str]) -> str:
    words = say_numeral(found[1])
    return f"{words.removesuffix('y')}ies" if words.endswith("y") else f"{words}s"


def _say_amount(found: re.Match[str]) -> str:
    cents = f" {say_numeral(str(int(found[3])))}" if found[3] and int(found[3]) else ""
    return f"{say_numeral(found[2])} {_data()['currencies'][found[1]]}{cents}"


def _apart(words: str, found: re.Match[str]) -> str:
    """Return words with a space on each side that touches a letter, as in L5 and 9am."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return f"{' ' * before.isalpha()}{words}{' ' * after.isalpha()}"


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8")))


@cache
def _short_forms() -> re.Pattern[str]:
    forms = "|".join(re.escape(form) for form in sorted(_data()["short_forms"], key=len, reverse=True))
    # The look-around keeps "u" out of "U.S." and of "l'u".
    return re.compile(rf"(?<![\w.'’])({forms})\.?(?![\w.'’])", re.IGNORECASE)  # noqa: RUF001  # phones type that quote


@cache
def _amounts() -> re.Pattern[str]:
    signs = "".join(re.escape(sign) for sign in _data()["currencies"])
    return re.compile(rf"([{signs}]) ?(\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.(\d\d))?(?!\d)")

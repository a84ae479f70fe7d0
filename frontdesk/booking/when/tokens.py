"""A message as tokens: numbers, clock times, dates in digits, marks, and phrases that `words.yml` knows.

What looks like a date or a time and is none (phone numbers, prices, codes, scores) becomes a token of kind `other`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from frontdesk.booking.when.words import Words

_MARKS = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "–": "-", "—": "-", "−": "-", "‑": "-", "／": "/", "：": ":"})  # noqa: RUF001
_HYPHENS = re.compile(r"\b(twenty|thirty|forty|fifty)-(?=[a-z])")
_HALF_OF_DAY = re.compile(r"(?<![a-z'])([ap])\.\s?m\b\.?")

# Each alternative begins with another character or ends where the next one would go on: there is nothing to try twice.
_SCAN = re.compile(
    r"""
    (?P<iso>\d{4}[-/]\d{1,2}[-/]\d{1,2})(?!\d)t?
  | (?P<dmy>\d{1,2}(?P<sep>[./-])\d{1,2}(?P=sep)(?:\d{4}|\d{2}))(?![\d/])
  | (?P<dm>\d{1,3}/\d{1,3})(?![\d/])
  | (?P<clock>\d{1,2}[:.h]\d{2}(?!\d)(?:am|pm|a|p)?)(?![a-z])(?::\d\d)?z?
  | (?P<hour>\d{1,4}(?:am|pm|a|p)|\d{1,2}h)(?![a-z\d])
  | (?P<ordinal>\d{1,2}(?:st|nd|rd|th))(?![a-z\d])
  | (?P<ish>\d{1,4}(?=-?ish\b))
  | (?P<code>\d+(?:[.,]\d+)+|\d+[a-z][a-z\d]*|[a-z]+\d[a-z\d-]*)
  | (?P<number>\d+)
  | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
  | (?P<mark>.)
""",
    re.VERBOSE | re.DOTALL,
)
_HALVES = {"am": "am", "a": "am", "pm": "pm", "p": "pm"}
_DIGITS_OF_A_PHONE_NUMBER = 7
_TIMES = ("number", "clock", "clock_word")
_IN_PHONE_NUMBERS = frozenset("-().+")


@dataclass(frozen=True, slots=True)
class Token:
    """A number, a mark, or a phrase."""

    kind: str
    text: str
    value: Any = None

    @property
    def is_end(self) -> bool:
        """Say whether a sentence ends here."""
        return self.kind == "mark" and self.text in ".!?;\n"


END = Token("mark", ".", None)


def tokenize(text: str, words: Words) -> list[Token]:
    """Return the tokens of a message.

    Kinds: `iso` (year, month, day), `dmy` (first, second, year), `dm` (first, second), `clock` (hour, minute, am/pm/None),
    `number`, `ordinal`, `mark`, `other`, `word`, and the kinds of `words.yml`.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_MARKS).lower()
    spelled = _HYPHENS.sub(r"\1 ", _HALF_OF_DAY.sub(r"\1m", plain))
    tokens = _without_phone_numbers(list(_scan(spelled, words)))
    return _with_compounds(list(_phrases(tokens, words)))


def _scan(plain: str, words: Words) -> Iterator[Token]:
    for line in plain.splitlines():
        for chunk in line.split():
            if "@" in chunk.strip("@") or "://" in chunk or chunk.startswith("www."):
                yield Token("other", chunk)
                continue
            for match in _SCAN.finditer(chunk):
                yield from _glued(match.group(), words) if match.lastgroup == "code" else [_token(match, words)]
        yield Token("mark", "\n")


def _glued(text: str, words: Words) -> Iterator[Token]:
    """Yield the tokens of letters and digits in one: "2moro" is a word, "dec8" a month and a day, "L5" neither."""
    if text in words.phrases:
        yield Token("word", text)
    elif (parts := re.fullmatch(r"([a-z]{3,})(\d{1,2})", text)) and _is_calendar_word(parts[1], words):
        yield Token("word", parts[1])
        yield Token("number", parts[2], int(parts[2]))
    elif (parts := re.fullmatch(r"(\d{1,4})([a-z]{3,})", text)) and _may_follow_digits(parts[2], words):
        yield Token("number", parts[1], int(parts[1]))
        yield Token("word", parts[2])
    else:
        yield Token("other", text)


def _may_follow_digits(text: str, words: Words) -> bool:
    return any(phrase == (text,) and meaning.kind in ("month", "unit", "oclock") for phrase, meaning in words.phrases.get(text, ()))


def _is_calendar_word(text: str, words: Words) -> bool:
    return any(phrase == (text,) and meaning.kind in ("month", "weekday") for phrase, meaning in words.phrases.get(text, ()))


def _token(match: re.Match[str], words: Words) -> Token:
    kind, text = str(match.lastgroup), match.group()
    if kind == "sep":
        kind = "dmy"
    match kind:
        case "iso" | "dmy" | "dm":
            if text in words.sets["not_dates"]:
                return Token("other", text)
            return Token(kind, text, tuple(int(part) for part in re.findall(r"\d+", text)))
        case "clock":
            hour, minute, half = re.match(r"(\d+).(\d\d)([ap]?)", text).groups()  # type: ignore[union-attr]
            weak = "." in text and not half and int(minute) % 5
            return Token("other", text) if weak else _clock(int(hour), int(minute), half, text, is_exact=text[0] == "0")
        case "hour":
            digits, half = re.match(r"(\d+)([aph])", text).groups()  # type: ignore[union-attr]
            hour, minute = (int(digits), 0) if len(digits) < 3 else divmod(int(digits), 100)
            return _clock(hour, minute, half, text)
        case "ordinal":
            return Token("ordinal", text, int(text[:-2]))
        case "number" | "ish":
            return Token("number", text, int(text)) if len(text) < 9 else Token("other", text)
        case "word":
            return Token("word", words.misspelled.get(text, text))
    return Token("mark", text)


def _clock(hour: int, minute: int, half: str, text: str, *, is_exact: bool = False) -> Token:
    return Token("clock", text, (hour, minute, _HALVES.get(half) or ("24h" if is_exact else None)))


def _without_phone_numbers(tokens: list[Token]) -> list[Token]:
    """Return the tokens with runs of digits that are a phone number, and money, taken for `other`."""
    result = list(tokens)
    at = 0
    while at < len(tokens):
        end, digits = at, 0
        while end < len(tokens) and (
            tokens[end].kind == "number" or (tokens[end].kind == "mark" and tokens[end].text in _IN_PHONE_NUMBERS)
        ):
            digits += len(tokens[end].text) if tokens[end].kind == "number" else 0
            end += 1
        if digits >= _DIGITS_OF_A_PHONE_NUMBER and not _is_stretch_of_time(tokens[at:end]):
            result[at:end] = [Token("other", token.text) for token in tokens[at:end]]
        elif tokens[at].text in ("$", "£", "€") and at + 1 < len(tokens):
            result[at + 1] = Token("other", tokens[at + 1].text)
        at = max(end, at + 1)
    return result


def _is_stretch_of_time(tokens: Sequence[Token]) -> bool:
    """Say whether digits are two times: "1030-1130"."""
    if [token.text for token in tokens[1:-1]] != ["-"] or not all(len(token.text) in (3, 4) for token in (tokens[0], tokens[-1])):
        return False
    return all(divmod(token.value, 100)[0] < 24 and token.value % 100 in (0, 15, 30, 45) for token in (tokens[0], tokens[-1]))


def _phrases(tokens: list[Token], words: Words) -> Iterator[Token]:
    """Yield the tokens with known phrases put together, and "2" "pm" too."""
    texts = [token.text for token in tokens]
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = texts[at + 1] if at + 1 < len(texts) else ""
        if token.kind in ("number", "clock") and following in ("am", "pm") and _is_half_of_day(token, texts, at):
            hour, minute = (token.value, 0) if token.kind == "number" else token.value[:2]
            hour, minute = divmod(hour, 100) if hour > 99 else (hour, minute)
            yield Token("clock", token.text, (hour, minute, following))
            at += 2
        elif token.kind in ("word", "mark") and (found := words.longest(texts, at)):
            length, meaning = found
            kind, value = meaning.kind, meaning.value
            if kind == "bound_after" and token.text in ("or", "and") and _names_time(tokens, at + length, words):
                yield token
                at += 1
                continue
            yield Token(kind, " ".join(texts[at : at + length]), value)
            at += length
        else:
            yield token
            at += 1


def _with_compounds(tokens: list[Token]) -> list[Token]:
    """Return the tokens with "twenty" "five" put together, bounds told, and without the "like" of "after like three"."""
    result: list[Token] = []
    for token in tokens:
        before = result[-1] if result else END
        earlier = result[-2] if len(result) > 1 else END
        is_led = earlier.kind in ("bound", "around") or earlier.text in ("at", "@")
        if before.text == "like" and is_led and token.kind in ("number", "clock", "clock_word"):
            del result[-1]
            before = earlier
        if bound := _bound_ahead(before, earlier, token):
            result[-1] = Token("bound", before.text, bound)
        is_pair = token.kind == before.kind == "number" and token.text.isalpha() and before.text in ("twenty", "thirty", "forty", "fifty")
        if is_pair and token.value < 10:
            result[-1] = Token("number", f"{before.text} {token.text}", before.value + token.value)
        else:
            result.append(token)
    return result


def _bound_ahead(word: Token, before: Token, following: Token) -> str:
    """Return the bound that "latest" or "earliest" is for what follows: "latest 4pm", not "4pm latest"."""
    is_said_of_what_is_before = before.kind in (*_TIMES, "ordinal", "weekday", "relative", "month", "part", "oclock")
    if is_said_of_what_is_before or not (following.kind in (*_TIMES, "month") or following.text == "at" or following.kind == "weekday"):
        return ""
    if word.kind == "bound_after" and word.text.endswith("latest"):
        return "by"
    return "from" if word.text.endswith("earliest") and following.kind in _TIMES else ""


def _names_time(tokens: list[Token], at: int, words: Words) -> bool:
    """Say whether a time follows, so that "or after" looks ahead and not back."""
    if at >= len(tokens):
        return False
    found = words.phrases.get(tokens[at].text, ())
    return tokens[at].kind in ("number", "clock", "ordinal", "iso", "dm", "dmy") or any(
        meaning.kind in ("weekday", "month", "relative", "part", "number", "clock_word", "holiday") for _, meaning in found
    )


def _is_half_of_day(token: Token, texts: list[str], at: int) -> bool:
    """Say whether "am" behind a number belongs to it: not in "at 5 am I too late"."""
    return (token.kind == "number" and token.value <= 1259) or (token.kind == "clock" and token.value[2] in (None, "24h"))

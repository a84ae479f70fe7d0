"""What did the visitor type, freed of what cannot be seen or does not matter?

Pure functions from text to text. Each is idempotent: normalising twice gives
what normalising once gave (tests/text/test_normalise.py proves it with
Hypothesis). Nothing here knows about words, languages or meaning.
"""

from __future__ import annotations

import re
import unicodedata

# Curly quotes, primes and the accent keys that phones put for an apostrophe.
_STRAIGHT = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'",
        "\u02bc": "'", "\u00b4": "'", "`": "'", "\u201c": '"', "\u201d": '"',
        "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
    }
)  # fmt: skip
_SPACES = re.compile(r"\s+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
# Variation selectors are marks (Mn) to Unicode, but as invisible as the format
# characters (Cf): zero-width joiners, soft hyphens, bidi overrides, tags.
_INVISIBLE_MARKS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u034f]")
# Letters of other alphabets that look like Latin ones; a sequence of them, then what they are read as. Full-width,
# mathematical and circled letters are not here: NFKC folds them. No library: the live ones bring thousands of signs.
_LOOK_ALIKES = {
    "АВЕІЈКМНОРЅСТУХҮԌԚԜЗ": "ABEIJKMHOPSCTYXYGQW3",  # Cyrillic
    "аеіјкмнорѕстухүԁһӏԛԝвѵғ": "aeijkmhopsctyxydhlqwbvf",
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ": "ABEZHIKMNOPTYX",  # noqa: RUF001  # Greek
    "αβεικνορτυχηωγ": "abeikvoptuxnwy",
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıɑɡłøđɩ": "abcdefghijklmnoprstuvwyziaglodi",  # small capitals and single letters
}
_LATIN = str.maketrans(
    {sign: letter for signs, letters in _LOOK_ALIKES.items() for sign, letter in zip(signs, letters, strict=True)}
    | {chr(start + i): chr(ord("a") + i) for start in (0x1F1E6, 0x1F150, 0x1F170) for i in range(26)}  # flags and badges
)
_SIGNS_FOR_LETTERS = str.maketrans("013457$@!|", "oieastsail")
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[013457$@!|](?=[^\W\d_])")
_SPACED_OUT = re.compile(r"(?<![\w'])[^\W\d_](?:[\W_]{1,3}[^\W\d_]){2,}(?![\w'])")
_BETWEEN_LETTERS = re.compile(r"[\W_]+")


def strip_invisible(text: str) -> str:
    r"""Remove control, zero-width, bidi and unassigned characters.

    Tabs and line breaks become spaces first, so that words do not run together.

    >>> strip_invisible("sui\u200bcide\u202e")
    'suicide'
    """
    if text.isascii() and text.isprintable():  # most messages are, and every one is read while its writer waits
        return text
    text = _SPACES.sub(" ", _INVISIBLE_MARKS.sub("", text))
    return "".join(c for c in text if unicodedata.category(c)[0] != "C")


def straighten_quotes(text: str) -> str:
    r"""Replace curly quotes and look-alikes with ' and ".

    >>> straighten_quotes("I can\u2019t")
    "I can't"
    """
    return text.translate(_STRAIGHT) if "`" in text or not text.isascii() else text


def collapse_whitespace(text: str) -> str:
    r"""Make every run of white space one space and trim both ends.

    >>> collapse_whitespace("  a \n b ")
    'a b'
    """
    return _SPACES.sub(" ", text).strip()


def collapse_stretched(text: str) -> str:
    """Shorten three or more of the same letter to two.

    Two, because English doubles letters ("pee", "fell"); digits are left alone.

    >>> collapse_stretched("heeeelp 1000")
    'heelp 1000'
    """
    return _STRETCHED.sub(r"\1\1", text)


def normalise(text: str) -> str:
    r"""Return the text as one line of plain, visible, compatible characters.

    Case, accents and punctuation stay. Compatibility forms (full-width letters,
    ligatures) are folded by NFKC. An empty or invisible message gives "".

    >>> normalise("\uff29 can\u2019t   peeeee\u200b!")
    "I can't pee!"
    """
    before = None
    # NFKC can create what an earlier step removes (a spacing accent becomes a
    # space and a mark), so the steps run until nothing changes: twice at most
    # in practice, and this is what makes the function idempotent.
    while text != before:
        before = text
        text = unicodedata.normalize("NFKC", strip_invisible(text))
        text = collapse_stretched(collapse_whitespace(straighten_quotes(text)))
    return text


def unmask(text: str) -> str:
    """Write in plain letters what stands in look-alikes, with signs for letters, or spaced out.

    For the guard alone: it changes what other readers want to keep ("page1of2"). Digits stay beside digits and at the
    ends of words ("L5", "102F", "b4").

    >>> unmask("k1ll my\u0455elf, s.u.i.c.i.d.e, at L5 S1")
    'kill myself, suicide, at L5 S1'
    """
    before = None
    # Signs read as letters can complete what is spaced out, and the other way round.
    while text != before:
        before = text
        text = text if text.isascii() else text.translate(_LATIN)
        text = _SPACED_OUT.sub(lambda match: _BETWEEN_LETTERS.sub("", match[0]), text)
        text = _SIGN_IN_WORD.sub(lambda match: match[0].translate(_SIGNS_FOR_LETTERS), text)
    return text

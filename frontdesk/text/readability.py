"""How long a text is and how hard it is to read, counted on what its writer wrote.

Lines that hold a `{clinic.fact}` are left out: they differ from clinic to clinic, and the writer of an answer cannot shorten them.
Markdown signs are left out too. Items of a list are no sentences of their own, or a list of conditions would never pass.
"""

import re

import textstat

from frontdesk.text.placeholders import FACT

_FACT_LINE = re.compile(rf"^.*{FACT.pattern}.*$\n?", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_ITEM = re.compile(r"^\s*- ", re.MULTILINE)
# A full stop after these ends no sentence.
_SHORT_FORMS = re.compile(r"\b(Dr|Mr|Mrs|Ms|St|vs|e\.g|i\.e|U\.S|U\.K)\.", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"\u201d\u2019')]*(?=\s|$)")


def plain(text: str) -> str:
    """Return the text without Markdown signs.

    >>> plain("**Call** [the desk](tel:{contact.phone}).")
    'Call the desk.'
    """
    return _LINK.sub(r"\1", text).replace("**", "")


def own_words(text: str) -> str:
    r"""Return what the writer wrote: no fact lines, no Markdown signs, no dashes of lists.

    >>> own_words("Come early.\n- Price: {prices.first_visit}\n- Bring **socks**.")
    'Come early.\nBring socks.'
    """
    return _ITEM.sub("", plain(_FACT_LINE.sub("", text))).strip()


def sentences(text: str) -> int:
    r"""Return the number of sentences outside lists and fact lines; a line that ends without a full stop ends one too.

    >>> sentences("Dr. Thomas wrote it. Ask:\n- One thing. And more.\n- Two\nPhone: {contact.phone}")
    2
    """
    lines = [line for line in _FACT_LINE.sub("", text).splitlines() if line.strip() and not _ITEM.match(line)]
    return sum(len(_split(line)) for line in lines)


def has_lines_beside_sentences(text: str) -> bool:
    """Say whether the text has list items or fact lines, which carry an answer as a sentence does."""
    return bool(_ITEM.search(text) or _FACT_LINE.search(text))


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of the writer's own words; 8 is what most adults read with ease.

    List items count as sentences here, since a reader stops after each.
    """
    lines = [line.rstrip() for line in own_words(text).splitlines() if line.strip()]
    stopped = [line if re.search(r"[.!?][\"\u201d\u2019')]*$", line) else f"{line.rstrip(':;,')}." for line in lines]
    return float(textstat.flesch_kincaid_grade(" ".join(stopped))) if stopped else 0.0


def _split(line: str) -> list[str]:
    shielded = _SHORT_FORMS.sub(lambda found: found[0].replace(".", "\0"), plain(line))
    return [part for part in _SENTENCE_END.split(shielded) if re.search(r"\w", part)]

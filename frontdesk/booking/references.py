"""The reference of an appointment: what a visitor writes down, reads out on the phone, and types again.

Eight random characters, as XXXX-XXXX, without 0, O, 1, I, L and U. Each half has a letter and a digit, so that neither
words nor numbers in a message are taken for a reference.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

_HALF = f"[{ALPHABET}]{{4}}"
_BETWEEN = r"(?:\s*[-‐-―.]\s*|\s+)?"  # noqa: RUF001  # hyphens and dashes, as phones put them in
_START, _END = r"(?<![^\W_])(?<!['’])", r"(?![^\W_])"  # noqa: RUF001  # an apostrophe, as in "it's"
_WRITTEN = re.compile(rf"{_START}({_HALF}){_BETWEEN}({_HALF}){_END}", re.IGNORECASE | re.ASCII)
# "a b 2 c - d 3 e f", as it is dictated.
_SPELLED = re.compile(rf"{_START}(?:[{ALPHABET}][ -]{{1,3}}){{7}}[{ALPHABET}]{_END}", re.IGNORECASE | re.ASCII)
_ORDINAL = re.compile(r"\d\d?(?:[SNR][TD]|TH)")


def new_reference(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """Return a reference that nobody can guess; that it is new is for the database to say."""
    return f"{_new_half(choose)}-{_new_half(choose)}"


def read_reference(text: str) -> str | None:
    """Return the first reference in a text as it is kept, or None.

    >>> read_reference("it's ab2c d3ef, thanks"), read_reference("I want that one"), read_reference("5032 5559")
    ('AB2C-D3EF', None, None)
    """
    for pattern in (_WRITTEN, _SPELLED):
        for found in pattern.finditer(text):
            plain = re.sub(r"[^A-Z0-9]", "", found[0].upper())
            if _is_half(plain[:4]) and _is_half(plain[4:]):
                return f"{plain[:4]}-{plain[4:]}"
    return None


def _new_half(choose: Callable[[Sequence[str]], str]) -> str:
    while True:
        half = "".join(choose(ALPHABET) for _ in range(4))
        if _is_half(half):
            return half


def _is_half(half: str) -> bool:
    """Say whether four characters are half a reference: mixed, and no "24th"."""
    return any(sign.isdigit() for sign in half) and any(sign.isalpha() for sign in half) and not _ORDINAL.fullmatch(half)

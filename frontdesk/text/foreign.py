"""Which language is a message in, when it is not in English?

Short messages fool every detector: "ankle sprain" passes for German. So a message is foreign only when its letters are
not Latin, or when hardly any of its words is English and the detector agrees.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from frontdesk.text.spelling import share_of_english

LANGUAGES = ("ar", "de", "es", "fr", "it", "ko", "pl", "pt", "ru", "tl", "vi", "zh")
"""ISO 639-1 codes that are told apart: what is spoken most in the United States, English aside."""
_ENGLISH_AT_MOST = 1 / 3
_FEWEST_WORDS = 3
"""Of one or two words, many are names."""


def foreign_language(text: str) -> str | None:
    """Return the language of a message that is surely not English as an ISO 639-1 code, else `None`.

    >>> foreign_language("¿tienen turnos disponibles mañana?"), foreign_language("ankle sprain"), foreign_language("예약")
    ('es', None, 'ko')
    """
    letters = [letter for letter in text if letter.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if letters and latin < len(letters) / 2:
        return guess_language(text)
    if len(text.split()) < _FEWEST_WORDS or share_of_english(text) > _ENGLISH_AT_MOST:
        return None
    return guess_language(text)


def guess_language(text: str) -> str | None:
    """Return the likeliest of `LANGUAGES`, or `None` for English and for what cannot be told."""
    found = _detector().detect_language_of(text)
    code = found.iso_code_639_1.name.lower() if found else "en"
    return None if code == "en" else code


@cache
def _detector() -> Any:
    """Return the detector, in the mode that needs 20 MB and no time to load instead of 300 MB and nine seconds."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in ("en", *LANGUAGES)]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()

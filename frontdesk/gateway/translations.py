"""The words of the chat window in other languages than the clinic's first: `clinic/wording.<language>.yml`.

A page in one of these languages gets them; what they lack is said in the first language. The answers themselves are not
translated: nobody qualified has read a translation of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.gateway.errors import SettingsError
from frontdesk.gateway.wording import parse_starters
from frontdesk.practice import Practice
from frontdesk.text.wording_keys import TRANSLATED, sections

FIRST_LANGUAGE = "en"
"""What `clinic/wording.yml` and the answers are written in."""

_NAME = re.compile(r"wording\.([a-z]{2,3})\.yml")


@dataclass(frozen=True)
class Translation:
    """What the chat window says in one language; sentences that are not there are said in the first."""

    texts: Mapping[str, str]
    starters: tuple[Mapping[str, Any], ...]
    kinds: Mapping[str, str]
    errors: Mapping[str, str]
    strings: Mapping[str, str]

    def apply(self, config: Mapping[str, Any], language: str) -> dict[str, Any]:
        """Return what `GET /v1/config` answers, in this language; `errors` are sentences by code."""
        return {
            **config,
            **self.texts,
            "language": language,
            "starters": list(self.starters) or config["starters"],
            "kinds": {**config["kinds"], **self.kinds},
            "strings": {**config["strings"], **self.strings},
            "errors": dict(self.errors),
        }


def load_translations(clinic: Path, practice: Practice) -> dict[str, Translation]:
    """Return the translations in the folder `clinic` by language, such as "es".

    Raises:
        SettingsError: When a file cannot be read, or holds something else than texts where the window has texts.
    """
    found = {name[1]: path for path in sorted(clinic.glob("wording.*.yml")) if (name := _NAME.fullmatch(path.name))}
    return {language: _load(path, practice) for language, path in found.items()}


def choose_language(wanted: str, translations: Mapping[str, Translation]) -> str:
    """Return the language for a tag such as "es-MX".

    >>> choose_language("fr-CA", {})
    'en'
    """
    language = wanted.lower().split("-")[0]
    return language if language in translations else FIRST_LANGUAGE


def _load(path: Path, practice: Practice) -> Translation:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as err:
        raise SettingsError(f"{path}: cannot be read: {' '.join(str(err).split())}") from err
    if not isinstance(raw, dict):
        raise SettingsError(f"{path}: must hold sections such as 'strings:'")

    def filled(where: str, given: Any, names: tuple[str, ...]) -> dict[str, str]:
        if not isinstance(given, dict) or not all(isinstance(given[name], str) for name in names if name in given):
            raise SettingsError(f"{path}: '{where}' must hold texts, one for each name")
        return {name: practice.fill(given[name]) for name in names if name in given}

    parts = {section: filled(section, raw.get(section) or {}, sections()[section]) for section in TRANSLATED}
    return Translation(texts=filled("texts", raw, sections()["texts"]), starters=parse_starters(raw.get("starters"), path), **parts)

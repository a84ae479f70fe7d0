"""Which sentences must `clinic/wording.yml` have? The list is `wording_keys.yml`; this reads it.

Imports neither the gateway nor its libraries, so that a check of the clinic's files can ask too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

TRANSLATED = ("kinds", "errors", "strings")
"""The sections that `wording.<language>.yml` may have, besides the texts at the top and the starters."""

_TOP = "texts"


@cache
def sections() -> dict[str, tuple[str, ...]]:
    """Return the names that each section needs; those under `texts` stand at the top of the file."""
    raw: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return {section: tuple(names) for section, names in raw.items()}


@cache
def required_keys() -> tuple[str, ...]:
    """Return every sentence that is needed, as a dotted name.

    >>> [key for key in required_keys() if key in ("greeting", "strings.send")]
    ['greeting', 'strings.send']
    """
    return tuple(name if section == _TOP else f"{section}.{name}" for section, names in sections().items() for name in names)


def is_translated(trail: Sequence[str | int]) -> bool:
    """Return whether a text of `wording.<language>.yml` is said anywhere.

    >>> is_translated(["greeting"]), is_translated(["strings", "send"]), is_translated(["strings", "sned"])
    (True, True, False)
    """
    match list(trail):
        case ["starters", *_]:
            return True
        case [str(name)]:
            return name in sections()[_TOP]
        case [str(section), str(name)]:
            return section in TRANSLATED and name in sections()[section]
    return False


def missing_keys(wording: object) -> list[str]:
    """Return the dotted names whose sentence a loaded `wording.yml` lacks, or has as something else than text.

    >>> missing_keys({"strings": {"send": 7}})[:2], "strings.send" in missing_keys({"strings": {"send": 7}})
    (['disclosure', 'privacy'], True)
    """

    def holds(key: str) -> bool:
        value = wording
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return isinstance(value, str)

    return [key for key in required_keys() if not holds(key)]

"""Which facts a clinic has, what type each is, and how it is named to a visitor who asks for a missing one."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

TYPES = ("text", "phone", "email", "url", "money", "minutes", "list", "hours", "dates", "time_zone", "date")

_FILE = Path(__file__).with_name("facts.yml")


@dataclass(frozen=True)
class Fact:
    """One thing a clinic may tell its visitors."""

    name: str
    """Dotted, as in placeholders: `prices.first_visit`."""
    label: str
    """Completes "I don't have anything from the clinic on ...": "the price of a first visit"."""
    type: str
    """One of `TYPES`."""
    help: str
    """A line for the receptionist who fills it in."""


@cache
def load_facts() -> MappingProxyType[str, Fact]:
    """Return every fact by its dotted name, in the order of `facts.yml`."""
    sections = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    facts = {
        f"{section}.{key}": Fact(f"{section}.{key}", entry["label"], entry["type"], entry["help"])
        for section, entries in sections.items()
        for key, entry in entries.items()
    }
    return MappingProxyType(facts)

"""The clinic's facts as their editors use them: read, changed, checked before they are written, and nobody's change lost.

`clinic/practice.yml` is the only truth. A fact is a plain value as the file has it; what is not known is `None`.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontdesk.editing import CannotRewrite, EditedFile, EditingError, FileUnreadable, Written
from frontdesk.editing.edited_file import Check, Version
from frontdesk.editing.yaml_values import Source, set_block, set_value
from frontdesk.practice.checks import check_practice
from frontdesk.practice.facts import load_facts
from frontdesk.practice.hours import DAYS
from frontdesk.practice.practice import Practice
from frontdesk.text.problem import Problem
from frontdesk.text.yaml_lines import Document, Trail, parse_yaml

HEAD = ("example", "reviewed_on")
"""What the file says of itself: whether the facts are made up, and when somebody last read them through."""
_QUOTED = ("phone", "money", "date", "hours")
"""Types whose values stand in quotes."""
_REMEMBERED = 50

Facts = Mapping[str, Any]
"""By dotted name, and by what stands in `HEAD`."""


class FactsConflict(EditingError):
    """Raised when the file is no longer what the editor saw. Nothing is lost: the one who saves has theirs, and these are the others'."""

    def __init__(self, theirs: OpenFacts) -> None:
        super().__init__("somebody else has saved the facts since you opened them; look at both versions, then save yours again")
        self.theirs = theirs


@dataclass(frozen=True)
class OpenFacts:
    """The facts as they stand in the file."""

    facts: Facts
    problems: tuple[Problem, ...]
    """What is wrong with the file as YAML, by line."""
    fingerprint: str
    """Of the file's bytes; to be given back when it is saved."""


class PracticeFile:
    """The `practice.yml` of one clinic."""

    def __init__(self, clinic: Path, check: Check = check_practice, *, commits: bool = False) -> None:
        """Take the clinic's folder.

        Args:
            clinic: The folder with `practice.yml`.
            check: What the folder must pass before anything is written.
            commits: Whether every change is a git commit in its author's name.
        """
        self._file = EditedFile(clinic / "practice.yml", check, commits=commits)
        self._seen: OrderedDict[str, OpenFacts] = OrderedDict()

    def open(self) -> OpenFacts:
        """Read the facts.

        Raises:
            FileUnreadable: When the file is broken.
        """
        there = self._file.read()
        opened = OpenFacts(read_facts(there.document), there.problems, there.fingerprint)
        self._seen[opened.fingerprint] = opened
        self._seen.move_to_end(opened.fingerprint)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return opened

    def seen(self, fingerprint: str) -> OpenFacts | None:
        """Return a version that was opened since this process started, if it is not long ago."""
        return self._seen.get(fingerprint)

    def problems(self, today: dt.date) -> list[Problem]:
        """Return what the check finds in the file as it is, warnings too."""
        return self._file.problems(today)

    def save(self, facts: Facts, seen: str, today: dt.date, *, author: str = "") -> Written:
        """Make the file say these facts.

        Args:
            facts: All of them.
            seen: The fingerprint with which they were opened.
            today: The day on which the check runs.
            author: `Name <address>`, for the commit.

        Raises:
            FactsConflict: When the file is not what was seen.
            FileUnreadable: When it is broken.
            ChangeRefused: When the check finds errors that were not there before.
            CannotRewrite: When a fact stands where it cannot be changed.
            NotSaved: When the disk did not take it.
        """

        def change(there: Version) -> str:
            if there.fingerprint != seen:
                raise FactsConflict(self.open())
            return rewrite(there.text, self._file.path, facts)

        return self._file.save(change, today, author=author, subject="Clinic: Change facts")


def read_facts(document: Document) -> dict[str, Any]:
    """Return what a file says, by name; a fact that is not there is `None`."""
    return {name: document.get(*trail_of(name)) for name in (*HEAD, *load_facts())}


def practice_of(facts: Facts) -> Practice:
    """Return facts as answers are filled with them."""
    return Practice(example=facts.get("example") is True, raw={name: value for name, value in facts.items() if name not in HEAD})


def differing(one: Facts, other: Facts) -> list[str]:
    """Return the names of the facts that differ, in the order of `facts.yml`."""
    return [name for name in (*HEAD, *load_facts()) if not _same(one.get(name), other.get(name))]


def trail_of(name: str) -> Trail:
    """Return where a fact stands in the file."""
    return tuple(name.split("."))


def rewrite(text: str, path: Path, facts: Facts) -> str:
    """Return the file with other facts; where it says the same it stays byte for byte.

    Raises:
        FileUnreadable: When the text is broken.
        CannotRewrite: When a fact stands where it cannot be replaced by itself.
    """
    document = _parse(text, path)
    changed = text
    # One after the other, each in what the one before left: so no two of them can meet.
    for name in differing(read_facts(document), facts):
        for trail, value in _values(name, document.get(*trail_of(name)), facts.get(name)):
            changed = _set(Source(changed, path), trail, value, name)
    after = _parse(changed, path)
    if differing(read_facts(after), facts) or _the_rest(after) != _the_rest(document):
        raise CannotRewrite(f"{path} is written in a way that only a text editor can change safely; change it by hand")
    return changed


def _parse(text: str, path: Path) -> Document:
    document, problems = parse_yaml(text, path)
    if document is None or not isinstance(document.value, dict):
        raise FileUnreadable(problems or [Problem(path, 1, "the file must hold sections such as 'contact:' and 'prices:'")])
    return document


def _values(name: str, before: Any, after: Any) -> Iterator[tuple[Trail, Any]]:
    """Yield what has to be set for a fact: of a week only the days that differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from (((*trail_of(name), day), spans) for day, spans in after.items() if not _same(before.get(day), spans))
    else:
        yield trail_of(name), after


def _set(source: Source, trail: Trail, value: Any, name: str) -> str:
    *above, key = trail
    section = source.at() if not above else _section(source, tuple(above))
    kind = load_facts()[name].type if name in load_facts() else "date"
    node = next((node for known, node in section.value if known.value == key), None)
    if isinstance(value, str) and node is not None and getattr(node, "style", None) == "|":
        return set_block(source, tuple(above), str(key), value)
    names = [known.split(".")[1] for known in load_facts() if known.startswith(f"{above[0]}.")] if len(above) == 1 else []
    order = HEAD if not above else DAYS if kind == "hours" and len(above) > 1 else names
    return set_value(
        source,
        tuple(above),
        str(key),
        value,
        order=order,
        style='"' if kind in _QUOTED else None,
        on_lines=kind in ("list", "hours", "dates"),
    )


def _section(source: Source, trail: Trail) -> Any:
    try:
        return source.at(*trail)
    except CannotRewrite as err:
        raise CannotRewrite(f"{source.path} has no section '{trail[0]}:' in which the fact could stand; add it by hand") from err


def _same(one: Any, other: Any) -> bool:
    # In Python true is 1.
    return type(one) is type(other) and bool(one == other)


def _the_rest(document: Document) -> object:
    """Return what a file says beside the facts."""
    rest = copy.deepcopy(document.value)
    for name in (*HEAD, *load_facts()):
        *above, key = trail_of(name)
        place = rest.get(above[0]) if above else rest
        if isinstance(place, dict):
            place.pop(key, None)
    return rest

"""What would a table change? Held against the files row by row, and refused as a whole as long as one row is wrong.

A row with an id is compared three ways: what was exported (the id holds it), what the row says, and what the file says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from frontdesk.faq.editing.draft import Draft, tidy, withdraw_signature
from frontdesk.faq.editing.errors import NameRefused
from frontdesk.faq.editing.folder import OpenTopic, TopicFolder
from frontdesk.faq.example_checks import short
from frontdesk.faq.spreadsheet.rows import (
    EXAMPLE,
    FIELDS,
    OPTIONAL,
    Row,
    RowProblem,
    Sheet,
    field_text,
    field_value,
    numbered,
    parse_id,
    row_id,
    tidied,
)
from frontdesk.faq.store import Intent
from frontdesk.faq.writing_help import Hint, Rules, Taught, refused, topic_of
from frontdesk.text.problem import did_you_mean, one_of

_NEEDED = tuple(what for what in FIELDS if what not in OPTIONAL)
_AGAIN = "export again, and make the change there"


@dataclass(frozen=True)
class Change:
    """One row that changes something."""

    row: int
    topic: str
    what: str
    before: str
    """Empty for what is added."""
    after: str
    """Empty for what is removed."""


@dataclass(frozen=True)
class Plan:
    """What a table would do."""

    changes: tuple[Change, ...]
    problems: tuple[RowProblem, ...]
    """With any of them nothing is to be written."""
    untouched: int
    """Rows that say what the files say."""
    new: tuple[str, ...]
    """Topics that are not there yet."""
    unsigned: tuple[str, ...]
    """Topics that lose their clinician's signature, for it stood under another answer."""
    drafts: Mapping[str, tuple[Draft, str | None]]
    """For `TopicFolder.save_all`."""


@dataclass
class _Edited:
    """One topic while its rows are read."""

    name: str
    there: OpenTopic | None
    """`None` for a new topic."""
    fields: dict[str, Any] = field(default_factory=dict)
    examples: list[str | None] = field(default_factory=list)
    """Those of the file, in their places; `None` for one that is removed."""
    added: list[str] = field(default_factory=list)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    """Which row says it, by field and text."""
    by_id: dict[str, int] = field(default_factory=dict)
    """Places of the examples by the id they would be exported with."""
    said: Counter[str] = field(default_factory=Counter)
    """How often each example is there, tidied, with the changes so far."""

    def draft(self) -> Draft:
        """Return the topic with its changes."""
        examples = (*(text for text in self.examples if text is not None), *self.added)
        if self.there:
            return tidy(replace(self.there.draft, examples=examples, **self.fields), self.there.draft)
        empty = Draft(title="", kinds=(), answer="", examples=(), owner="", reviewed=None, review_by=None)
        return tidy(replace(empty, examples=examples, **self.fields))


def plan_import(sheet: Sheet, folder: TopicFolder, intents: Sequence[Intent], rules: Rules) -> Plan:
    """Hold a table against the files.

    Args:
        sheet: The table.
        folder: The topics as they are.
        intents: The plain intents, which share no example with a topic.
        rules: What a changed topic is held against, as by `frontdesk check`.

    Raises:
        TopicUnreadable: When the file of a topic is broken.
    """
    there = {name: folder.open(name) for name in folder.names()}
    edited: dict[str, _Edited] = {}
    changes: list[Change] = []
    problems = list(sheet.problems)
    seen: dict[str, int] = {}
    untouched = 0
    for row in sheet.rows:
        if wrong := _check_row(row, folder, there, seen):
            problems.append(wrong)
            continue
        one = edited.get(row.topic) or _opened(row.topic, there.get(row.topic))
        edited[row.topic] = one
        outcome = _read_example(one, row) if row.what == EXAMPLE else _read_field(one, row)
        match outcome:
            case RowProblem():
                problems.append(outcome)
            case Change():
                changes.append(outcome)
            case None:
                untouched += 1
    touched = {change.topic for change in changes}
    drafts = {name: one.draft() for name, one in edited.items() if name in touched}
    problems += [problem for name in drafts if name not in there for problem in _incomplete(edited[name], sheet)]
    if not problems:
        problems += _refused(edited, drafts, there, intents, rules, changes)
    signed = {name: withdraw_signature(there[name].draft, draft) if name in there else draft for name, draft in drafts.items()}
    return Plan(
        changes=tuple(changes),
        problems=tuple(sorted(set(problems))),
        untouched=untouched,
        new=tuple(name for name in drafts if name not in there),
        unsigned=tuple(name for name, draft in signed.items() if draft != drafts[name]),
        drafts={name: (draft, there[name].fingerprint if name in there else None) for name, draft in drafts.items()},
    )


def _opened(name: str, there: OpenTopic | None) -> _Edited:
    if there is None:
        return _Edited(name, None)
    ids = {row_id(name, EXAMPLE, text, number): place for place, (text, number) in enumerate(numbered(there.draft.examples))}
    said = Counter(tidied(EXAMPLE, text) for text in there.draft.examples)
    return _Edited(name, there, examples=list(there.draft.examples), by_id=ids, said=said)


def _check_row(row: Row, folder: TopicFolder, there: Mapping[str, OpenTopic], seen: dict[str, int]) -> RowProblem | None:
    """Return what is wrong with a row before it is known what it changes."""
    if row.what != EXAMPLE and row.what not in FIELDS:
        known = (EXAMPLE, *FIELDS)
        return RowProblem(row.number, "what", f"'{short(row.what)}' is nothing a topic has; {did_you_mean(row.what, known, one_of(known))}")
    if row.topic not in there:
        try:
            folder.path(row.topic)
        except NameRefused as err:
            return RowProblem(row.number, "topic", str(err) if row.topic else "the topic is missing; name it")
    if not row.id:
        return None
    if row.id in seen:
        return RowProblem(row.number, "id", f"the id is also on row {seen[row.id]}; leave it empty where you add a row")
    seen[row.id] = row.number
    parts = parse_id(row.id)
    if parts is None:
        return RowProblem(row.number, "id", f"'{short(row.id)}' is no id; leave it as it was exported, and empty for a row that you add")
    if parts != (row.topic, row.what):
        message = (
            f"the id belongs to the {parts[1]} of {parts[0]}, and the row says the {row.what} of {row.topic}; sort whole rows, or {_AGAIN}"
        )
        return RowProblem(row.number, "id", message)
    if row.topic not in there:
        return RowProblem(row.number, "topic", f"'{row.topic}' was renamed or retired after the export; {_AGAIN}")
    return None


def _read_field(one: _Edited, row: Row) -> Change | RowProblem | None:
    wanted = tidied(row.what, row.text)
    current = tidied(row.what, field_text(one.there.draft, row.what)) if one.there else ""
    key = "kinds" if row.what == "kind" else row.what
    if (row.what, "") in one.rows:
        return RowProblem(row.number, "what", f"the {row.what} of {row.topic} is also on row {one.rows[row.what, '']}; keep one of the two")
    one.rows[row.what, ""] = row.number
    if wanted == current or row.id == row_id(row.topic, row.what, wanted):
        return None
    if current and not row.id:
        return RowProblem(row.number, "id", f"{row.topic} has a {row.what} already, and this row has no id; {_AGAIN}")
    if row.id and row.id != row_id(row.topic, row.what, current):
        return RowProblem(
            row.number, "text", f"somebody else has changed the {row.what} of {row.topic} to '{short(current)}' meanwhile; {_AGAIN}"
        )
    if not wanted and row.what not in OPTIONAL:
        return RowProblem(row.number, "text", f"the {row.what} is empty; a topic must have one")
    try:
        one.fields[key] = field_value(row.what, wanted)
    except ValueError:
        message = f"'{short(wanted)}' is no day; write year-month-day with ' in front, such as '2026-11-24"
        return RowProblem(row.number, "text", message)
    return Change(row.number, row.topic, row.what, current, wanted)


def _read_example(one: _Edited, row: Row) -> Change | RowProblem | None:
    wanted = tidied(EXAMPLE, row.text)
    if not row.id:
        if not wanted:
            return RowProblem(row.number, "text", "the example is empty; write how a visitor asks, or delete the row")
        if one.said[wanted]:
            return RowProblem(row.number, "text", f"'{short(wanted)}' is an example of {row.topic} already; delete the row")
        one.added.append(wanted)
        one.said[wanted] += 1
        one.rows[EXAMPLE, wanted] = row.number
        return Change(row.number, row.topic, EXAMPLE, "", wanted)
    place = one.by_id.get(row.id)
    if place is None:
        # Gone from the file since: as it was asked to, or without the row having anything against it.
        if not wanted or one.said[wanted] or row.id == row_id(row.topic, EXAMPLE, wanted):
            return None
        return RowProblem(row.number, "text", f"somebody else has changed or removed this example of {row.topic} meanwhile; {_AGAIN}")
    before = one.examples[place] or ""
    if wanted == tidied(EXAMPLE, before):
        one.rows[EXAMPLE, before] = row.number
        return None
    one.examples[place] = wanted or None
    one.said[tidied(EXAMPLE, before)] -= 1
    one.said[wanted] += 1
    one.rows[EXAMPLE, wanted] = row.number
    return Change(row.number, row.topic, EXAMPLE, before, wanted)


def _incomplete(one: _Edited, sheet: Sheet) -> list[RowProblem]:
    """Return what a new topic lacks."""
    first = next(row.number for row in sheet.rows if row.topic == one.name)
    missing = [what for what in _NEEDED if (what, "") not in one.rows] + ([] if one.added else [EXAMPLE])
    if not missing:
        return []
    return [RowProblem(first, "what", f"there is no topic '{one.name}'; for a new one add rows for {', '.join(missing)}")]


def _refused(
    edited: Mapping[str, _Edited],
    drafts: Mapping[str, Draft],
    there: Mapping[str, OpenTopic],
    intents: Sequence[Intent],
    rules: Rules,
    changes: Sequence[Change],
) -> list[RowProblem]:
    """Return what `frontdesk check` would refuse afterwards and does not refuse now, with the row that says it."""
    if not drafts:
        return []
    before = Taught([one.topic for one in there.values()], intents)
    topics = [one.topic for name, one in there.items() if name not in drafts]
    after = Taught([*topics, *(topic for name, draft in drafts.items() if (topic := topic_of(name, draft)))], intents)
    problems = []
    for name, draft in drafts.items():
        known = {hint.message for hint in refused(name, there[name].draft, before, rules)} if name in there else set()
        problems += [
            RowProblem(_row_of(edited[name], draft, hint, changes), "text", hint.message)
            for hint in refused(name, draft, after, rules)
            if hint.message not in known
        ]
    return problems


def _row_of(one: _Edited, draft: Draft, hint: Hint, changes: Sequence[Change]) -> int:
    what = {"kinds": "kind", "examples": EXAMPLE}.get(hint.field, hint.field)
    text = draft.examples[hint.index] if hint.field == "examples" and hint.index is not None else ""
    own = [change for change in changes if change.topic == one.name]
    changed = next((change.row for change in own if change.what == what), own[0].row)
    return one.rows.get((what, text), changed)

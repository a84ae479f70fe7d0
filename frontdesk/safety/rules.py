"""Which rules exist, and does one fire on the concepts of a message?

A rule file, clinic/safety/rules/<category>.yml, names its category once and
lists rules: id, tier, source, what fires, and examples that must and must not
fire it. What fires is a list of compositions; one is enough:

    fires:
      - all_of: [cannot, [passing_urine, bladder]]   # a list inside: any of them
        near: 4              # words between them; 12 unless told
        in_order: true       # as written; any order unless told
        not_between: [pain]  # none of these in between
        any_of: [new, worse]      # at least one, anywhere in the scope
        none_of: [long_standing]  # none, anywhere in the scope
        within: sentence     # or message, where nearness does not matter

`reviewed_by` and `reviewed_on` stand in every rule: who took responsibility for
it and on which day, both null until a clinician has. Whether that is enough is
not asked here. Only mentions that count reach this module (context.py).
"""

from __future__ import annotations

import datetime as dt
import itertools
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.safety.errors import RuleInvalid
from frontdesk.safety.mentions import Mention, Mentions
from frontdesk.text.kinds import TIERS

_DEFAULT_NEAR = 12
_KEYS = {"all_of", "any_of", "none_of", "not_between", "near", "in_order", "within"}
_REQUIRED = ("id", "tier", "source", "fires", "must_fire", "must_not_fire")
_SIGNATURE = ("reviewed_by", "reviewed_on")
_RULE_KEYS = {*_REQUIRED, *_SIGNATURE, "note", "card"}

Found = Mapping[str, Sequence[Mention]]


@dataclass(frozen=True, slots=True)
class Composition:
    """One way in which a rule fires; the module docstring says how to write it."""

    all_of: tuple[frozenset[str], ...]
    any_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()
    not_between: frozenset[str] = frozenset()
    near: int = _DEFAULT_NEAR
    in_order: bool = False
    within: str = "sentence"

    def names(self) -> Iterator[str]:
        """Yield every concept name that is used."""
        yield from itertools.chain(*self.all_of)
        yield from self.any_of | self.none_of | self.not_between

    def holds(self, found: Found) -> bool:
        """Say whether the mentions of one scope satisfy the composition."""
        named = set(found)
        if not self.none_of.isdisjoint(named) or (self.any_of and self.any_of.isdisjoint(named)):
            return False
        return self.is_possible(named) and self._fits(found)

    def is_possible(self, named: set[str]) -> bool:
        """Say whether something of every group is named, wherever it stands."""
        return not any(group.isdisjoint(named) for group in self.all_of)

    def _fits(self, found: Found) -> bool:
        """Say whether one mention of each group can be chosen so that they stand as the composition wants.

        Goes through the mentions once and notes, for each set of groups (the bits of a number), where choices for it
        end. The nearest end before a mention is the one to go on from: if any fits the mention, that one does.
        """
        bits: dict[str, list[int]] = defaultdict(list)
        for index, group in enumerate(self.all_of):
            for name in group:
                bits[name].append(1 << index)
        between = Mentions(m for name in self.not_between for m in found.get(name, ()))
        complete = (1 << len(self.all_of)) - 1
        ends: dict[int, list[int]] = {}
        for mention in sorted((m for name in bits for m in found.get(name, ())), key=lambda m: (m.start, m.end)):
            reached = set()
            for chosen, places in ends.items():
                index = bisect_right(places, mention.start)
                if index and self._may_follow(places[index - 1], mention, between):
                    reached.add(chosen)
            for bit in bits[mention.concept]:
                for chosen in (0, *reached):
                    if chosen & bit or (self.in_order and chosen != bit - 1):
                        continue
                    if chosen | bit == complete:
                        return True
                    insort(ends.setdefault(chosen | bit, []), mention.end)
        return False

    def _may_follow(self, end: int, mention: Mention, between: Mentions) -> bool:
        if self.within == "sentence" and mention.start - end > self.near:
            return False
        return not between.starting(end, mention.start)


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to raise an alarm."""

    id: str
    tier: str
    category: str
    source: str
    note: str | None
    card: str | None
    """Name of a variant of the wording; None for the tier's own."""
    fires: tuple[Composition, ...]
    must_fire: tuple[str, ...]
    must_not_fire: tuple[str, ...]
    reviewed_by: str | None
    """The clinician who took responsibility; None until one has."""
    reviewed_on: dt.date | None
    """The day of the review."""

    def fires_on(self, message: Found, sentences: Sequence[Found]) -> bool:
        """Say whether one composition holds in the message or in a sentence."""
        named = set(message)
        possible = [c for c in self.fires if c.is_possible(named)]
        return any(c.holds(message) if c.within == "message" else any(c.holds(sentence) for sentence in sentences) for c in possible)


def group_mentions(mentions: Sequence[Mention], sentence_of: Sequence[int]) -> tuple[Found, list[Found]]:
    """Return mentions by concept, for the whole message and for each sentence."""
    message: dict[str, list[Mention]] = defaultdict(list)
    sentences: dict[int, dict[str, list[Mention]]] = defaultdict(lambda: defaultdict(list))
    for mention in mentions:
        message[mention.concept].append(mention)
        sentences[sentence_of[mention.start]][mention.concept].append(mention)
    return message, list(sentences.values())


def load_rules(directory: Path, known: Collection[str]) -> tuple[Rule, ...]:
    """Read every rule file of a directory, in order of name.

    Args:
        known: The concept names that exist.

    Raises:
        RuleInvalid: A file cannot be read, or a rule is incomplete, has a part of
            another shape, lacks an example of either kind or the two lines of
            the signature, names an unknown tier or concept, or shares its id
            with another. The message names file and rule.
    """
    rules = [rule for path in sorted(directory.glob("*.yml")) for rule in _parse_file(path, known)]
    ids = [rule.id for rule in rules]
    if doubles := sorted({i for i in ids if ids.count(i) > 1}):
        raise RuleInvalid(f"ids used twice: {', '.join(doubles)}")
    if not rules:
        raise RuleInvalid(f"no rules in {directory}")
    return tuple(rules)


def _parse_file(path: Path, known: Collection[str]) -> Iterator[Rule]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise RuleInvalid(f"{path.name}: cannot be read: {err}") from err
    if not isinstance(document, dict):
        raise RuleInvalid(f"{path.name}: must have 'category' and 'rules'")
    if document.get("category") != path.stem:
        raise RuleInvalid(f"{path.name}: category must be {path.stem!r}")
    if extra := sorted(map(str, set(document) - {"category", "rules"})):
        raise RuleInvalid(f"{path.name}: unknown keys {extra}")
    entries = document.get("rules")
    if not isinstance(entries, list):
        raise RuleInvalid(f"{path.name}: 'rules' must be a list")
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            raise RuleInvalid(f"{path.name}: rule number {number}: must be a mapping with 'id', 'tier' and so on")
        yield _parse_rule(entry, path, f"{path.name}: rule {entry.get('id', f'number {number}')!r}", known)


def _parse_rule(entry: Mapping[str, Any], path: Path, where: str, known: Collection[str]) -> Rule:
    _refuse_unknown(entry, _RULE_KEYS, where)
    for key in _REQUIRED:
        if not entry.get(key):
            raise RuleInvalid(f"{where}: '{key}' is missing or empty")
    for key in _SIGNATURE:
        if key not in entry:
            raise RuleInvalid(f"{where}: '{key}' is missing; write null until a clinician has signed")
    if entry["tier"] not in TIERS:
        raise RuleInvalid(f"{where}: unknown tier {entry['tier']!r}; one of {', '.join(TIERS)}")
    compositions = entry["fires"]
    if not isinstance(compositions, list) or not all(isinstance(c, dict) for c in compositions):
        raise RuleInvalid(f"{where}: 'fires' must be a list of compositions, each with 'all_of'")
    return Rule(
        id=_text(entry, "id", where),
        tier=entry["tier"],
        category=path.stem,
        source=_text(entry, "source", where),
        note=_text_or_none(entry, "note", where),
        card=_text_or_none(entry, "card", where),
        fires=tuple(_parse_composition(c, where, known) for c in compositions),
        must_fire=_texts(entry, "must_fire", where),
        must_not_fire=_texts(entry, "must_not_fire", where),
        reviewed_by=_text_or_none(entry, "reviewed_by", where),
        reviewed_on=_day_or_none(entry, "reviewed_on", where),
    )


def _parse_composition(entry: Mapping[str, Any], where: str, known: Collection[str]) -> Composition:
    _refuse_unknown(entry, _KEYS, where)
    within, near, in_order = entry.get("within", "sentence"), entry.get("near", _DEFAULT_NEAR), entry.get("in_order", False)
    if within not in ("sentence", "message"):
        raise RuleInvalid(f"{where}: 'within' is sentence or message")
    if not isinstance(near, int) or isinstance(near, bool) or near < 0:
        raise RuleInvalid(f"{where}: 'near' must be a number of words, not {near!r}")
    if not isinstance(in_order, bool):
        raise RuleInvalid(f"{where}: 'in_order' is true or false, not {in_order!r}")
    if not isinstance(entry.get("all_of"), list) or not entry["all_of"]:
        raise RuleInvalid(f"{where}: 'all_of' must be a list with at least one concept")
    composition = Composition(
        all_of=tuple(frozenset([g] if isinstance(g, str) else _texts({"all_of": g}, "all_of", where)) for g in entry["all_of"]),
        any_of=frozenset(_texts(entry, "any_of", where)),
        none_of=frozenset(_texts(entry, "none_of", where)),
        not_between=frozenset(_texts(entry, "not_between", where)),
        near=near,
        in_order=in_order,
        within=within,
    )
    if unknown := sorted(set(composition.names()) - set(known)):
        raise RuleInvalid(f"{where}: unknown concepts {unknown}")
    return composition


def _refuse_unknown(entry: Mapping[str, Any], keys: Collection[str], where: str) -> None:
    if extra := sorted(str(key) for key in entry if key not in keys):
        raise RuleInvalid(f"{where}: unknown keys {extra}")


def _texts(entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """Return a list of texts; empty when the key is not there."""
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise RuleInvalid(f"{where}: '{key}' must be a list of words or sentences, not {value!r}")
    return tuple(value)


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    if not isinstance(value := entry[key], str):
        raise RuleInvalid(f"{where}: '{key}' must be a text, not {value!r}")
    return value


def _text_or_none(entry: Mapping[str, Any], key: str, where: str) -> str | None:
    return None if entry.get(key) is None else _text(entry, key, where)


def _day_or_none(entry: Mapping[str, Any], key: str, where: str) -> dt.date | None:
    """Return a day, written with quotes or without."""
    value = entry[key]
    if isinstance(value, dt.datetime) or (value is not None and not isinstance(value, str | dt.date)):
        raise RuleInvalid(f"{where}: '{key}' must be a day such as 2026-11-24, or null, not {value!r}")
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise RuleInvalid(f"{where}: '{key}' must be a day such as 2026-11-24, or null, not {value!r}") from None

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

Only mentions that count reach this module (context.py).
"""

from __future__ import annotations

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
_RULE_KEYS = {"id", "tier", "source", "note", "card", "fires", "must_fire", "must_not_fire"}

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
        if any(found.get(name) for name in self.none_of):
            return False
        if self.any_of and not any(found.get(name) for name in self.any_of):
            return False
        return self.is_possible(found) and self._fits(found)

    def is_possible(self, found: Found) -> bool:
        """Say whether the mentions have something of every group, wherever it stands."""
        return all(any(found.get(name) for name in group) for group in self.all_of)

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
    signed_by: str | None
    """The clinician who took responsibility; None until one has."""

    def fires_on(self, message: Found, sentences: Sequence[Found]) -> bool:
        """Say whether one composition holds in the message or in a sentence."""
        possible = (c for c in self.fires if c.is_possible(message))
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
        RuleInvalid: A rule is incomplete, lacks an example of either kind, names
            an unknown tier or concept, or shares its id with another.
    """
    rules: list[Rule] = []
    for path in sorted(directory.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if document.get("category") != path.stem:
            raise RuleInvalid(f"{path.name}: category must be {path.stem!r}")
        rules += [_parse_rule(entry, document, known) for entry in document["rules"]]
    ids = [rule.id for rule in rules]
    if doubles := sorted({i for i in ids if ids.count(i) > 1}):
        raise RuleInvalid(f"ids used twice: {', '.join(doubles)}")
    if not rules:
        raise RuleInvalid(f"no rules in {directory}")
    return tuple(rules)


def _parse_rule(entry: Mapping[str, Any], document: Mapping[str, Any], known: Collection[str]) -> Rule:
    where = f"{document['category']}: rule {entry.get('id')!r}"
    if extra := set(entry) - _RULE_KEYS:
        raise RuleInvalid(f"{where}: unknown keys {sorted(extra)}")
    for key in ("id", "tier", "source", "fires", "must_fire", "must_not_fire"):
        if not entry.get(key):
            raise RuleInvalid(f"{where}: {key} is missing or empty")
    if entry["tier"] not in TIERS:
        raise RuleInvalid(f"{where}: unknown tier {entry['tier']!r}")
    return Rule(
        id=entry["id"],
        tier=entry["tier"],
        category=document["category"],
        source=entry["source"],
        note=entry.get("note"),
        card=entry.get("card"),
        fires=tuple(_parse_composition(c, where, known) for c in entry["fires"]),
        must_fire=tuple(entry["must_fire"]),
        must_not_fire=tuple(entry["must_not_fire"]),
        signed_by=document.get("signed_by"),
    )


def _parse_composition(entry: Mapping[str, Any], where: str, known: Collection[str]) -> Composition:
    if extra := set(entry) - _KEYS:
        raise RuleInvalid(f"{where}: unknown keys {sorted(extra)}")
    if entry.get("within", "sentence") not in ("sentence", "message"):
        raise RuleInvalid(f"{where}: within is sentence or message")
    composition = Composition(
        all_of=tuple(frozenset([g] if isinstance(g, str) else g) for g in entry.get("all_of", [])),
        any_of=frozenset(entry.get("any_of", [])),
        none_of=frozenset(entry.get("none_of", [])),
        not_between=frozenset(entry.get("not_between", [])),
        near=int(entry.get("near", _DEFAULT_NEAR)),
        in_order=bool(entry.get("in_order", False)),
        within=entry.get("within", "sentence"),
    )
    if not composition.all_of:
        raise RuleInvalid(f"{where}: all_of is missing or empty")
    if unknown := sorted(set(composition.names()) - set(known)):
        raise RuleInvalid(f"{where}: unknown concepts {unknown}")
    return composition

"""Hold what the assistant did against what a person says it should have done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frontdesk.faq.curves import Reliability, RiskCoverage, Served
from frontdesk.text.kinds import ALARMING

DANGER, LOOK_ALIKE, OUT_OF_SCOPE = "danger", "look_alike", "out_of_scope"
_APART = frozenset({DANGER, LOOK_ALIKE, OUT_OF_SCOPE, "two_questions", "follow_up"})
"""Kinds that ask something else of the assistant than one answer to one message; each has a line of its own."""

VERDICTS = ("right", "suggested_right", "suggested_wrong", "wrong", "handed_off")
"""right: the visitor read what was meant. suggested_right: it was among the buttons. wrong: something else was served."""

PARTS = ("all_in_order", "all_in_other_order", "some", "none")
"""How much was answered of a message that asks several things."""

COMMITTED = ("answer", "dialogue", "decline")
"""Decisions by which the assistant takes a message for one thing. It asks back or hands off by the others, and under
safety the guard speaks, whatever the confidence: such false alarms are counted on their own."""


@dataclass(frozen=True)
class Case:
    """One message and what is right for it."""

    id: str
    text: str
    kind: str
    wanted: tuple[str, ...]
    """Topics or intents, in order; empty when only the alarm matters."""
    also_ok: frozenset[str] = frozenset()

    @property
    def acceptable(self) -> frozenset[str]:
        """The topics or intents of which any is right."""
        return self.also_ok | set(self.wanted)

    @property
    def is_in_scope(self) -> bool:
        """Whether the message asks one thing that is ours; it is then part of the total, and asked again under noise."""
        return self.kind not in _APART and len(self.wanted) < 2

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Case:
        """Make a case from a line of a test set.

        Raises:
            ValueError: A field holds something else than it should; the message says which.
        """
        text, kind = row.get("text"), row.get("kind") or "all"
        if not isinstance(text, str):
            raise ValueError(f"'text' must be what a visitor wrote, not {text!r}")
        if not isinstance(kind, str):
            raise ValueError(f"'kind' must be a word such as look_alike, not {kind!r}")
        return cls(str(row.get("id")), text, kind, _names(row, "topic"), frozenset(_names(row, "also_ok")))


@dataclass(frozen=True)
class Judged:
    """A case, what came of it, and the verdict."""

    case: Case
    verdict: str
    """One of `VERDICTS`."""
    decision: str
    got: str
    """The topic or intent that was served, the first one suggested, or the decision when there is neither."""
    parts: str | None
    """One of `PARTS` when the message asks several things."""
    confidence: float

    @property
    def served(self) -> Served | None:
        """What the curves need; `None` when the assistant committed itself to nothing, or the guard spoke in its place."""
        if self.decision not in COMMITTED:
            return None
        return Served(self.confidence, self.verdict == "wrong", self.got in self.case.acceptable)


@dataclass(frozen=True)
class Confusion:
    """Messages that wanted the same thing and got the same wrong one."""

    wanted: str
    verdict: str
    got: str
    times: int
    example: Case

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; `got` is `served` for a wrong answer and `suggested`, perhaps null, for a miss."""
        got = {"served": self.got} if self.verdict == "wrong" else {"suggested": None if self.verdict == "handed_off" else self.got}
        return {"wanted": self.wanted, **got, "times": self.times, "example": {"id": self.example.id, "text": self.example.text}}


@dataclass
class Report:
    """Counts by kind, and the cases that went wrong."""

    judged: list[Judged] = field(default_factory=list)
    """All but the cases in danger, in the order of the files."""
    noisy: dict[str, list[Judged]] = field(default_factory=dict)
    """The cases in scope again, by the name of the noise; a case has the text that was asked."""
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Verdicts by kind."""
    alarms: Counter[str] = field(default_factory=Counter)
    """danger, danger_caught, look_alike, look_alike_alarmed, harmless, harmless_alarmed."""
    out_of_scope: Counter[str] = field(default_factory=Counter)
    """all and answered."""
    missed_dangers: list[str] = field(default_factory=list)
    """Ids of the cases in danger that raised no alarm."""

    @property
    def in_scope(self) -> Counter[str]:
        """Verdicts on all messages that ask one thing that is ours, without an earlier message."""
        return _verdicts(one for one in self.judged if one.case.is_in_scope)

    @property
    def noise(self) -> dict[str, Counter[str]]:
        """Verdicts by noise, on the messages of `in_scope`."""
        return {name: _verdicts(cases) for name, cases in self.noisy.items()}

    @property
    def parts(self) -> dict[int, Counter[str]]:
        """How much was answered of messages that ask several things, by how many they ask."""
        counted: dict[int, Counter[str]] = defaultdict(Counter)
        for one in self.judged:
            if one.parts:
                counted[len(one.case.wanted)][one.parts] += 1
        return dict(sorted(counted.items()))

    @property
    def answerable(self) -> list[Judged]:
        """The messages by which sureness is judged: those in scope, and those that are not ours.

        Look-alikes of a danger, follow-ups and double questions are not among them: each tests another part.
        """
        return [one for one in self.judged if one.case.is_in_scope or one.case.kind == OUT_OF_SCOPE]

    @property
    def served(self) -> list[Served]:
        """The answerable messages to which the assistant committed itself by an answer, a dialogue or a decline."""
        return [served for one in self.answerable if (served := one.served)]

    def risk_coverage(self) -> RiskCoverage:
        """Return how many mistakes serving only the surest messages would have made."""
        return RiskCoverage.of(self.served, len(self.answerable))

    def reliability(self) -> Reliability:
        """Return how far confidence and truth lie apart."""
        return Reliability.of(self.served)

    def confusions(self) -> list[Confusion]:
        """Return what was confused with what: wrong answers, then wrong or missing suggestions, most frequent first."""
        found: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
        for one in self.judged:
            if one.verdict in ("wrong", "suggested_wrong", "handed_off"):
                found[" + ".join(one.case.wanted), one.verdict, one.got].append(one.case)
        confused = [Confusion(*key, len(cases), cases[0]) for key, cases in found.items()]
        return sorted(confused, key=lambda one: (one.verdict != "wrong", -one.times))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        confused = self.confusions()
        return {
            "kinds": {kind: _plain(counts) for kind, counts in self.counts.items()},
            "in_scope": _plain(self.in_scope),
            "several_questions": {str(n): {name: counts[name] for name in PARTS} for n, counts in self.parts.items()},
            "alarms": dict(self.alarms),
            "out_of_scope": dict(self.out_of_scope),
            "confusions": [one.to_dict() for one in confused if one.verdict == "wrong"],
            "missed": [one.to_dict() for one in confused if one.verdict != "wrong"],
            "wrong": _wrong(self.judged),
            "missed_dangers": self.missed_dangers,
            "risk_coverage": self.risk_coverage().to_dict(),
            "reliability": self.reliability().to_dict(),
            "noise": {name: _plain(self.noise[name]) | {"wrong_cases": _wrong(cases)} for name, cases in self.noisy.items()},
        }


Pairs = Iterable[tuple[Case, Mapping[str, Any]]]


def evaluate(pairs: Pairs, noisy: Mapping[str, Pairs] | None = None) -> Report:
    """Return the report on cases with their outcomes (the fields of `frontdesk ask`).

    Args:
        pairs: The cases as they are.
        noisy: By the name of the noise, the cases in scope with the text that was asked in place of theirs.
    """
    report = Report()
    for case, outcome in pairs:
        alarmed = outcome["decision"] == "safety" and (outcome["safety"] or {}).get("tier") in ALARMING
        _count_alarm(report, case, alarmed)
        if case.kind == DANGER:
            continue
        judged = _judged(case, outcome)
        report.judged.append(judged)
        report.counts[case.kind][judged.verdict] += 1
        if case.kind == OUT_OF_SCOPE:
            report.out_of_scope["all"] += 1
            report.out_of_scope["answered"] += judged.decision == "answer" and judged.verdict != "right"
    for name, asked in (noisy or {}).items():
        report.noisy[name] = [_judged(case, outcome) for case, outcome in asked]
    return report


def judge(case: Case, outcome: Mapping[str, Any]) -> str:
    """Return one of `VERDICTS` for a case that is not in danger.

    Of several questions all must be answered to be right; some of them answered is part of a reply and counts as suggested.
    A message that is not ours is handled rightly by any decline and by a hand-off.
    """
    acceptable, served = case.acceptable, set(_served(outcome))
    match outcome["decision"]:
        case "suggest":
            return "suggested_right" if acceptable & set(outcome["suggestions"]) else "suggested_wrong"
        case "handoff":
            return "right" if case.kind == OUT_OF_SCOPE else "handed_off"
        case "decline" if case.kind == OUT_OF_SCOPE:
            return "right"
    if len(case.wanted) > 1:
        return "right" if served.issuperset(case.wanted) else "suggested_right" if served & acceptable else "wrong"
    return "right" if served & acceptable else "wrong"


def answered_parts(case: Case, outcome: Mapping[str, Any]) -> str:
    """Return one of `PARTS` for a case that asks several things."""
    served = _served(outcome)
    if set(served).issuperset(case.wanted):
        in_order = [name for name in served if name in case.wanted] == list(case.wanted)
        return "all_in_order" if in_order else "all_in_other_order"
    return "some" if case.acceptable & set(served) else "none"


def _judged(case: Case, outcome: Mapping[str, Any]) -> Judged:
    got = outcome["topic"] or next(iter(outcome["suggestions"]), None) or outcome["decision"]
    parts = answered_parts(case, outcome) if len(case.wanted) > 1 else None
    return Judged(case, judge(case, outcome), outcome["decision"], got, parts, float(outcome["confidence"]))


def _served(outcome: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the topics or intents that the visitor was given, in order."""
    return tuple(outcome["topics"]) or ((outcome["topic"],) if outcome["topic"] else ())


def _verdicts(judged: Iterable[Judged]) -> Counter[str]:
    return Counter(one.verdict for one in judged)


def _plain(counts: Counter[str]) -> dict[str, int]:
    return {verdict: counts[verdict] for verdict in VERDICTS} | {"all": counts.total()}


def _wrong(judged: Iterable[Judged]) -> list[dict[str, Any]]:
    wrong = (one for one in judged if one.verdict == "wrong")
    return [{"id": one.case.id, "text": one.case.text, "wanted": list(one.case.wanted), "served": one.got} for one in wrong]


def _names(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return the topics under a key, which holds one name or a list of them."""
    value = row.get(key) or []
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"'{key}' must be the name of a topic or a list of names, not {value!r}")
    return tuple(names)


def _count_alarm(report: Report, case: Case, alarmed: bool) -> None:
    group = case.kind if case.kind in (DANGER, LOOK_ALIKE) else "harmless"
    report.alarms[group] += 1
    report.alarms[f"{group}_{'caught' if group == DANGER else 'alarmed'}"] += alarmed
    if group == DANGER and not alarmed:
        report.missed_dangers.append(case.id)

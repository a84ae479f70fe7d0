"""Hold what the assistant did against what a person says it should have done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frontdesk.text.kinds import ALARMING

DANGER, LOOK_ALIKE, OUT_OF_SCOPE = "danger", "look_alike", "out_of_scope"

VERDICTS = ("right", "suggested_right", "suggested_wrong", "wrong", "handed_off")
"""right: the visitor read what was meant. suggested_right: it was among the buttons. wrong: something else was served."""


@dataclass(frozen=True)
class Case:
    """One message and what is right for it."""

    id: str
    text: str
    kind: str
    wanted: tuple[str, ...]
    """Topics or intents, in order; empty when only the alarm matters."""
    also_ok: frozenset[str] = frozenset()

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


@dataclass
class Report:
    """Counts by kind, and the cases that went wrong."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Verdicts by kind."""
    alarms: Counter[str] = field(default_factory=Counter)
    """danger, danger_caught, look_alike, look_alike_alarmed, harmless, harmless_alarmed."""
    out_of_scope: Counter[str] = field(default_factory=Counter)
    """all and answered."""
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(wanted, served) for every wrong answer."""
    wrong_cases: list[dict[str, Any]] = field(default_factory=list)
    missed_dangers: list[str] = field(default_factory=list)
    """Ids of the cases in danger that raised no alarm."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        kinds = {kind: {verdict: counts[verdict] for verdict in VERDICTS} | {"all": counts.total()} for kind, counts in self.counts.items()}
        return {
            "kinds": kinds,
            "alarms": dict(self.alarms),
            "out_of_scope": dict(self.out_of_scope),
            "confusions": [{"wanted": wanted, "served": served, "times": n} for (wanted, served), n in self.confusions.most_common()],
            "wrong": self.wrong_cases,
            "missed_dangers": self.missed_dangers,
        }


def evaluate(pairs: Iterable[tuple[Case, Mapping[str, Any]]]) -> Report:
    """Return the report on cases with their outcomes (the fields of `frontdesk ask`)."""
    report = Report()
    for case, outcome in pairs:
        alarmed = outcome["decision"] == "safety" and (outcome["safety"] or {}).get("tier") in ALARMING
        _count_alarm(report, case, alarmed)
        if case.kind == DANGER:
            continue
        verdict = judge(case, outcome)
        report.counts[case.kind][verdict] += 1
        served = outcome["topic"] or outcome["decision"]
        if case.kind == OUT_OF_SCOPE:
            report.out_of_scope["all"] += 1
            report.out_of_scope["answered"] += outcome["decision"] == "answer" and verdict != "right"
        if verdict == "wrong":
            report.confusions[(" + ".join(case.wanted), served)] += 1
            report.wrong_cases.append({"id": case.id, "text": case.text, "wanted": list(case.wanted), "served": served})
    return report


def judge(case: Case, outcome: Mapping[str, Any]) -> str:
    """Return one of `VERDICTS` for a case that is not in danger.

    Of two questions both must be answered to be right; one of them answered is half a reply and counts as suggested.
    A message that is not ours is handled rightly by any decline and by a hand-off.
    """
    acceptable = {*case.wanted, *case.also_ok}
    served = set(outcome["topics"]) or ({outcome["topic"]} if outcome["topic"] else set())
    match outcome["decision"]:
        case "suggest":
            return "suggested_right" if acceptable & set(outcome["suggestions"]) else "suggested_wrong"
        case "handoff":
            return "right" if case.kind == OUT_OF_SCOPE else "handed_off"
        case "decline" if case.kind == OUT_OF_SCOPE:
            return "right"
    if len(case.wanted) > 1:
        both = all(wanted in served for wanted in case.wanted)
        return "right" if both else "suggested_right" if served & acceptable else "wrong"
    return "right" if served & acceptable else "wrong"


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

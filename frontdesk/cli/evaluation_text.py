"""An evaluation as text for a terminal of 120 columns."""

from collections import Counter
from collections.abc import Iterator, Mapping
from textwrap import shorten, wrap

from frontdesk.faq.curves import SHOWN_COVERAGES, Reliability, RiskCoverage
from frontdesk.faq.evaluation import VERDICTS, Confusion, Report

_WIDTH = 120
_SHOWN_CONFUSIONS = 20
_NUMBER_WORDS = {2: "two", 3: "three"}


def render(report: Report, fitted: Mapping[str, float] | None) -> str:
    """Return the report as text.

    Args:
        report: What was measured.
        fitted: The lines of the model by name.
    """
    kinds = dict(sorted(report.counts.items()))
    sections = [
        [*_table("kind", kinds | {"in scope": report.in_scope}), "", *_in_scope(report.in_scope)],
        _several_questions(report.parts),
        _alarms(report),
        _risk_coverage(report.risk_coverage()),
        _reliability(report.reliability()),
        _table("in scope, typed", {"as it is": report.in_scope} | report.noise) if report.noise else [],
        _confusions(report.confusions()),
        _lines_of_model(fitted or {}),
    ]
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section)))


def _table(head: str, rows: Mapping[str, Counter[str]]) -> Iterator[str]:
    """Yield verdicts by row, as numbers and shares."""
    width = max(len(name) for name in (head, *rows)) + 1
    yield f"{head:<{width}}{'all':>6}" + "".join(f"{verdict.replace('_', ' '):>17}" for verdict in VERDICTS)
    for name, counts in rows.items():
        cells = "".join(f"{counts[verdict]:>9}{_share(counts[verdict], counts.total()):>8}" for verdict in VERDICTS)
        yield f"{name.replace('_', ' '):<{width}}{counts.total():>6}{cells}"


def _in_scope(counts: Counter[str]) -> Iterator[str]:
    total = counts.total()
    suggested = counts["right"] + counts["suggested_right"]
    yield (
        f"in scope, {total} messages: right {_share(counts['right'], total)}, "
        f"right or suggested right {_share(suggested, total)}, wrong {_share(counts['wrong'], total)}"
    )


def _several_questions(parts: Mapping[int, Counter[str]]) -> Iterator[str]:
    for number, counts in parts.items():
        answered = counts["all_in_order"] + counts["all_in_other_order"]
        some = "one" if number == 2 else "some"
        yield (
            f"{_NUMBER_WORDS.get(number, number)} questions in one message, {counts.total()} messages: all answered {answered} "
            f"(in the order asked {counts['all_in_order']}), {some} of them {counts['some']}, none of them {counts['none']}"
        )


def _alarms(report: Report) -> Iterator[str]:
    alarms, foreign = report.alarms, report.out_of_scope
    yield f"out of scope, answered:  {foreign['answered']} of {foreign['all']}"
    yield f"in danger, caught:       {alarms['danger_caught']} of {alarms['danger']}"
    yield f"look-alikes, alarmed:    {alarms['look_alike_alarmed']} of {alarms['look_alike']}"
    yield f"other messages, alarmed: {alarms['harmless_alarmed']} of {alarms['harmless']}"
    if report.missed_dangers:
        yield from wrap(f"missed dangers:          {', '.join(report.missed_dangers)}", _WIDTH, subsequent_indent=" " * 25)


def _risk_coverage(curve: RiskCoverage) -> Iterator[str]:
    if curve.aurc is None:
        return
    yield f"serving only the surest (of {curve.asked} messages in scope or out of scope; {curve.reach:.1%} were served)"
    yield f"{'  share served':<18}" + "".join(f"{coverage:>9.0%}" for coverage in SHOWN_COVERAGES)
    risks = [curve.risk_at(coverage) for coverage in SHOWN_COVERAGES]
    yield f"{'  of them wrong':<18}" + "".join(f"{'-' if risk is None else f'{risk:.1%}':>9}" for risk in risks)
    yield f"  on average over all shares up to {curve.reach:.1%} (AURC): {curve.aurc:.2%} wrong; '-' is more than was served"


def _reliability(measured: Reliability) -> Iterator[str]:
    if not measured.bins:
        return
    yield f"{'confidence':<15}{'messages':>10}{'mean':>9}{'right':>9}"
    for one in measured.bins:
        yield f"{f'{one.lowest:.3f} to {one.highest:.3f}':<15}{one.messages:>10}{one.confidence:>9.1%}{one.right:>9.1%}"
    yield f"expected calibration error {measured.expected_error:.3f}, Brier score {measured.brier:.3f}"


def _confusions(confusions: list[Confusion]) -> Iterator[str]:
    if not confusions:
        return
    yield f"worst confusions, {min(len(confusions), _SHOWN_CONFUSIONS)} of {len(confusions)} (wanted -> what came)"
    for one in confusions[:_SHOWN_CONFUSIONS]:
        came = {"wrong": one.got, "suggested_wrong": f"suggested {one.got}", "handed_off": "handed off"}[one.verdict]
        yield f"  {one.times:>3}  {one.wanted} -> {came}"
        yield "       " + shorten(f"{one.example.id}: {one.example.text}", _WIDTH - 7, placeholder=" ...")


def _lines_of_model(fitted: Mapping[str, float]) -> list[str]:
    return wrap("lines of this model: " + ", ".join(f"{name} {value:.3f}" for name, value in fitted.items()), _WIDTH) if fitted else []


def _share(part: int, total: int) -> str:
    return f"{part / total:.1%}" if total else "-"

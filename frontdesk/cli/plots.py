"""Pictures of an evaluation, for the people who decide whether to publish."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from frontdesk.faq.evaluation import DANGER, VERDICTS, Case, Report, judge

_COLOURS = {"right": "#2a7f62", "suggested_right": "#8fc7a6", "suggested_wrong": "#e3c567", "wrong": "#b8322a", "handed_off": "#9aa5b1"}


def save_plots(report: Report, cases: Sequence[Case], outcomes: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write `verdicts.png` (by kind) and `confidence.png` (right and wrong answers by confidence)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    kinds = sorted(report.counts)
    figure, axes = pyplot.subplots(figsize=(8, 0.5 * len(kinds) + 1.5), layout="constrained")
    start = [0.0] * len(kinds)
    for verdict in VERDICTS:
        widths = [report.counts[kind][verdict] / report.counts[kind].total() for kind in kinds]
        axes.barh(kinds, widths, left=start, color=_COLOURS[verdict], label=verdict.replace("_", " "))
        start = [left + width for left, width in zip(start, widths, strict=True)]
    axes.set(xlim=(0, 1), xlabel="share of messages")
    figure.legend(loc="outside lower center", ncols=len(VERDICTS))
    verdicts = folder / "verdicts.png"
    figure.savefig(verdicts, dpi=120)

    judged = [(judge(case, outcome), outcome["confidence"]) for case, outcome in zip(cases, outcomes, strict=True) if case.kind != DANGER]
    figure, axes = pyplot.subplots(figsize=(8, 4), layout="constrained")
    for verdict in ("right", "wrong"):
        values = [confidence for found, confidence in judged if found == verdict]
        axes.hist(values, bins=20, range=(0, 1), alpha=0.7, color=_COLOURS[verdict], label=verdict)
    axes.set(xlabel="confidence", ylabel="messages")
    axes.legend()
    confidence = folder / "confidence.png"
    figure.savefig(confidence, dpi=120)
    pyplot.close("all")
    return [verdicts, confidence]

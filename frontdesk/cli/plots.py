"""Pictures of an evaluation, for the people who decide whether to publish."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frontdesk.faq.evaluation import VERDICTS, Report

# Okabe and Ito's colours, which people who see red and green alike can tell apart.
_COLOURS = {"right": "#0072B2", "suggested_right": "#8CC8EE", "suggested_wrong": "#F0E442", "wrong": "#D55E00", "handed_off": "#BDBDBD"}
_READ_ON = {"right": "white", "wrong": "white"}
_NAMES = {
    "right": "right reply",
    "suggested_right": "right one suggested, or answered in part",
    "suggested_wrong": "wrong ones suggested",
    "wrong": "wrong reply",
    "handed_off": "handed off",
}
_NARROWEST_LABELLED = 0.035
_MOST_ROWS = 40
_NO_NAME = {"handoff": "(handed off)", "safety": "(alarm)"}


def save_plots(report: Report, folder: Path) -> list[Path]:
    """Write a picture for each part of the report that has something to show, and return their paths."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {}
    if report.judged:
        figures["verdicts"] = _verdicts(
            pyplot, "What visitors got, by kind of message", dict(sorted(report.counts.items())) | {"in scope": report.in_scope}
        )
    if report.served:
        figures |= {"confidence": _confidence(pyplot, report), "risk_coverage": _risk_coverage(pyplot, report)}
        figures["calibration"] = _calibration(pyplot, report)
    if report.confusions():
        figures["confusions"] = _confusions(pyplot, report)
    if report.noise:
        rows = {"as written": report.in_scope} | report.noise
        figures["noise"] = _verdicts(pyplot, "What visitors get who mistype or dictate (messages in scope)", rows)
    paths = []
    for name, figure in figures.items():
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=120)
        pyplot.close(figure)
    return paths


def _verdicts(pyplot: Any, title: str, rows: Mapping[str, Counter[str]]) -> Any:
    """Draw one bar a row, split by verdict, with the shares written in where they fit."""
    figure, axes = pyplot.subplots(figsize=(10, 0.45 * len(rows) + 1.7), layout="constrained")
    rows = {name: counts for name, counts in rows.items() if counts}
    names = [f"{name.replace('_', ' ')} ({counts.total()})" for name, counts in rows.items()]
    left = [0.0] * len(rows)
    for verdict in VERDICTS:
        shares = [counts[verdict] / counts.total() for counts in rows.values()]
        bars = axes.barh(names, shares, left=left, color=_COLOURS[verdict], edgecolor="white", label=_NAMES[verdict])
        written = [f"{100 * share:.0f}" if share >= _NARROWEST_LABELLED else "" for share in shares]
        axes.bar_label(bars, written, label_type="center", color=_READ_ON.get(verdict, "black"), fontsize=9)
        left = [start + share for start, share in zip(left, shares, strict=True)]
    axes.set(xlim=(0, 1), title=title, xlabel="per cent of the messages")
    axes.xaxis.set_major_formatter(_percent())
    axes.invert_yaxis()
    _bare(axes)
    figure.legend(loc="outside lower center", ncols=len(VERDICTS), frameon=False)
    return figure


def _confidence(pyplot: Any, report: Report) -> Any:
    """Draw how many served messages were right and wrong, by confidence; the wrong ones on a scale of their own."""
    figure, panels = pyplot.subplots(2, 1, figsize=(8, 5), sharex=True, layout="constrained")
    for axes, wrong, verdict in zip(panels, (False, True), ("right", "wrong"), strict=True):
        values = [one.confidence for one in report.served if one.wrong is wrong]
        axes.hist(values, bins=20, range=(0, 1), color=_COLOURS[verdict], edgecolor="white")
        axes.set(ylabel="messages", title=f"{verdict} replies ({len(values)})")
        axes.yaxis.get_major_locator().set_params(integer=True)
        _bare(axes)
    panels[1].set(xlabel="confidence", xlim=(0, 1))
    figure.suptitle("How sure the assistant was when it replied")
    return figure


def _risk_coverage(pyplot: Any, report: Report) -> Any:
    """Draw the curve as far as it is known."""
    curve = report.risk_coverage()
    figure, axes = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    axes.plot(curve.coverage, curve.risk, color=_COLOURS["right"])
    top = max(float(curve.risk.max()) * 1.15, 0.01)
    axes.axvspan(curve.reach, 1, color="#EEEEEE")
    if 1 - curve.reach >= _NARROWEST_LABELLED:
        axes.text((curve.reach + 1) / 2, top / 2, "asked back, handed off, alarm", rotation=90, ha="center", va="center", color="#555555")
    axes.plot(curve.reach, curve.risk[-1], "o", color=_COLOURS["wrong"], clip_on=False)
    on_the_left = curve.reach > 0.5
    axes.annotate(
        f"as it is: replies to {curve.reach:.0%},\n{curve.risk[-1]:.1%} of them wrong",
        (curve.reach, curve.risk[-1]),
        xytext=(-12 if on_the_left else 12, 12),
        textcoords="offset points",
        ha="right" if on_the_left else "left",
        va="bottom",
    )
    axes.set(xlim=(0, 1), ylim=(0, top * 1.25), title="If it replied only when surest: how often would it be wrong?")
    axes.set(xlabel="share of the messages that get a reply", ylabel="wrong, of those replies")
    axes.xaxis.set_major_formatter(_percent())
    axes.yaxis.set_major_formatter(_percent(decimals=1))
    _bare(axes)
    return figure


def _calibration(pyplot: Any, report: Report) -> Any:
    """Draw confidence against truth, a point for each bin."""
    measured = report.reliability()
    figure, axes = pyplot.subplots(figsize=(6, 6), layout="constrained")
    low = max(0.0, min(min(one.confidence, one.right) for one in measured.bins) - 0.1)
    axes.plot([0, 1], [0, 1], linestyle="--", color="#777777", label="as sure as it is right")
    axes.plot(
        [one.confidence for one in measured.bins],
        [one.right for one in measured.bins],
        "o-",
        color=_COLOURS["right"],
        clip_on=False,
        label=f"measured (messages a point: about {round(sum(one.messages for one in measured.bins) / len(measured.bins))})",
    )
    axes.set(xlim=(low, 1.01), ylim=(low, 1.01), aspect="equal", title="Is it as sure as it is right?")
    axes.set(xlabel="how sure it was", ylabel="how often it was right")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_percent())
    axes.legend(loc="lower right", frameon=False)
    _bare(axes)
    return figure


def _confusions(pyplot: Any, report: Report) -> Any:
    """Draw what was wanted against what came, for the topics and intents with most confusions."""
    wrong, suggested = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in report.confusions():
        (wrong if one.verdict == "wrong" else suggested)[one.wanted, _NO_NAME.get(one.got, one.got)] += one.times
    by_row: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, counts in enumerate((wrong, suggested)):
        for (wanted, _), times in counts.items():
            by_row[wanted][place] += times
    rows = sorted(sorted(by_row, key=lambda name: by_row[name], reverse=True)[:_MOST_ROWS])
    cells = [pair for pair in {**wrong, **suggested} if pair[0] in rows]
    columns = sorted({came for _, came in cells}, key=lambda name: (name.startswith("("), name))
    width, height = max(0.26 * len(columns) + 4.2, 7), 0.26 * len(rows) + 4.2
    figure, axes = pyplot.subplots(figsize=(width, height), layout="constrained")
    most = max(*wrong.values(), *suggested.values(), 1)
    for pair in cells:
        counts, verdict = (wrong, "wrong") if wrong[pair] else (suggested, "right")
        x, y, times = columns.index(pair[1]), rows.index(pair[0]), wrong[pair] + suggested[pair]
        strength = 0.35 + 0.65 * counts[pair] / most
        axes.add_patch(pyplot.Rectangle((x - 0.5, y - 0.5), 1, 1, color=_COLOURS[verdict], alpha=strength, linewidth=0))
        axes.text(x, y, str(times), ha="center", va="center", fontsize=8, color="white" if strength > 0.6 else "black")
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=8)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    axes.set_xticks([place - 0.5 for place in range(1, len(columns))], minor=True)
    axes.set_yticks([place - 0.5 for place in range(1, len(rows))], minor=True)
    axes.grid(which="minor", color="#E5E5E5")
    axes.tick_params(which="both", length=0)
    axes.set(xlabel="what came: the topic or intent replied to, or the first suggestion", ylabel="what was wanted")
    left_out = len(by_row) - len(rows)
    axes.set_title("What is mistaken for what" + (f" (the {len(rows)} worst; {left_out} more are left out)" if left_out else ""))
    key = [pyplot.Rectangle((0, 0), 1, 1, color=_COLOURS[verdict]) for verdict in ("wrong", "right")]
    figure.legend(key, ["wrong reply", "no reply, and not suggested"], loc="outside lower center", ncols=2, frameon=False)
    return figure


def _percent(decimals: int = 0) -> Any:
    from matplotlib.ticker import PercentFormatter

    return PercentFormatter(1.0, decimals=decimals)


def _bare(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)

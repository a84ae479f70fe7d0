"""Reads phrases with date libraries, in an environment of their own: a line of JSON in, a line of JSON out.

Run by `benchmarks.dates` with another Python, which has `recognizers-text-suite` or `dateparser`; imports nothing of this project.
Each library's answer becomes spans of days and times (first, last, weekdays, lo, hi), as generously as can be done:
among several values the first that lies ahead, and a bare hour in the half of the day in which a clinic is open.
"""

import datetime as dt
import importlib
import json
import sys
import time
from typing import Any

_OPENS, _CLOSES = 9 * 60, 19 * 60
# What this project calls the parts of a day, in place of what the library does: a custom, and no mistake.
_PARTS = {"TMO": [0, 720], "TAF": [720, 1020], "TEV": [1020, 1440], "TNI": [1020, 1440]}
_EVERY_DAY = list(range(7))
_FOREVER = ["0001-01-01", "9999-12-31"]

Spans = list[list[Any]]
IMPOSSIBLE: Spans = [["impossible"]]
"""The library says that there is no such date."""


def read_with_recognizers(library: Any, text: str, now: dt.datetime) -> Spans | None:
    """Return what Microsoft's recognizers find; days and times that stand apart are taken together."""
    found = library.recognize_datetime(text, library.Culture.English, reference=now)
    days: Spans = []
    times: list[list[int]] = []
    for result in found:
        values = (result.resolution or {}).get("values") or []
        spans = [span for span in (_as_is_custom_here(value, now) for value in values) if span]
        ahead = [span for span in spans if span[1] >= now.date().isoformat()] or spans
        if not ahead and any(value.get("value") == "not resolved" for value in values):
            return IMPOSSIBLE
        if not ahead:
            continue
        if ahead[0][:2] == _FOREVER and ahead[0][2] == _EVERY_DAY:
            times.append(min(ahead, key=lambda span: not _OPENS <= span[3] < _CLOSES)[3:])
        else:
            days.append(
                min(ahead[:2], key=lambda span: span[:2] != ahead[0][:2] or (span[4] - span[3] == 1 and not _OPENS <= span[3] < _CLOSES))
            )
    if not days:
        return [[*_FOREVER, _EVERY_DAY, *time] for time in times] or None
    return [[*day[:3], *hours] for day in days for hours in (times if times and day[3:] == [0, 1440] else [day[3:]])]


def _as_is_custom_here(value: dict[str, str], now: dt.datetime) -> list[Any] | None:
    """Return a value in this project's customs: its parts of the day, the last day of a stretch within it, "tuesday" never today."""
    span = _recognized(value)
    timex = value.get("timex", "")
    if span is None:
        return None
    span[3:] = _PARTS.get(timex[-3:], span[3:])
    if timex.startswith("(XXXX-") and value["type"] == "daterange" and "end" in value:
        span[1] = value["end"]
    if timex.startswith("XXXX-WXX-") and span[0] == span[1] == now.date().isoformat():
        span[:2] = [(now.date() + dt.timedelta(days=7)).isoformat()] * 2
    return span


def _recognized(value: dict[str, str]) -> list[Any] | None:
    kind = value.get("type", "")
    timex = value.get("timex", "")
    if kind == "set" and timex.startswith("XXXX-WXX-"):
        return [*_FOREVER, [int(timex[9]) - 1], 0, 1440]
    try:
        match kind:
            case "date":
                dt.date.fromisoformat(value["value"])
                return [value["value"], value["value"], _EVERY_DAY, 0, 1440]
            case "datetime":
                day, clock = value["value"].split(" ")
                return [day, day, _EVERY_DAY, _minutes(clock), _minutes(clock) + 1]
            case "time":
                return [*_FOREVER, _EVERY_DAY, _minutes(value["value"]), _minutes(value["value"]) + 1]
            case "daterange":
                first = dt.date.fromisoformat(value.get("start", _FOREVER[0])).isoformat()
                last = (dt.date.fromisoformat(value["end"]) - dt.timedelta(days=1)).isoformat() if "end" in value else _FOREVER[1]
                return [first, last, _EVERY_DAY, 0, 1440]
            case "timerange":
                return [*_FOREVER, _EVERY_DAY, _minutes(value.get("start", "00:00")), _minutes(value.get("end", "24:00"))]
            case "datetimerange":
                start, end = value.get("start", ""), value.get("end", "")
                day = (start or end).split(" ")[0]
                lo = _minutes(start.split(" ")[1]) if start else 0
                hi = _minutes(end.split(" ")[1]) if end and end.startswith(day) else 1440
                return [day, day if not end or end.startswith(day) else end.split(" ")[0], _EVERY_DAY, lo, hi]
    except (KeyError, ValueError, IndexError):
        return None
    return None


def read_with_dateparser(library: Any, text: str, now: dt.datetime) -> Spans | None:
    """Return what dateparser makes of the whole text, or of the longest date that it finds in it."""
    settings = {
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "PREFER_DATES_FROM": "future",
        "RETURN_TIME_AS_PERIOD": True,
        "DATE_ORDER": "MDY",
    }
    parser = library.DateDataParser(languages=["en"], settings=settings)
    data = parser.get_date_data(text)
    if data.date_obj is None:
        search = {key: value for key, value in settings.items() if key != "RETURN_TIME_AS_PERIOD"}
        found = library.search_dates(text, languages=["en"], settings=search)
        if not found:
            return None
        data = parser.get_date_data(max((text for text, _ in found), key=len))
        if data.date_obj is None:
            return None
    day, minute = data.date_obj.date(), data.date_obj.hour * 60 + data.date_obj.minute
    if data.period == "time":
        return [[day.isoformat(), day.isoformat(), _EVERY_DAY, minute, minute + 1]]
    length = {"week": 6, "month": 29, "year": 364}.get(data.period, 0)
    return [[day.isoformat(), (day + dt.timedelta(days=length)).isoformat(), _EVERY_DAY, 0, 1440]]


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")[:2]
    return int(hour) * 60 + int(minute)


def _load(name: str) -> Any:
    if name == "dateparser":
        library = importlib.import_module("dateparser.date")
        library.search_dates = importlib.import_module("dateparser.search").search_dates  # type: ignore[attr-defined]
        return library
    library = importlib.import_module("recognizers_date_time")
    library.Culture = importlib.import_module("recognizers_text").Culture  # type: ignore[attr-defined]
    return library


def main() -> None:
    """Answer each line of standard input: text and now."""
    name = sys.argv[1]
    library = _load(name)
    read = read_with_dateparser if name == "dateparser" else read_with_recognizers
    for line in sys.stdin:
        case = json.loads(line)
        now = dt.datetime.fromisoformat(case["now"])
        began = time.perf_counter()
        try:
            spans, error = read(library, case["text"], now), None
        except Exception as err:  # whatever a library raises is an answer too
            spans, error = None, type(err).__name__
        print(json.dumps({"spans": spans, "error": error, "seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main()

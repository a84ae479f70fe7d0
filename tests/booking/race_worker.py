"""One of many processes that book, move and cancel at the same time. Run by `test_race.py`.

Arguments: the database's address, a number that makes its choices its own, and how many appointments to try for.
Prints a line when it is ready, begins when it is sent one, and prints the count of what it did at the end.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections import Counter

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.outbox import Kind, NewRow
from frontdesk.booking.store import AppointmentChanged, OpeningTaken, Store, StoreUnavailable

FIRST = dt.datetime(2026, 12, 1, 17, 0, tzinfo=dt.UTC)
NOW = FIRST - dt.timedelta(days=7)
HOUR, QUARTER = dt.timedelta(hours=1), dt.timedelta(minutes=15)


def main(url: str, number: int, tries: int) -> None:
    store, chance, counts = Store(url, lambda: NOW), random.Random(number), Counter[str]()
    mine: list[Appointment] = []
    print("ready", flush=True)
    sys.stdin.readline()
    for turn in range(tries):
        start = FIRST + dt.timedelta(days=chance.randrange(3)) + chance.randrange(28) * QUARTER
        opening = Opening(start, start + HOUR, "first_visit", chance.choice(("ann", "bo")))
        until = opening.end + QUARTER
        what = chance.random()
        key = f"{number}:{turn}:{time.monotonic_ns()}"
        try:
            if mine and what < 0.15:
                store.cancel(mine.pop(), tell=[NewRow(Kind.MESSAGE, "cancelled", None)])
                counts["cancelled"] += 1
            elif mine and what < 0.45:
                tell = [NewRow(Kind.MESSAGE, "changed", None)]
                how = {"state": State.CONFIRMED, "keeps_old": False, "request_key": key, "holder": None, "tell": tell}
                mine[-1], _ = store.move(mine[-1], opening, until, **how)
                counts["moved"] += 1
            else:
                contact = Contact("A", f"+1503555{number:02}{turn:02}")
                new = Appointment("", 0, State.CONFIRMED, opening, contact, NOW)
                tell = [NewRow(Kind.MESSAGE, "confirmation", None)]
                booked, _ = store.book(new, until, request_key=key, holder=None, per_visitor=99, tell=tell)
                mine.append(booked)
                counts["booked"] += 1
        except OpeningTaken:
            counts["taken"] += 1
        except AppointmentChanged:
            counts["changed"] += 1
        except StoreUnavailable:
            counts["unavailable"] += 1
    store.close()
    print(" ".join(f"{name}={count}" for name, count in sorted(counts.items())), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

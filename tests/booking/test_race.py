"""Many processes book, move and cancel at once, and some are killed in the middle: nobody is booked twice, nothing is half kept."""

from __future__ import annotations

import collections
import random
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from frontdesk.booking.database import Database, appointments, cells, outbox
from frontdesk.booking.openings import cells as cells_of

PROCESSES = 8
TRIES = 60


def start(url: str, root: Path, seed: int) -> list[subprocess.Popen[str]]:
    """Start the workers, and let them begin together once each is ready."""
    command = [sys.executable, "-m", "tests.booking.race_worker", url]
    workers = [
        subprocess.Popen(
            [*command, str(seed * 100 + number), str(TRIES)],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    for worker in workers:
        assert worker.stdout is not None
        if worker.stdout.readline() != "ready\n":
            raise AssertionError(worker.communicate()[1])
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("begin\n")
        worker.stdin.flush()
    return workers


def counts(said: str) -> dict[str, int]:
    return {name: int(count) for name, _, count in (part.partition("=") for part in said.split())}


def check(url: str) -> collections.Counter[str]:
    """Check what is kept and return how many rows of the outbox there are of each kind."""
    database = Database(url)
    try:
        with database.reading() as connection:
            kept = connection.execute(appointments.select()).all()
            claims = connection.execute(cells.select()).all()
            rows = connection.execute(outbox.select()).all()
            if url.startswith("sqlite"):
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    finally:
        database.close()
    coming = sorted((one for one in kept if one.state == "confirmed"), key=lambda one: (one.practitioner, one.start))
    overlaps = [
        (one.reference, other.reference)
        for one, other in pairwise(coming)
        if one.practitioner == other.practitioner and other.start < one.busy_until
    ]
    assert overlaps == []
    # Claimed is what appointments need, and nothing else.
    needed = {(one.practitioner, cell, one.reference) for one in coming for cell in cells_of(one.start, one.busy_until)}
    assert {(one.practitioner, one.cell_start, one.owner) for one in claims} == needed
    # Each change has its row, and each row its change.
    told = collections.Counter(row.operation for row in rows)
    assert told["confirmation"] == len(kept)
    assert told["cancelled"] == sum(one.state == "cancelled" for one in kept)
    assert told["changed"] == sum(one.revision - (one.state == "cancelled") for one in kept)
    return told


def test_eight_processes_never_book_anybody_twice(database_url: str, root: Path) -> None:
    workers = start(database_url, root, seed=1)
    done: collections.Counter[str] = collections.Counter()
    for worker in workers:
        said, trouble = worker.communicate(timeout=120)
        assert worker.returncode == 0, trouble
        done.update(counts(said))

    told = check(database_url)

    assert done["unavailable"] == 0
    assert done["taken"] > 0
    assert (told["confirmation"], told["changed"], told["cancelled"]) == (done["booked"], done["moved"], done["cancelled"])


@pytest.mark.parametrize("seed", [2, 3])
def test_a_process_that_is_killed_in_the_middle_leaves_nothing_half_kept(database_url: str, root: Path, seed: int) -> None:
    workers = start(database_url, root, seed)
    chance = random.Random(seed)
    killed = 0
    for worker in workers[: PROCESSES // 2]:
        time.sleep(chance.uniform(0.0, 0.1))
        killed += worker.poll() is None
        worker.kill()
    finished = [worker.communicate(timeout=120) for worker in workers]

    told = check(database_url)

    assert killed > 0
    assert all(worker.returncode == 0 for worker in workers[PROCESSES // 2 :]), finished
    # Those that lived have lost nothing.
    assert told["confirmation"] >= sum(counts(said).get("booked", 0) for said, _ in finished[PROCESSES // 2 :])

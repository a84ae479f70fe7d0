"""Trains and tries methods, each in processes of its own (`benchmarks.worker`), on one data set.

Nothing that an earlier training left behind is used: Rasa's training cache and the project's data folder are new for
each. Parsing is timed while all methods are loaded, a block of messages for each in turn, so that whatever else the
machine does meets all of them alike.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.datasets import Dataset
from benchmarks.measures import Parsed
from benchmarks.methods import Method
from frontdesk.cli.errors import CannotRun

_ROOT = Path(__file__).resolve().parent.parent
_BLOCK = 20
_LONG_S = 60.0


@dataclass(frozen=True)
class Trained:
    """What training a method took."""

    model: Path
    seconds: float
    """From reading the data to the stored model; imports are not counted. Of several trainings, the median."""
    components: dict[str, float]
    """Seconds in each component of a pipeline, of the same training."""
    peak_mb: float
    """The most memory that its process held."""
    all_seconds: list[float]
    """Of every training, in order."""


@dataclass
class Tried:
    """What a trained method made of the messages."""

    parsed: list[Parsed] = field(default_factory=list)
    resident_mb: float = 0.0
    """Held by the process with the model after the last message; shared libraries count whole."""


def machine() -> dict[str, Any]:
    """Return when and where: date, cores and command."""
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    return {"date": f"{datetime.now(UTC):%Y-%m-%d}", "cores": len(os.sched_getaffinity(0)), "command": command}


def train(method: Method, dataset: Dataset, room: Path, *, epochs: int | None = None, times: int = 3) -> Trained:
    """Train a method from nothing, up to so many times while that takes less than a minute.

    Raises:
        CannotRun: When training fails; the message has the last line that the process printed.
    """
    data = dataset.training if method.knows_topics else dataset.plain
    model = room / f"{method.name}.tar.gz"
    began = time.monotonic()
    answers: list[dict[str, Any]] = []
    while not answers or (len(answers) < times and time.monotonic() - began < _LONG_S):
        _say(f"{dataset.name}: training {method.name}")
        arguments = ["train", "--method", method.name, "--model", str(model), "--data", str(data)]
        arguments += ["--epochs", str(epochs)] if epochs else []
        with _worker(arguments, room) as worker:
            answers.append(worker.read())
    seconds = [answer["seconds"] for answer in answers]
    median = answers[seconds.index(statistics.median_low(seconds))]
    return Trained(model, median["seconds"], median["components"], median["peak_mb"], seconds)


def try_all(trained: dict[Method, Trained], dataset: Dataset, room: Path) -> tuple[dict[Method, Tried], dict[str, str]]:
    """Give every message to every method, in turns; return what each made of them, and by name why others could not start.

    Raises:
        CannotRun: When a method that had started ends before it has all messages.
    """
    texts = [message.text for message in dataset.messages]
    failed: dict[str, str] = {}
    with ExitStack() as stack:
        workers = {}
        for method, made in trained.items():
            _say(f"{dataset.name}: loading {method.name}")
            worker = stack.enter_context(_worker(["serve", "--method", method.name, "--model", str(made.model)], room))
            try:
                worker.read()
                # The first messages meet cold caches, and graphs that TensorFlow has yet to trace for their lengths.
                worker.ask(texts[:: max(1, len(texts) // _BLOCK)][:_BLOCK])
            except CannotRun as err:
                failed[method.name] = str(err)
            else:
                workers[method] = worker
        tried = {method: Tried() for method in workers}
        for start in tqdm(range(0, len(texts), _BLOCK), desc=f"{dataset.name}: asking", file=sys.stderr):
            for method, worker in workers.items():
                tried[method].parsed += worker.ask(texts[start : start + _BLOCK])
        for method, worker in workers.items():
            tried[method].resident_mb = worker.close()
    return tried, failed


class _Worker:
    """The near end of a worker's pipes."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process, self._log = process, log

    def read(self) -> Any:
        """Return the next line.

        Raises:
            CannotRun: When the process ends instead.
        """
        line = self._pipe(self._process.stdout).readline()
        if not line:
            status = self._process.wait()
            printed = [said for said in self._log.read_text(encoding="utf-8", errors="replace").splitlines() if said.strip()]
            raise CannotRun(f"a worker ended with status {status}: {printed[-1] if printed else 'it printed nothing'}")
        return json.loads(line)

    def ask(self, texts: Sequence[str]) -> list[Parsed]:
        """Return what the method makes of messages."""
        self._pipe(self._process.stdin).write(json.dumps(list(texts)) + "\n")
        self._pipe(self._process.stdin).flush()
        return [Parsed(**parsed) for parsed in self.read()]

    def close(self) -> float:
        """End the input and return the MB that the process holds."""
        self._pipe(self._process.stdin).close()
        return float(self.read()["resident_mb"])

    @staticmethod
    def _pipe(pipe: Any) -> Any:
        assert pipe is not None, "workers are started with pipes"  # noqa: S101 - for mypy
        return pipe


@contextmanager
def _worker(arguments: Sequence[str], room: Path) -> Iterator[_Worker]:
    """Start a worker in new folders below `room`, and end it."""
    own = Path(tempfile.mkdtemp(dir=room, prefix=f"{arguments[0]}-"))
    environment = {**os.environ, "RASA_CACHE_DIRECTORY": str(own / "rasa-cache"), "FRONTDESK_DATA_DIR": str(own / "var")}
    command = [sys.executable, "-m", "benchmarks", "worker", *arguments]
    log = own / "log"
    with (
        log.open("w", encoding="utf-8") as printed,
        subprocess.Popen(
            command, cwd=_ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=printed, text=True, encoding="utf-8"
        ) as process,
    ):
        try:
            yield _Worker(process, log)
        except BaseException:
            process.kill()
            raise


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)

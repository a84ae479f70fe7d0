"""`frontdesk train`: check the data, then train, with a bar that says which step is running."""

import argparse
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from frontdesk.cli import check
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import models_folder, project_folder, require_space
from frontdesk.faq.store import Intent, load_intents, load_topics
from frontdesk.faq.topic import Topic
from frontdesk.publishing.contents import read_contents
from frontdesk.publishing.shelf import Shelf
from frontdesk.publishing.steps import STEPS

# What is logged when a step begins, and how we name it. The order is that of a training.
_STEPS = (
    *((re.compile(rf"train component '{component}'"), step) for component, step in STEPS.items()),
    (re.compile(r"Finished training component 'TopicRanker'"), "packing the model"),
)


def add_parser(subparsers: Any) -> None:
    """Add `train` to the command."""
    parser = subparsers.add_parser("train", help="check the data and train a model")
    parser.add_argument("--name", help="name of the model file (the time, when not given)")
    parser.add_argument("--models", type=Path, default=models_folder(), help="folder for the model (FRONTDESK_MODELS_DIR)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Train and return 0, or 1 when the data has problems."""
    project_folder()
    _require_examples(Path("data"))
    if not data_passes():
        print("Not trained: mend the lines above first.", file=sys.stderr)
        return 1
    model = train(args.name, args.models)
    print(f"Trained {model}")
    return 0


def _require_examples(data: Path) -> None:
    """Say first what else would be the cause of a hundred lines.

    Raises:
        CannotRun: When there are no two topics or intents to tell apart.
    """
    taught: list[Topic | Intent] = [*load_topics(data / "faq")[0], *load_intents(data / "nlu")[0]]
    named = [one.name for one in taught if one.examples]
    if len(named) < 2:
        found = f"only '{named[0]}' has examples" if named else "there are no examples"
        raise CannotRun(f"{found} in {data}/faq and {data}/nlu; there must be two topics or intents to tell apart")


def data_passes() -> bool:
    """Run the fast part of `frontdesk check` on the project and say whether it found nothing."""
    data = argparse.Namespace(production=False, fast=True, held_out=[], data=Path("data"), clinic=Path("clinic"), domain=Path("domain.yml"))
    return check.run(data) == 0


def train(name: str | None = None, models: Path | None = None) -> Path:
    """Train in a process of its own, which gives its memory back, and return the model.

    What it was trained on is written beside it, so that a later version can say what is different.

    Raises:
        CannotRun: When the disk is full or the training fails; all that it printed is in the log file that is named.
    """
    models, contents = models or models_folder(), read_contents(Path("data"))
    try:
        models.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise CannotRun(f"{models} cannot be used for the model: {err.strerror}") from err
    require_space(models)
    name = name or datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    model = models / f"{name}.tar.gz"
    log = models / "last-training.log"
    status = _run([sys.executable, "-m", "frontdesk.assistant.training", str(model)], log)
    if status != 0 or not model.is_file():
        raise CannotRun(f"the training failed with status {status}: {_last_line(log)} (all of its output is in {log})")
    if read_contents(Path("data")) == contents:
        Shelf(models).describe(name, contents)
    return model


def _run(command: list[str], log: Path) -> int:
    """Run a training, keep its output, show which step it is at, and return its exit status."""
    environment = {**os.environ, "LOG_LEVEL": "INFO", "LOG_LEVEL_LIBRARIES": "ERROR"}
    with (
        log.open("w", encoding="utf-8") as kept,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment) as rasa,
        tqdm(total=len(_STEPS) + 1, desc="starting", bar_format="{desc:<28} {bar:30} {elapsed}", file=sys.stderr) as bar,
    ):
        for line in rasa.stdout or ():
            kept.write(line)
            for place, (pattern, step) in enumerate(_STEPS, start=1):
                if pattern.search(line) and place > bar.n:
                    bar.set_description_str(step, refresh=False)
                    bar.update(place - bar.n)
        status = rasa.wait()
        if status == 0:
            bar.set_description_str("trained", refresh=False)
            bar.update(bar.total - bar.n)
    return status


def _last_line(log: Path) -> str:
    """Return the last line that says something: of a stack trace, its message."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"

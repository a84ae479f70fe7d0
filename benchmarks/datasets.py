"""The data of a comparison: training data in Rasa's format, and messages that training never sees.

CLINC150 is Larson et al. 2019, "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction"
(github.com/clinc/oos-eval, CC BY 3.0). It is not part of this repository.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.cli.ask import read_questions
from frontdesk.cli.errors import CannotRun
from frontdesk.faq.evaluation import DANGER, Case
from frontdesk.faq.names import ANSWER_PREFIX, topic_of

FOREIGN_PREFIX = "oos"
"""How the labels of what is not ours begin, in this project's data and in CLINC150."""

CLINC_FILES = ("clinc150-20shot-train.jsonl", "clinc150-test.jsonl", "clinc150-oos-test.jsonl")
"""Training, ours, not ours. The out-of-scope validation questions are not used: nothing is tuned on CLINC150."""
CLINC_SOURCE = (
    "CLINC150 is at https://github.com/clinc/oos-eval (Larson et al. 2019, CC BY 3.0). Its folder must hold "
    f"{', '.join(CLINC_FILES)}: a JSON object with 'text' and 'topic' a line, of the training questions 20 per intent."
)


@dataclass(frozen=True)
class Message:
    """A message whose right label is known."""

    text: str
    wanted: frozenset[str]
    """Names of topics or intents that are right, without `faq/`."""
    foreign: bool
    """Whether it is not ours to answer."""


@dataclass(frozen=True)
class Examples:
    """Training examples with their labels, and the answers' texts, which some methods learn from too."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    """Names of topics or intents, without `faq/`."""
    answers: tuple[tuple[str, str], ...]
    """(label, text) of each answer."""


@dataclass(frozen=True)
class Dataset:
    """Where a comparison's training data is, and the messages to try."""

    name: str
    training: Path
    """A folder of Rasa training data as the project has it."""
    plain: Path
    """The same examples with each topic as an intent of its own, for classifiers that know no retrieval intents."""
    messages: tuple[Message, ...]
    examples: int
    labels: int
    has_answers: bool

    def describe(self) -> str:
        """Return its sizes as a line."""
        foreign = sum(message.foreign for message in self.messages)
        ours = len(self.messages) - foreign
        return f"{self.name}: {self.examples:,} examples of {self.labels} labels; {ours:,} messages of ours, {foreign:,} that are not"


def load_project(data: Path, tests: Sequence[Path], room: Path) -> Dataset:
    """Return a Rasa project's data with held-out messages.

    Left out are messages in danger (their alarm is what counts), messages with two questions (one first place cannot
    answer both) and follow-ups (no method here is told what was said before).

    Raises:
        CannotRun: When there are no examples or no messages.
    """
    examples = read_examples(data)
    messages = [message for path in tests for row in read_questions(str(path)) if (message := _message(path, row))]
    if not messages:
        raise CannotRun("there is no message to try in " + (", ".join(map(str, tests)) or "no file; give --test FILE"))
    plain = room / "plain"
    write_examples(plain, zip(examples.texts, examples.labels, strict=True))
    return Dataset("project", data, plain, tuple(messages), len(examples.texts), len(set(examples.labels)), bool(examples.answers))


def load_clinc(folder: Path, room: Path) -> Dataset:
    """Return CLINC150 as a Rasa project's data, without an intent for what is out of scope.

    Raises:
        CannotRun: When a file is missing; the message says where to get it.
    """
    missing = [name for name in CLINC_FILES if not (folder / name).is_file()]
    if missing:
        raise CannotRun(f"{folder} holds no {missing[0]}. {CLINC_SOURCE}")
    rows = [list(read_questions(str(folder / name))) for name in CLINC_FILES]
    training = room / "clinc150"
    write_examples(training, ((row["text"], row["topic"]) for row in rows[0]))
    messages = [Message(row["text"], frozenset({row["topic"]}), row["topic"].startswith(FOREIGN_PREFIX)) for row in rows[1] + rows[2]]
    return Dataset("CLINC150", training, training, tuple(messages), len(rows[0]), len({row["topic"] for row in rows[0]}), False)


def read_examples(folder: Path) -> Examples:
    """Read a folder of Rasa training data as Rasa does.

    Raises:
        CannotRun: When it holds no examples.
    """
    from rasa.shared.importers.rasa import RasaFileImporter
    from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT

    data = RasaFileImporter(training_data_paths=[str(folder)]).get_nlu_data()
    found = [
        (example.get(TEXT), topic_of(example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)))
        for example in data.intent_examples
        if example.get(TEXT)
    ]
    if not found:
        raise CannotRun(f"{folder} holds no examples of intents in Rasa's format")
    texts, labels = zip(*found, strict=True)
    answers = [
        (key.removeprefix(ANSWER_PREFIX), variation["text"])
        for key, variations in data.responses.items()
        for variation in variations
        if key.startswith(ANSWER_PREFIX) and variation.get("text")
    ]
    return Examples(texts, labels, tuple(answers))


def write_examples(folder: Path, examples: Iterable[tuple[str, str]]) -> None:
    """Write (text, label) pairs as Rasa training data, each label an intent."""
    by_label: defaultdict[str, list[str]] = defaultdict(list)
    for text, label in examples:
        by_label[label].append(f"- {' '.join(text.split())}\n")
    intents = [{"intent": label, "examples": "".join(lines)} for label, lines in by_label.items()]
    folder.mkdir(parents=True, exist_ok=True)
    written = yaml.safe_dump({"version": "3.1", "nlu": intents}, allow_unicode=True, sort_keys=False)
    (folder / "nlu.yml").write_text(written, encoding="utf-8")


def _message(path: Path, row: dict[str, Any]) -> Message | None:
    """Return a line of a test set as a message, or `None` when it is of a kind that is left out."""
    try:
        case = Case.from_row(row)
    except ValueError as err:
        raise CannotRun(f"{path}: {row['id']}: {err}") from err
    if case.kind == DANGER or len(case.wanted) != 1 or row["previous"]:
        return None
    return Message(case.text, frozenset(case.wanted) | case.also_ok, case.wanted[0].startswith(FOREIGN_PREFIX))

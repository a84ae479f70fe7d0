"""Every topic of `data/faq` and every plain intent of `data/nlu`, with what could not be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from frontdesk.faq.topic import Example, Topic, parse_examples, parse_topic
from frontdesk.text.problem import Problem
from frontdesk.text.shape import check_keys, mapping_at, text_at
from frontdesk.text.yaml_lines import Document, load_yaml


@dataclass(frozen=True)
class Intent:
    """A plain intent, which rules answer: booking, smalltalk, out of scope, safety."""

    name: str
    examples: tuple[Example, ...]
    path: Path
    line: int


def load_topics(folder: Path) -> tuple[list[Topic], list[Problem]]:
    """Read every topic of a folder, in the order of their names."""
    problems: list[Problem] = []
    topics = []
    for document in load_documents(folder, problems):
        topic, wrong = parse_topic(document)
        problems += wrong
        if topic:
            topics.append(topic)
    return topics, problems


def load_intents(folder: Path) -> tuple[list[Intent], list[Problem]]:
    """Read every plain intent of a folder, in the order of the files."""
    problems: list[Problem] = []
    intents: list[Intent] = []
    for document in load_documents(folder, problems):
        if not check_keys(document, problems, ("version", "nlu"), ("version", "nlu")):
            continue
        entries = document.get("nlu")
        if not isinstance(entries, list):
            problems.append(document.problem("'nlu' must be a list of lines such as '- intent: greeting'", "nlu"))
            continue
        for index in range(len(entries)):
            check_keys(document, problems, ("intent", "metadata", "examples"), ("intent", "examples"), "nlu", index)
            name = text_at(document, problems, "nlu", index, "intent")
            if any(name == other.name for other in intents):
                problems.append(document.problem(f"'{name}' is there already; keep its examples in one place", "nlu", index))
            if ("nlu", index, "metadata") in document.lines:
                mapping_at(document, problems, "nlu", index, "metadata")
                text_at(document, problems, "nlu", index, "metadata", "title", optional=True)
            examples = parse_examples(document, problems, "nlu", index, "examples")
            if name:
                intents.append(Intent(name, examples, document.path, document.line("nlu", index)))
    return intents, problems


def load_documents(folder: Path, problems: list[Problem]) -> Iterator[Document]:
    """Yield the YAML files of a folder in the order of their names, and note what cannot be read."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.is_dir():
            continue
        if path.suffix != ".yml":
            problems.append(Problem(path, 1, "this file is not read; its name must end in .yml, or it belongs elsewhere"))
            continue
        document, wrong = load_yaml(path)
        problems += wrong
        if document:
            yield document

"""Golden questions: what must keep its answer whatever is changed, from `clinic/golden.yml`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from frontdesk.text.problem import Problem, did_you_mean
from frontdesk.text.shape import check_keys
from frontdesk.text.yaml_lines import Document, load_yaml

_SECTIONS = ("answers", "dangers")


@dataclass(frozen=True)
class GoldenQuestion:
    """One of them."""

    text: str
    name: str | None
    """The topic or intent that it must lead to; None for a danger, which must lead to help at once."""


def load_golden(clinic: Path) -> list[GoldenQuestion]:
    """Return the golden questions of a clinic, the dangers last; none when there is no such file.

    What is written wrongly is left out: `check_golden` names it.
    """
    path = clinic / "golden.yml"
    document, _ = load_yaml(path) if path.is_file() else (None, [])
    return [question for question, _ in _iter_questions(document)] if document else []


def check_golden(clinic: Path, names: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with a clinic's golden questions.

    Args:
        clinic: The folder with `golden.yml`.
        names: Every topic and intent there is.
    """
    path = clinic / "golden.yml"
    if not path.is_file():
        return
    document, problems = load_yaml(path)
    if not document:
        yield from problems
        return
    check_keys(document, problems, _SECTIONS, ())
    answers = document.get("answers")
    if answers is not None and not isinstance(answers, dict):
        problems.append(document.problem("'answers' must hold names of topics, each with a list of questions", "answers"))
        answers = {}
    for name, asked in (answers or {}).items():
        if name not in names:
            hint = did_you_mean(str(name), names, "use the name of a file in data/faq or of an intent in data/nlu")
            problems.append(document.problem(f"there is no topic or intent '{name}'; {hint}", "answers", name))
        if not _is_texts(asked):
            problems.append(document.problem("must be a list of questions, each a line that starts with '- '", "answers", name))
    if not _is_texts(document.get("dangers") or []):
        problems.append(document.problem("must be a list of messages, each a line that starts with '- '", "dangers"))
    seen: set[str] = set()
    for question, trail in _iter_questions(document):
        if question.text.casefold() in seen:
            problems.append(document.problem(f"'{question.text}' is there already", *trail))
        seen.add(question.text.casefold())
    yield from problems


def _iter_questions(document: Document) -> Iterator[tuple[GoldenQuestion, tuple[str | int, ...]]]:
    answers, dangers = document.get("answers"), document.get("dangers")
    for name, asked in answers.items() if isinstance(answers, dict) else ():
        if _is_texts(asked):
            yield from ((GoldenQuestion(text, str(name)), ("answers", name, place)) for place, text in enumerate(asked))
    if _is_texts(dangers):
        yield from ((GoldenQuestion(text, None), ("dangers", place)) for place, text in enumerate(dangers))


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value)

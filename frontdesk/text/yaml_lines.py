"""YAML that remembers where everything stands.

Plain Python values, and beside them the line of every key and list item, so that a check can point at it.
Whatever is wrong with the file itself (a tab, a key that is there twice, bytes that are no text) is a `Problem`, never an exception.
Knows nothing about what the files mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.text.problem import Problem

Step = str | int
Trail = tuple[Step, ...]

# What PyYAML says, and what a person can do about it.
_IN_PLAIN_WORDS = (
    ("'\\t'", "there is a tab here; use spaces at the start of a line"),
    ("mapping values are not allowed", "a colon followed by a space starts a new key; put the whole text in quotes"),
    (
        "expected <block end>",
        "this line does not fit under the one above; line it up with its neighbours, and close every quotation mark above it",
    ),
    ("could not find expected ':'", "a colon is missing after the key on the line above, or a text is not indented enough"),
    ("while scanning a quoted scalar", "a quotation mark that is opened here is never closed"),
    ("flow sequence", "a square bracket that is opened here is never closed"),
    ("flow mapping", "a curly bracket that is opened here is never closed; a text that starts with { needs quotes"),
    ("expected a single document", "the file has a second '---'; keep one document in a file"),
    ("cannot start any token", "this character cannot start a value; put the text in quotes"),
    ("unknown escape character", "a backslash inside double quotes is not text; use single quotes"),
    ("found undefined alias", "a text that starts with * needs quotes"),
    ("expected alphabetic or numeric character", "a text that starts with * or & needs quotes"),
)


@dataclass(frozen=True)
class Document:
    """One YAML file."""

    path: Path
    value: Any
    """Plain dicts, lists and scalars; `None` when the file is empty."""
    lines: dict[Trail, int]
    """Line of each key and list item by the way to it: `("nlu", 0, "intent")`."""
    first_text_lines: dict[Trail, int]
    """Line on which a text starts; for a block (`|`) that is the line below its key."""

    def line(self, *trail: Step) -> int:
        """Return where something stands, or the nearest thing above it that is there."""
        for length in range(len(trail), 0, -1):
            if trail[:length] in self.lines:
                return self.lines[trail[:length]]
        return self.lines.get((), 1)

    def text_line(self, *trail: Step) -> int:
        """Return the line of the first character of a text."""
        return self.first_text_lines.get(trail, self.line(*trail))

    def problem(self, message: str, *trail: Step) -> Problem:
        """Return an error at the place the trail leads to."""
        return Problem(self.path, self.line(*trail), message)

    def get(self, *trail: Step) -> Any:
        """Return what stands at the end of the trail, or `None` when the trail leads nowhere."""
        value = self.value
        for step in trail:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def load_yaml(path: Path) -> tuple[Document | None, list[Problem]]:
    """Read a file; a file that cannot be read at all gives `None` and says why."""
    try:
        data = path.read_bytes()
    except OSError as err:
        return None, [Problem(path, 1, f"the file cannot be read ({err.strerror})")]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as err:
        return None, [Problem(path, data.count(b"\n", 0, err.start) + 1, "this is not plain text; save the file as UTF-8 text")]
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> tuple[Document | None, list[Problem]]:
    """Read a text as `load_yaml` reads a file; `path` is for the messages."""
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
    except yaml.reader.ReaderError as err:
        line = text.count("\n", 0, err.position) + 1
        return None, [Problem(path, line, "there is a character here that no text file may hold; delete it and type the line again")]
    except yaml.MarkedYAMLError as err:
        return None, [_broken(err, path)]
    except RecursionError:
        return None, [Problem(path, 1, "brackets are nested too deeply; this is not a file of this project")]
    reader = _Reader(loader, path)
    try:
        value = None if node is None else reader.read(node, ())
    except RecursionError:
        return None, [Problem(path, 1, "lists are nested too deeply; this is not a file of this project")]
    return Document(path, value, reader.lines, reader.first_text_lines), reader.problems


def _broken(err: yaml.MarkedYAMLError, path: Path) -> Problem:
    mark = err.problem_mark or err.context_mark
    said = f"{err.context or ''} {err.problem or ''}"
    opened = next((words for part, words in _IN_PLAIN_WORDS if part in said), None)
    if opened and "opened here" in opened and err.context_mark:
        mark = err.context_mark
    return Problem(path, mark.line + 1 if mark else 1, f"the file cannot be read as YAML: {opened or ' '.join(said.split())}")


class _Reader:
    """Turns the nodes of one document into values and notes their lines."""

    def __init__(self, loader: yaml.SafeLoader, path: Path) -> None:
        self._loader = loader
        self._path = path
        self._seen: dict[int, yaml.Node] = {}
        self.lines: dict[Trail, int] = {}
        self.first_text_lines: dict[Trail, int] = {}
        self.problems: list[Problem] = []

    def read(self, node: yaml.Node, trail: Trail) -> Any:
        self.lines.setdefault(trail, node.start_mark.line + 1)
        # The same node twice is an alias: a few of them can unfold into gigabytes.
        if id(node) in self._seen:
            message = "'*name' repeats another part of the file; write it out, or put a text that starts with * in quotes"
            self.problems.append(Problem(self._path, self.lines[trail], message))
            return None
        self._seen[id(node)] = node
        match node:
            case yaml.MappingNode():
                return dict(self._entries(node, trail))
            case yaml.SequenceNode():
                return [self.read(item, (*trail, index)) for index, item in enumerate(node.value)]
            case yaml.ScalarNode():
                is_block = node.style in ("|", ">")
                self.first_text_lines[trail] = node.start_mark.line + (2 if is_block else 1)
                return self._scalar(node)
        return None

    def _entries(self, node: yaml.MappingNode, trail: Trail) -> Iterator[tuple[Any, Any]]:
        taken: dict[Any, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._note(key_node, "a key must be a plain word")
                continue
            key = self._scalar(key_node)
            if not isinstance(key, str):
                self._note(key_node, f"the key '{key_node.value}' is not read as a word; put it in quotes")
                continue
            line = key_node.start_mark.line + 1
            if key in taken:
                self._note(key_node, f"'{key}' is already there on line {taken[key]}; keep one of the two")
                continue
            taken[key] = line
            self.lines[(*trail, key)] = line
            yield key, self.read(value_node, (*trail, key))

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return self._loader.construct_object(node, deep=True)
        except (ValueError, yaml.YAMLError):
            self._note(node, f"{node.value!r} cannot be read; put it in quotes")
            return None

    def _note(self, node: yaml.Node, message: str) -> None:
        self.problems.append(Problem(self._path, node.start_mark.line + 1, message))

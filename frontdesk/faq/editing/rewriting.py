"""A topic's file with some of its values changed, and every other byte where it was.

No YAML is written out anew: the parser says where each value starts and ends, and only what differs is replaced there,
line by line where a value has many. So comments, order, quotes, blanks and line ends survive whatever is changed beside
them. (A round trip through ruamel.yaml 0.17, which Rasa pins, keeps comments, but rewrites `null`, blanks inside
brackets, indentation and the line ends of Windows in the whole file.) What comes out is parsed again and held against
what was asked for.

The one thing that is lost is a comment behind a value that is deleted.
"""

from __future__ import annotations

import copy
import datetime as dt
import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from frontdesk.faq.editing.draft import Draft, read_draft
from frontdesk.faq.editing.errors import CannotRewrite, TopicUnreadable
from frontdesk.faq.names import RETRIEVAL_INTENT, answer_name
from frontdesk.faq.topic import _METADATA, Topic, parse_topic
from frontdesk.text.problem import Problem
from frontdesk.text.yaml_lines import Step, Trail, parse_yaml

_NEW_TOPIC = Path(__file__).with_name("new_topic.yml")
_ODD_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
# What may stand behind the | of a block whose indentation is that of its first line.
_BLOCK_HEAD = re.compile(r"\|[+-]?[ \t]*(#[^\n]*)?")


def parse_text(text: str, path: Path) -> tuple[Topic, list[Problem]]:
    """Return the topic that a text is, as the file `path`, and what is wrong with its build.

    Raises:
        TopicUnreadable: When it is none.
    """
    document, problems = parse_yaml(text, path)
    topic, wrong = parse_topic(document) if document else (None, [])
    problems += wrong
    if topic is None:
        raise TopicUnreadable(path.stem, problems)
    return topic, problems


def new_text(path: Path, draft: Draft) -> str:
    """Return the text of a new topic's file."""
    return rewrite(_NEW_TOPIC.read_text(encoding="utf-8"), _NEW_TOPIC, draft, new_path=path)


def rewrite(text: str, path: Path, after: Draft, *, new_path: Path | None = None) -> str:
    """Return a topic's file with the values of a draft; where it says what the draft says it stays byte for byte.

    Args:
        text: What is in the file, with its line ends.
        path: The file, whose name is the topic's.
        after: What it shall say, tidied.
        new_path: The file under another name, when the topic is renamed.

    Raises:
        TopicUnreadable: When the text is no topic.
        CannotRewrite: When a value stands where it cannot be replaced by itself.
    """
    topic, _ = parse_text(text, path)
    before = read_draft(topic)
    response = ("responses", answer_name(path.stem), 0)
    changed = text
    # One after the other, each in what the one before left: so no two of them can meet.
    if before.examples != after.examples:
        changed = _set_examples(_Source(changed, path), before.examples, after.examples)
    if before.answer != after.answer:
        changed = _set_answer(_Source(changed, path), response, after.answer)
    for key, value in _metadata(before, after).items():
        changed = _set_value(_Source(changed, path), (*response, "metadata"), key, value)
    if new_path and new_path.stem != path.stem:
        changed = _rename(_Source(changed, path), new_path.stem)
    _verify(topic, changed, new_path or path, after)
    return changed


def _metadata(before: Draft, after: Draft) -> dict[str, Any]:
    """Return the keys that differ, with what they shall hold; a key that shall not be there holds `None`."""
    values: dict[str, Any] = {
        "title": after.title,
        "kind": after.kinds[0] if len(after.kinds) == 1 else list(after.kinds),
        "claims": list(after.claims) or None,
        "sources": list(after.sources) or None,
        "owner": after.owner,
        "clinician": after.clinician,
        "reviewed": after.reviewed,
        "review_by": after.review_by,
    }
    return {
        key: value
        for key, value in values.items()
        if getattr(before, "kinds" if key == "kind" else key) != getattr(after, "kinds" if key == "kind" else key)
    }


class _Line(NamedTuple):
    """One line of a block."""

    start: int
    end: int
    """Where its line break starts."""
    item: str | None
    """What it says; `None` when it is none of the items."""


class _Source:
    """A text, where its values stand, and what is to be put in their places."""

    def __init__(self, text: str, path: Path) -> None:
        if _ODD_BREAKS.search(text):
            raise CannotRewrite(f"{path} has line breaks of an old kind; open it in an editor and save it with the line ends of Unix")
        self.text = text
        self.path = path
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._root: Any = yaml.SafeLoader(text).get_single_node()
        self._splices: list[tuple[int, int, str]] = []

    def at(self, *trail: Step) -> yaml.MappingNode:
        """Return the mapping at a place."""
        node = self._root
        for step in trail:
            node = node.value[step] if isinstance(step, int) else self.pair(node, step)[1]
        if not isinstance(node, yaml.MappingNode):
            raise self.refusal(node)
        return node

    def pair(self, mapping: yaml.MappingNode, key: str) -> tuple[yaml.ScalarNode, yaml.Node]:
        """Return the nodes of a key and its value."""
        found = next(((name, value) for name, value in mapping.value if name.value == key), None)
        if found is None:
            raise self.refusal(mapping)
        return found

    def splice(self, start: int, end: int, new: str) -> None:
        """Put a text in the place of another one."""
        self._splices.append((start, end, new.replace("\n", self.newline)))

    def changed(self) -> str:
        """Return the text with all changes made."""
        text = self.text
        for start, end, new in sorted(self._splices, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def line_start(self, index: int) -> int:
        """Return where the line of a character starts."""
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """Return where the line break behind a character is, or the end of the text."""
        end = self.text.find("\n", index)
        if end < 0:
            return len(self.text)
        return end - 1 if self.text[end - 1 : end] == "\r" and end > index else end

    def next_line(self, index: int) -> int:
        """Return where the line after that of a character starts, or the end of the text."""
        end = self.text.find("\n", index)
        return end + 1 if end >= 0 else len(self.text)

    def refusal(self, node: yaml.Node) -> CannotRewrite:
        """Return the error for a value that cannot be replaced where it stands."""
        line = node.start_mark.line + 1
        return CannotRewrite(f"{self.path}:{line}: this is written in a way that only a text editor can change; change the file by hand")


def _set_examples(source: _Source, before: Sequence[str], after: Sequence[str]) -> str:
    key, node = source.pair(source.at("nlu", 0), "examples")
    if not (isinstance(node, yaml.ScalarNode) and node.style == "|"):
        raise source.refusal(node)
    lines, indent = _block_lines(source, key, node)
    marked = [_Line(line.start, line.end, _example_of(source.text[line.start + indent : line.end])) for line in lines]
    if [line.item for line in marked if line.item is not None] != list(before):
        raise source.refusal(node)
    _replace_items(source, source.next_line(node.start_mark.index), marked, after, lambda item: f"{' ' * indent}- {item}")
    return source.changed()


def _example_of(line: str) -> str | None:
    return line[2:].strip() if line.startswith("- ") and line[2:].strip() else None


def _set_answer(source: _Source, trail: Trail, answer: str) -> str:
    key, node = source.pair(source.at(*trail), "text")
    wanted = answer.split("\n")
    if isinstance(node, yaml.ScalarNode) and node.style == "|" and node.value.strip() and _has_plain_head(source, node):
        lines, indent = _block_lines(source, key, node)
        _replace_items(
            source,
            source.next_line(node.start_mark.index),
            [_Line(line.start, line.end, source.text[line.start + indent : line.end]) for line in lines],
            wanted,
            lambda item: f"{' ' * indent}{item}" if item else "",
        )
        return source.changed()
    if not isinstance(node, yaml.ScalarNode):
        raise source.refusal(node)
    # In quotes, folded or bare: a block takes its place, and a comment behind it stays behind the head of the block.
    end = node.end_mark.index
    if node.style in ("|", ">"):
        end = source.line_end(node.start_mark.index + len(source.text[node.start_mark.index : end].rstrip()))
    stop = source.line_end(end)
    tail = "" if node.style in ("|", ">") else source.text[end:stop].rstrip()
    indent = key.start_mark.column + 2
    block = "\n".join(f"{' ' * indent}{line}" if line else "" for line in wanted)
    before = "" if source.text[node.start_mark.index - 1] in " \n" else " "
    source.splice(node.start_mark.index, stop, f"{before}|-{tail}\n{block}")
    return source.changed()


def _has_plain_head(source: _Source, node: yaml.ScalarNode) -> bool:
    head = source.text[node.start_mark.index : source.line_end(node.start_mark.index)]
    return bool(_BLOCK_HEAD.fullmatch(head))


def _block_lines(source: _Source, key: yaml.ScalarNode, node: yaml.ScalarNode) -> tuple[list[_Line], int]:
    """Return the lines of a block up to its last word, and how far they are indented."""
    if not _has_plain_head(source, node):
        raise source.refusal(node)
    lines = []
    start = source.next_line(node.start_mark.index)
    while start < node.end_mark.index:
        end = source.line_end(start)
        lines.append(_Line(start, end, None))
        start = source.next_line(start)
    while lines and not source.text[lines[-1].start : lines[-1].end].strip():
        lines.pop()
    first = next((source.text[line.start : line.end] for line in lines if source.text[line.start : line.end].strip()), "")
    return lines, len(first) - len(first.lstrip(" ")) if first else key.start_mark.column + 2


def _replace_items(source: _Source, start: int, lines: Sequence[_Line], after: Sequence[str], render: Callable[[str], str]) -> None:
    """Make the items of some lines others, and leave the lines that stay, and those that are none, as they are.

    Args:
        start: Where the first line starts, or would.
        lines: The lines as they follow each other.
        after: The items that shall be there.
        render: What the line of a new item is.
    """
    places = [index for index, line in enumerate(lines) if line.item is not None]
    items = [line.item for line in lines if line.item is not None]
    kept: list[str] = [source.text[line.start : line.end] for line in lines]
    ahead: dict[int, list[str]] = {}
    gone: set[int] = set()
    # Without its rule of thumb for long texts, under which frequent items (blank lines) are never found again.
    for tag, low, high, new_low, new_high in difflib.SequenceMatcher(None, items, list(after), autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone.update(places[low:high])
        # New items stand below the one before them, and so above what follows it.
        at = places[low] if low < high else places[low - 1] + 1 if low else places[0] if places else 0
        ahead.setdefault(at, []).extend(render(item) for item in after[new_low:new_high])
    result: list[str] = []
    for index in range(len(lines) + 1):
        result += ahead.get(index, [])
        if index < len(lines) and index not in gone:
            result.append(kept[index])
    if not lines:
        before = "" if source.text[:start].endswith("\n") else "\n"
        source.splice(start, start, before + "".join(f"{line}\n" for line in result))
        return
    stop = lines[-1].end if result else source.next_line(lines[-1].end)
    source.splice(lines[0].start, stop, "\n".join(result))


def _set_value(source: _Source, trail: Trail, key: str, value: object) -> str:
    meta = source.at(*trail)
    node = next((node for name, node in meta.value if name.value == key), None)
    # The key of a clinician stays without one, since it asks for a name.
    if key == "clinician" and not value and node is None:
        return source.text
    if value is None:
        _delete_key(source, meta, key)
    elif node is None:
        _insert_key(source, meta, key, _render(value, None))
    elif isinstance(node, yaml.SequenceNode) and not node.flow_style and isinstance(value, list):
        _set_list(source, node, value)
    elif (isinstance(node, yaml.CollectionNode) and not node.flow_style) or (
        isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    ):
        raise source.refusal(node)
    else:
        rendered = "null" if key == "clinician" and not value else _render(value, node.style if isinstance(node, yaml.ScalarNode) else None)
        start = node.start_mark.index
        source.splice(start, node.end_mark.index, rendered if source.text[start - 1].isspace() else f" {rendered}")
    return source.changed()


def _set_list(source: _Source, node: yaml.SequenceNode, names: Sequence[str]) -> None:
    """Change a list that is written with one name a line."""
    items = {source.line_start(item.start_mark.index): item.value for item in node.value}
    column = node.start_mark.column
    lines: list[_Line] = []
    start, last = source.line_start(node.start_mark.index), node.value[-1].end_mark.index
    while start <= last and start < len(source.text):
        lines.append(_Line(start, source.line_end(start), items.get(start)))
        start = source.next_line(start)
    _replace_items(source, lines[0].start, lines, names, lambda name: f"{' ' * column}- {_render(name, None)}")


def _insert_key(source: _Source, meta: yaml.MappingNode, key: str, rendered: str) -> None:
    """Give a key its place in the order of keys."""
    if meta.flow_style or not meta.value:
        raise source.refusal(meta)
    earlier = [pair for pair in meta.value if pair[0].value in _METADATA[: _METADATA.index(key)]]
    line = f"{' ' * meta.value[0][0].start_mark.column}{key}: {rendered}"
    if earlier:
        end = source.line_end(_last_character(source, earlier[-1][1]))
        source.splice(end, end, f"\n{line}")
    else:
        start = meta.value[0][0].start_mark.index
        source.splice(start, start, f"{line.lstrip()}\n{' ' * meta.value[0][0].start_mark.column}")


def _delete_key(source: _Source, meta: yaml.MappingNode, key: str) -> None:
    if all(name.value != key for name, _ in meta.value):
        return
    name, node = source.pair(meta, key)
    if meta.flow_style or name is meta.value[0][0]:
        raise source.refusal(name)
    source.splice(source.line_start(name.start_mark.index), source.next_line(_last_character(source, node)), "")


def _last_character(source: _Source, node: yaml.Node) -> int:
    """Return where a value ends; the parser takes blank lines and comments below a list for a part of it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_character(source, last[1] if isinstance(last, tuple) else last)
    start, end = node.start_mark.index, node.end_mark.index
    return start + max(len(source.text[start:end].rstrip()), 1) - 1 if end > start else start


def _rename(source: _Source, name: str) -> str:
    _, intent = source.pair(source.at("nlu", 0), "intent")
    source.splice(intent.start_mark.index, intent.end_mark.index, f"{RETRIEVAL_INTENT}/{name}")
    responses = source.at("responses")
    key, _ = source.pair(responses, answer_name(source.path.stem))
    source.splice(key.start_mark.index, key.end_mark.index, answer_name(name))
    return source.changed()


def _render(value: object, style: str | None) -> str:
    """Return a value as it stands behind its key: dates in quotes, lists in brackets, text in the quotes it had."""
    if isinstance(value, dt.date):
        value, style = value.isoformat(), '"'
    dumped: str = yaml.safe_dump(
        value,
        default_flow_style=True,
        default_style='"' if style == '"' and isinstance(value, str) else None,
        width=float("inf"),
        allow_unicode=True,
    )
    return dumped.removesuffix("...\n").rstrip("\n")


def _verify(before: Topic, changed: str, path: Path, after: Draft) -> None:
    """Hold what came out against what was asked for: a file that says anything else must not reach the disk."""
    try:
        topic, _ = parse_text(changed, path)
    except TopicUnreadable as err:
        raise CannotRewrite(f"{before.path} could not be changed safely ({err}); change it by hand") from err
    if read_draft(topic) != after or _the_rest(topic) != _the_rest(before):
        raise CannotRewrite(f"{before.path} is written in a way that only a text editor can change safely; change it by hand")


def _the_rest(topic: Topic) -> object:
    """Return what a file says beside what a draft holds."""
    value = copy.deepcopy(topic.document.value)
    value["nlu"][0].pop("examples", None)
    if value["nlu"][0].pop("intent", None) != f"{RETRIEVAL_INTENT}/{topic.name}":
        value["intent"] = "another"
    response = value["responses"].pop(answer_name(topic.name))[0]
    for key in _METADATA:
        response.get("metadata", {}).pop(key, None)
    response.pop("text", None)
    return value, response

"""A YAML text with some of its values changed, and every other byte where it was.

No YAML is written out anew: the parser says where each value starts and ends, and only what differs is replaced there,
line by line where a value has many. So comments, order, quotes, blanks and line ends survive whatever is changed beside
them. (A round trip through ruamel.yaml 0.17, which Rasa pins, keeps comments, but rewrites `null`, blanks inside
brackets, indentation and the line ends of Windows in the whole file.) Whoever changes a file parses what comes out, and
holds it against what was asked for.

The one thing that is lost is a comment behind a value that is deleted.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from frontdesk.editing.errors import CannotRewrite
from frontdesk.text.yaml_lines import Step, Trail

_ODD_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
# What may stand behind the | of a block whose indentation is that of its first line.
_BLOCK_HEAD = re.compile(r"\|[+-]?[ \t]*(#[^\n]*)?")


class Line(NamedTuple):
    """One line of a block, or several that are one item."""

    start: int
    end: int
    """Where its line break starts."""
    item: str | None
    """What it says; `None` when it is none of the items."""


class Source:
    """A text, where its values stand, and what is to be put in their places."""

    def __init__(self, text: str, path: Path) -> None:
        """Take a text that can be parsed; the path is for messages.

        Raises:
            CannotRewrite: When its lines end in a way that nobody counts alike.
        """
        if _ODD_BREAKS.search(text):
            raise CannotRewrite(f"{path} has line breaks of an old kind; open it in an editor and save it with the line ends of Unix")
        self.text = text
        self.path = path
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self._loader = yaml.SafeLoader(text)
        self._root: Any = self._loader.get_single_node()
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

    def value(self, node: yaml.Node) -> Any:
        """Return what a node says, as plain Python."""
        return self._loader.construct_object(node, deep=True)

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

    def last_character(self, node: yaml.Node) -> int:
        """Return where a value ends; the parser takes blank lines and comments below a list for a part of it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.last_character(last[1] if isinstance(last, tuple) else last)
        start, end = node.start_mark.index, node.end_mark.index
        return start + max(len(self.text[start:end].rstrip()), 1) - 1 if end > start else start

    def refusal(self, node: yaml.Node) -> CannotRewrite:
        """Return the error for a value that cannot be replaced where it stands."""
        line = node.start_mark.line + 1
        return CannotRewrite(f"{self.path}:{line}: this is written in a way that only a text editor can change; change the file by hand")


def set_block(source: Source, trail: Trail, key: str, text: str) -> str:
    """Return the text with another text of several lines behind a key; lines that stay are left as they are."""
    name, node = source.pair(source.at(*trail), key)
    wanted = text.split("\n")
    if isinstance(node, yaml.ScalarNode) and node.style == "|" and node.value.strip() and _has_plain_head(source, node):
        lines, indent = block_lines(source, name, node)
        replace_items(
            source,
            source.next_line(node.start_mark.index),
            [Line(line.start, line.end, source.text[line.start + indent : line.end]) for line in lines],
            wanted,
            lambda item: f"{' ' * indent}{item}" if item else "",
        )
        return source.changed()
    if not isinstance(node, yaml.ScalarNode):
        raise source.refusal(node)
    indent = name.start_mark.column + 2
    block = "\n".join(f"{' ' * indent}{line}" if line else "" for line in wanted)
    _replace_node(source, node, "|-", f"\n{block}")
    return source.changed()


def set_value(
    source: Source,
    trail: Trail,
    key: str,
    value: object,
    *,
    order: Sequence[str] = (),
    style: str | None = None,
    on_lines: bool = False,
) -> str:
    """Return the text with another value behind a key.

    Args:
        source: The text before.
        trail: Where the mapping of the key is.
        key: The key; one that is not there takes its place in `order`.
        value: A text, a number, a day, `None`, a list of texts or of mappings, or a mapping where nothing was.
        order: The keys as they follow each other.
        style: The quotes of a text where none were before, such as `"`.
        on_lines: Whether what has several parts and comes where nothing was stands on lines of its own.

    Raises:
        CannotRewrite: When the value stands where it cannot be replaced by itself.
    """
    mapping = source.at(*trail)
    name, node = next(((name, node) for name, node in mapping.value if name.value == key), (None, None))
    if name is None or node is None:
        insert_key(source, mapping, key, render(value, style), order)
    elif isinstance(node, yaml.SequenceNode) and not node.flow_style and isinstance(value, list) and value:
        set_items(source, node, value, style)
    elif isinstance(node, yaml.CollectionNode) and not node.flow_style:
        if value:
            raise source.refusal(node)
        _empty(source, name, node, render(value, None))
    elif on_lines and not mapping.flow_style and isinstance(value, list | dict) and value and source.value(node) is None:
        _fill(source, name, node, value, style)
    else:
        first = node.value[0] if isinstance(node, yaml.SequenceNode) and node.value else node
        _replace_node(source, node, render(value, _style_of(first) or style))
    return source.changed()


def replace_items(source: Source, start: int, lines: Sequence[Line], after: Sequence[str], render_line: Callable[[str], str]) -> None:
    """Make the items of some lines others, and leave the lines that stay, and those that are none, as they are.

    Args:
        source: The text.
        start: Where the first line starts, or would.
        lines: The lines as they follow each other.
        after: The items that shall be there.
        render_line: What the line of a new item is.
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
        ahead.setdefault(at, []).extend(render_line(item) for item in after[new_low:new_high])
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


def set_items(source: Source, node: yaml.SequenceNode, after: Sequence[object], style: str | None = None) -> None:
    """Change a list that is written with one item a line, or a few lines."""
    column = node.start_mark.column
    items = [render_inline(value, style) for value in after]
    replace_items(
        source, source.line_start(node.start_mark.index), _item_lines(source, node, style), items, lambda item: f"{' ' * column}- {item}"
    )


def insert_key(source: Source, mapping: yaml.MappingNode, key: str, rendered: str, order: Sequence[str]) -> None:
    """Give a key its place in the order of keys."""
    if mapping.flow_style or not mapping.value or key not in order:
        raise source.refusal(mapping)
    earlier = [pair for pair in mapping.value if pair[0].value in order[: order.index(key)]]
    line = f"{' ' * mapping.value[0][0].start_mark.column}{key}: {rendered}"
    if earlier:
        end = source.line_end(source.last_character(earlier[-1][1]))
        source.splice(end, end, f"\n{line}")
    else:
        start = mapping.value[0][0].start_mark.index
        source.splice(start, start, f"{line.lstrip()}\n{' ' * mapping.value[0][0].start_mark.column}")


def delete_key(source: Source, mapping: yaml.MappingNode, key: str) -> None:
    """Take a key and its value away, if it is there."""
    if all(name.value != key for name, _ in mapping.value):
        return
    name, node = source.pair(mapping, key)
    if mapping.flow_style or name is mapping.value[0][0]:
        raise source.refusal(name)
    source.splice(source.line_start(name.start_mark.index), source.next_line(source.last_character(node)), "")


def block_lines(source: Source, key: yaml.ScalarNode, node: yaml.ScalarNode) -> tuple[list[Line], int]:
    """Return the lines of a block up to its last word, and how far they are indented."""
    if not _has_plain_head(source, node):
        raise source.refusal(node)
    lines = []
    start = source.next_line(node.start_mark.index)
    while start < node.end_mark.index:
        end = source.line_end(start)
        lines.append(Line(start, end, None))
        start = source.next_line(start)
    while lines and not source.text[lines[-1].start : lines[-1].end].strip():
        lines.pop()
    first = next((source.text[line.start : line.end] for line in lines if source.text[line.start : line.end].strip()), "")
    return lines, len(first) - len(first.lstrip(" ")) if first else key.start_mark.column + 2


def render(value: object, style: str | None) -> str:
    """Return a value as it stands behind its key: days in quotes, lists in brackets, text in the quotes it had.

    >>> render(["09:00-18:00"], '"'), render({"date": dt.date(2026, 12, 25), "name": "Christmas Day"}, None)
    ('["09:00-18:00"]', '{date: "2026-12-25", name: Christmas Day}')
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {render_inline(one, style)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(render_inline(one, style) for one in value)}]"
    return _dump(value, style)


def render_inline(value: object, style: str | None) -> str:
    """Return a value as it stands inside of brackets, where a comma needs quotes."""
    return render(value, style) if isinstance(value, Mapping | list | tuple) else _dump([value], style).removeprefix("[").removesuffix("]")


def _dump(value: object, style: str | None) -> str:
    inner = value[0] if isinstance(value, list) else value
    if isinstance(inner, dt.date):
        inner, style = inner.isoformat(), '"'
    value = [inner] if isinstance(value, list) else inner

    def dump(quotes: str | None) -> str:
        dumped: str = yaml.safe_dump(value, default_flow_style=True, default_style=quotes, width=float("inf"), allow_unicode=True)
        return dumped.removesuffix("...\n").rstrip("\n")

    plain = dump('"' if style == '"' and isinstance(inner, str) else None)
    # Where quotes are needed they are those of the files around.
    return dump('"') if plain.lstrip("[").startswith("'") else plain


def _style_of(node: yaml.Node | None) -> str | None:
    return node.style if isinstance(node, yaml.ScalarNode) else None


def _has_plain_head(source: Source, node: yaml.ScalarNode) -> bool:
    head = source.text[node.start_mark.index : source.line_end(node.start_mark.index)]
    return bool(_BLOCK_HEAD.fullmatch(head))


def _replace_node(source: Source, node: yaml.Node, new: str, below: str = "") -> None:
    """Put something in the place of a value; a comment behind the old one stays behind the first line of the new one.

    Args:
        source: The text.
        node: The value.
        new: What stands behind the key.
        below: Further lines.
    """
    start, end = node.start_mark.index, node.end_mark.index
    tail = ""
    if _style_of(node) in ("|", ">"):
        comment = re.search(r"[ \t]+#.*", source.text[start : source.line_end(start)])
        tail = comment[0] if comment else ""
        end = source.line_end(start + len(source.text[start:end].rstrip()))
    elif below:
        stop = source.line_end(end)
        tail, end = source.text[end:stop].rstrip(), stop
    before = "" if source.text[start - 1].isspace() else " "
    source.splice(start, end, f"{before}{new}{tail}{below}")


def _fill(source: Source, key: yaml.ScalarNode, node: yaml.Node, value: list[object] | dict[str, object], style: str | None) -> None:
    """Put lines below a key that has nothing yet; a comment behind it stays."""
    colon = source.text.index(":", key.end_mark.index) + 1
    source.splice(colon, node.end_mark.index, "")
    if isinstance(value, dict):
        lines = [f"{name}: {render(one, style)}" for name, one in value.items()]
    else:
        lines = [f"- {render_inline(one, style)}" for one in value]
    end = source.line_end(node.end_mark.index)
    source.splice(end, end, "".join(f"\n{' ' * (key.start_mark.column + 2)}{line}" for line in lines))


def _empty(source: Source, key: yaml.ScalarNode, node: yaml.CollectionNode, nothing: str) -> None:
    """Put a word for nothing in the place of lines; comments between them stay."""
    colon = source.text.index(":", key.end_mark.index) + 1
    source.splice(colon, colon, f" {nothing}")
    replace_items(source, source.line_start(node.start_mark.index), _item_lines(source, node, None), [], str)


def _item_lines(source: Source, node: yaml.CollectionNode, style: str | None) -> list[Line]:
    """Return the lines of a list or mapping, of which some hold an item and others a comment, or nothing."""
    items: dict[int, tuple[int, str]] = {}
    for child in node.value:
        first, last = child if isinstance(child, tuple) else (child, child)
        text = "" if isinstance(child, tuple) else render_inline(source.value(child), style)
        items[source.line_start(first.start_mark.index)] = source.last_character(last), text
    lines: list[Line] = []
    start, stop = source.line_start(node.start_mark.index), max(end for end, _ in items.values())
    while start <= stop and start < len(source.text):
        last_of_item, item = items.get(start, (start, None))
        lines.append(Line(start, source.line_end(last_of_item), item))
        start = source.next_line(last_of_item)
    return lines

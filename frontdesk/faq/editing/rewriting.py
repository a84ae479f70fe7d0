"""A topic's file with some of its values changed, and every other byte where it was. What comes out is held against what was asked for."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from frontdesk.editing.yaml_values import Line, Source, block_lines, delete_key, replace_items, set_block, set_value
from frontdesk.faq.editing.draft import Draft, read_draft
from frontdesk.faq.editing.errors import CannotRewrite, TopicUnreadable
from frontdesk.faq.names import RETRIEVAL_INTENT, answer_name
from frontdesk.faq.topic import _METADATA, Topic, parse_topic
from frontdesk.text.problem import Problem
from frontdesk.text.yaml_lines import Trail, parse_yaml

_NEW_TOPIC = Path(__file__).with_name("new_topic.yml")


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
        changed = _set_examples(Source(changed, path), before.examples, after.examples)
    if before.answer != after.answer:
        changed = set_block(Source(changed, path), response, "text", after.answer)
    for key, value in _metadata(before, after).items():
        changed = _set_metadata(Source(changed, path), (*response, "metadata"), key, value)
    if new_path and new_path.stem != path.stem:
        changed = _rename(Source(changed, path), new_path.stem)
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


def _set_examples(source: Source, before: Sequence[str], after: Sequence[str]) -> str:
    key, node = source.pair(source.at("nlu", 0), "examples")
    if not (isinstance(node, yaml.ScalarNode) and node.style == "|"):
        raise source.refusal(node)
    lines, indent = block_lines(source, key, node)
    marked = [Line(line.start, line.end, _example_of(source.text[line.start + indent : line.end])) for line in lines]
    if [line.item for line in marked if line.item is not None] != list(before):
        raise source.refusal(node)
    replace_items(source, source.next_line(node.start_mark.index), marked, after, lambda item: f"{' ' * indent}- {item}")
    return source.changed()


def _example_of(line: str) -> str | None:
    return line[2:].strip() if line.startswith("- ") and line[2:].strip() else None


def _set_metadata(source: Source, trail: Trail, key: str, value: object) -> str:
    if key == "clinician" and not value:
        # The key of a clinician stays without one, since it asks for a name.
        return set_value(source, trail, key, None) if any(name.value == key for name, _ in source.at(*trail).value) else source.text
    if value is None:
        delete_key(source, source.at(*trail), key)
        return source.changed()
    return set_value(source, trail, key, value, order=_METADATA)


def _rename(source: Source, name: str) -> str:
    _, intent = source.pair(source.at("nlu", 0), "intent")
    source.splice(intent.start_mark.index, intent.end_mark.index, f"{RETRIEVAL_INTENT}/{name}")
    responses = source.at("responses")
    key, _ = source.pair(responses, answer_name(source.path.stem))
    source.splice(key.start_mark.index, key.end_mark.index, answer_name(name))
    return source.changed()


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

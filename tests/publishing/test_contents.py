"""What changed in the data between two models."""

from __future__ import annotations

import json
from pathlib import Path

from frontdesk.publishing.contents import Change, find_changes, pack_contents, read_contents, unpack_contents

TOPIC = """version: "3.1"
nlu:
  - intent: faq/cost
    examples: |
      - how much is it
      - what do you charge
responses:
  utter_faq/cost:
    - text: |-
        A visit is $95.
      metadata:
        title: Prices
        kind: clinic
        owner: front desk
        reviewed: "2026-11-01"
        review_by: "2027-11-01"
"""


def contents_of(folder: Path, topic: str, name: str = "cost") -> dict:
    (folder / "faq").mkdir(parents=True, exist_ok=True)
    (folder / "faq" / f"{name}.yml").write_text(topic, encoding="utf-8")
    return dict(read_contents(folder))


def test_nothing_changed_is_no_change(tmp_path: Path) -> None:
    before = contents_of(tmp_path, TOPIC)

    assert find_changes(before, contents_of(tmp_path, "# a remark\n" + TOPIC)) == []


def test_examples_are_counted_and_an_answer_is_compared(tmp_path: Path) -> None:
    before = contents_of(tmp_path, TOPIC)
    after = contents_of(
        tmp_path, TOPIC.replace("      - what do you charge", "      - price please\n      - is it pricey").replace("$95", "$99")
    )

    assert find_changes(before, after) == [Change("cost", added=2, removed=1, answer_changed=True)]


def test_a_topic_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    before = contents_of(tmp_path, TOPIC)

    assert find_changes(before, {}) == [Change("cost", added=0, removed=2, answer_changed=True, is_gone=True)]


def test_contents_come_back_from_json_as_they_were(tmp_path: Path) -> None:
    before = contents_of(tmp_path, TOPIC)

    assert unpack_contents(json.loads(json.dumps(pack_contents(before)))) == before

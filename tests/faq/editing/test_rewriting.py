"""A topic's file is changed where it was asked to change, and nowhere else."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.faq.editing.draft import Draft, tidy
from frontdesk.faq.editing.errors import CannotRewrite, TopicUnreadable
from frontdesk.faq.editing.rewriting import new_text, rewrite
from tests.faq.editing.topic_texts import HABITS, PLAIN, draft_of, drafts, hand_written, path_of, written_by_hand

TOPICS = sorted((Path(__file__).parents[3] / "data/faq").glob("*.yml"))


def changed_lines(before: str, after: str) -> list[str]:
    """Return the lines that went and came, with their sign."""
    lines = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in lines if line[0] in "+-"]


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_a_topic_saved_as_it_was_opened_has_the_same_bytes(path: Path) -> None:
    text = path.read_bytes().decode()

    assert rewrite(text, path, draft_of(text, path.stem)) == text


@settings(deadline=None, max_examples=50)
@given(hand_written)
def test_any_hand_written_file_saved_as_it_was_opened_has_the_same_bytes(text: str) -> None:
    assert rewrite(text, path_of(), draft_of(text)) == text


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_a_change_that_is_taken_back_leaves_the_first_bytes(path: Path) -> None:
    text = path.read_bytes().decode()
    before = draft_of(text, path.stem)
    after = Draft(
        title="Another",
        kinds=("safety",),
        answer=f"First.\n\n{before.answer}\n- last",
        examples=("quite new", *before.examples[5:10], "newer", *before.examples[12:]),
        owner="Ann",
        reviewed=dt.date(2030, 1, 1),
        review_by=dt.date(2031, 1, 1),
        claims=("one", "two"),
        sources=("three",),
        clinician=before.clinician,
    )

    there = rewrite(text, path, after)

    assert draft_of(there, path.stem) == after
    assert rewrite(there, path, before) == text


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_asked_for_is_what_the_file_says_afterwards(data: st.DataObject) -> None:
    text = data.draw(hand_written)
    before = draft_of(text)
    after = tidy(data.draw(drafts(before)), before)

    assert draft_of(rewrite(text, path_of(), after)) == after


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_change_of_one_part_leaves_every_line_of_the_others(data: st.DataObject) -> None:
    text = data.draw(hand_written)
    before = draft_of(text)
    part = data.draw(st.sampled_from([field.name for field in fields(Draft)]))
    drawn = data.draw(drafts(before))
    after = tidy(replace(before, **{part: getattr(drawn, part)}), before)
    others = replace(after, **{part: getattr(before, part)})

    changed = rewrite(text, path_of(), after)

    assert others == before
    # Going back restores all but what the part itself looked like: its quotes, its brackets, a comment behind a deleted value.
    went = "".join(line[2:] for line in changed_lines(text, changed) if line[0] == "-")
    first_words = {
        "title": ["title:"], "kinds": ["kind:"], "owner": ["owner:"], "clinician": ["clinician:"],
        "reviewed": ["reviewed:"], "review_by": ["review_by:"], "claims": ["claims:", "- byline", "- date", "# of the article"],
        "sources": ["sources:", "- nccih"], "examples": ["- "], "answer": ["text:", "There", "**Note", "- {", ""],
    }[part]  # fmt: skip
    for line in went.splitlines():
        assert any(line.strip().startswith(words) for words in first_words), f"{part} changed {line!r}"


@pytest.mark.parametrize("habit", HABITS)
def test_an_example_added_to_a_hand_written_file_is_one_line(habit: str) -> None:
    text = written_by_hand([habit])
    before = draft_of(text)

    changed = rewrite(text, path_of(), replace(before, examples=(*before.examples, "bike stand?")))

    lines = changed_lines(text, changed)
    assert [line.strip() for line in lines] == ["+       - bike stand?"]
    assert lines[0].endswith("\r\n") == ("\r\n" in text)


def test_a_reworded_example_stays_in_its_place() -> None:
    before = draft_of(PLAIN)
    examples = tuple("any parking?" if text == "parking?" else text for text in before.examples)

    changed = rewrite(PLAIN, path_of(), replace(before, examples=examples))

    assert changed == PLAIN.replace("      - parking?\n", "      - any parking?\n")


def test_a_key_that_comes_stands_where_the_keys_have_their_order() -> None:
    text = PLAIN.replace("        claims: [byline, date]\n        sources: [nccih]\n", "").replace("        clinician: null\n", "")

    changed = rewrite(text, path_of(), replace(draft_of(text), claims=("byline", "date"), sources=("nccih",), clinician="Jane Doe, MD"))

    assert changed == PLAIN.replace("clinician: null", "clinician: Jane Doe, MD")


def test_claims_that_go_take_their_line_along() -> None:
    changed = rewrite(PLAIN, path_of(), replace(draft_of(PLAIN), claims=()))

    assert changed == PLAIN.replace("        claims: [byline, date]\n", "")


def test_one_list_can_go_while_another_comes() -> None:
    text = PLAIN.replace("        sources: [nccih]\n", "")

    changed = rewrite(text, path_of(), replace(draft_of(text), claims=(), sources=("nccih",)))

    assert changed == PLAIN.replace("        claims: [byline, date]\n", "")


def test_a_date_is_always_in_quotes() -> None:
    text = PLAIN.replace('reviewed: "2026-11-24"', "reviewed: 2026-11-24")

    changed = rewrite(text, path_of(), replace(draft_of(text), reviewed=dt.date(2026, 12, 1)))

    assert '        reviewed: "2026-12-01"\n' in changed


def test_a_new_topic_has_the_keys_in_their_order() -> None:
    draft = draft_of(PLAIN)

    assert new_text(path_of(), draft) == PLAIN.replace("        clinician: null\n", "")


def test_a_renamed_topic_has_its_name_in_three_places_and_nothing_else_changed() -> None:
    changed = rewrite(PLAIN, path_of(), draft_of(PLAIN), new_path=path_of("where_to_park"))

    assert changed == PLAIN.replace("faq/parking", "faq/where_to_park")


@pytest.mark.parametrize(
    ("written", "draft"),
    [
        (
            PLAIN.replace("    examples: |\n      - where can I park\n", "    examples: |2-\n      - where can I park\n"),
            {"examples": ("x",)},
        ),
        (PLAIN.replace("\n", "\x85"), {"title": "Parking"}),
    ],
    ids=["a block with a number", "line breaks of another age"],
)
def test_what_cannot_be_replaced_by_itself_is_refused_with_its_place(written: str, draft: dict[str, object]) -> None:
    with pytest.raises(CannotRewrite, match=r"parking\.yml.*(by hand|open it in an editor)"):
        rewrite(written, path_of(), replace(draft_of(written), **draft))


def test_a_title_in_several_lines_becomes_one() -> None:
    text = PLAIN.replace("title: Where to park", "title: >-  # short\n          Where\n          to park")

    assert rewrite(text, path_of(), replace(draft_of(text), title="Parking")) == PLAIN.replace(
        "title: Where to park", "title: Parking  # short"
    )


def test_a_file_that_is_no_topic_is_refused_with_the_line() -> None:
    with pytest.raises(TopicUnreadable, match=r"parking\.yml:4: .*there is a tab here"):
        rewrite(PLAIN.replace("  - intent", "\t- intent"), path_of(), draft_of(PLAIN))

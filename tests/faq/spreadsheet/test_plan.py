"""What a table would change: row by row against the files, with three versions in view, and all of it or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from frontdesk.faq.editing import TopicFolder
from frontdesk.faq.ledger import load_ledger
from frontdesk.faq.project import check_project
from frontdesk.faq.spreadsheet import Change, Plan, Row, Sheet, plan_import, rows_of
from frontdesk.faq.store import load_intents
from frontdesk.faq.writing_help import Rules
from frontdesk.practice.facts import load_facts
from frontdesk.text.problem import errors
from tests.faq.small_project import TODAY, copy_project, layout_of


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


@pytest.fixture
def folder(project: Path) -> TopicFolder:
    return TopicFolder(project)


def exported(folder: TopicFolder) -> list[Row]:
    """Return the rows of all topics, numbered as in a file."""
    rows = [row for name in folder.names() for row in rows_of(name, folder.open(name).draft)]
    return [replace(row, number=number) for number, row in enumerate(rows, start=2)]


def planned(folder: TopicFolder, rows: list[Row]) -> Plan:
    rules = Rules(load_ledger(folder.root / "clinic")[0], load_facts().keys(), TODAY)
    return plan_import(Sheet(tuple(rows)), folder, load_intents(folder.root / "data/nlu")[0], rules)


def row_of(rows: list[Row], topic: str, what: str) -> Row:
    return next(row for row in rows if (row.topic, row.what) == (topic, what))


def typed(rows: list[Row], old: Row, text: str) -> list[Row]:
    """Return the rows with another text in one of them."""
    return [replace(row, text=text) if row is old else row for row in rows]


def added(rows: list[Row], topic: str, **texts: str) -> list[Row]:
    """Return the rows with some more, which have no id."""
    start = max((row.number for row in rows), default=1) + 1
    return rows + [Row(number, "", topic, what, text) for number, (what, text) in enumerate(texts.items(), start)]


def messages(plan: Plan) -> list[str]:
    return [problem.render() for problem in plan.problems]


def wrong_in_data(folder: TopicFolder) -> list[str]:
    """Return what the check refuses in the files that an import writes."""
    found = errors(check_project(layout_of(folder.root), TODAY).problems)
    return [problem.render() for problem in found if problem.path.parent == folder.folder]


# What changes


def test_an_untouched_table_changes_nothing(folder: TopicFolder) -> None:
    rows = exported(folder)

    plan = planned(folder, rows)

    assert (plan.changes, plan.problems, plan.untouched, dict(plan.drafts)) == ((), (), len(rows), {})


def test_blanks_and_line_ends_that_a_spreadsheet_leaves_are_no_change(folder: TopicFolder) -> None:
    rows = [replace(row, text=f" {row.text}  ".replace("\n", "\r\n")) for row in exported(folder)]

    assert planned(folder, rows).changes == ()


def test_each_kind_of_change_is_listed_with_its_row_and_the_rest_stays(folder: TopicFolder) -> None:
    rows = exported(folder)
    title = row_of(rows, "cost", "title")
    first, second = [row for row in rows if (row.topic, row.what) == ("cost", "example")][:2]

    changed = typed(typed(typed(rows, title, "What it costs here"), first, "what would you charge me"), second, "")
    plan = planned(folder, added(changed, "cost", example="what is the damage"))

    assert messages(plan) == []
    assert set(plan.changes) == {
        Change(title.number, "cost", "title", title.text, "What it costs here"),
        Change(first.number, "cost", "example", first.text, "what would you charge me"),
        Change(second.number, "cost", "example", second.text, ""),
        Change(len(rows) + 2, "cost", "example", "", "what is the damage"),
    }
    assert plan.untouched == len(rows) - 3
    before = folder.open("cost").draft
    folder.save_all(plan.drafts)
    examples = ("what would you charge me", *before.examples[2:], "what is the damage")
    assert folder.open("cost").draft == replace(before, title="What it costs here", examples=examples)


def test_rows_that_are_missing_change_nothing(folder: TopicFolder) -> None:
    rows = exported(folder)
    title = row_of(rows, "cost", "title")

    plan = planned(folder, [replace(title, text="What it costs here")])

    assert [change.what for change in plan.changes] == ["title"]
    assert planned(folder, []).changes == ()


def test_what_was_planned_passes_the_check_when_it_is_written(folder: TopicFolder) -> None:
    plan = planned(folder, added(exported(folder), "cost", example="what is the damage"))

    folder.save_all(plan.drafts)

    assert wrong_in_data(folder) == []


def test_a_new_topic_is_made_of_its_rows(folder: TopicFolder) -> None:
    texts = {"title": "Gift cards", "kind": "clinic", "answer": "We sell gift cards. Ask at the front desk.", "owner": "front desk"}
    rows = added([], "gift_cards", **texts, reviewed="2026-11-01", review_by="2027-05-01")
    examples = [f"{start} gift card{end}" for start in ("do you sell a", "a", "buy", "i want a", "my mum needs a") for end in "abcdef"]
    rows += [Row(20 + number, "", "gift_cards", "example", text) for number, text in enumerate(examples)]

    plan = planned(folder, rows)

    assert messages(plan) == []
    assert plan.new == ("gift_cards",)
    folder.save_all(plan.drafts)
    assert folder.open("gift_cards").draft.examples == tuple(examples)
    assert wrong_in_data(folder) == []


def test_a_changed_answer_loses_the_signature_and_the_plan_says_so(folder: TopicFolder) -> None:
    there = folder.open("sciatica")
    folder.save("sciatica", replace(there.draft, clinician="Jane Doe, MD"), there.fingerprint)
    rows = exported(folder)
    answer = row_of(rows, "sciatica", "answer")

    plan = planned(folder, typed(rows, answer, answer.text.replace(".", ". It may pass.", 1)))

    assert messages(plan) == []
    assert plan.unsigned == ("sciatica",)
    folder.save_all(plan.drafts)
    assert folder.open("sciatica").draft.clinician == ""


# Two people


def test_a_row_that_only_the_files_have_changed_since_is_left_alone(folder: TopicFolder) -> None:
    rows = exported(folder)
    there = folder.open("cost")
    examples = ("quite another one", *there.draft.examples[2:], "and one more")
    folder.save("cost", replace(there.draft, title="Newer", examples=examples), there.fingerprint)

    plan = planned(folder, rows)

    assert (plan.changes, plan.problems) == ((), ())


def test_a_row_that_both_have_changed_is_refused(folder: TopicFolder) -> None:
    rows = exported(folder)
    there = folder.open("cost")
    folder.save("cost", replace(there.draft, title="Theirs", examples=there.draft.examples[1:]), there.fingerprint)
    title, example = row_of(rows, "cost", "title"), row_of(rows, "cost", "example")

    plan = planned(folder, typed(typed(rows, title, "Mine"), example, "mine too"))

    assert messages(plan) == [
        f"row {title.number}, column 'text': somebody else has changed the title of cost to 'Theirs' meanwhile; "
        "export again, and make the change there",
        f"row {example.number}, column 'text': somebody else has changed or removed this example of cost meanwhile; "
        "export again, and make the change there",
    ]


def test_a_change_that_was_made_already_is_none(folder: TopicFolder) -> None:
    rows = exported(folder)
    changed = typed(rows, row_of(rows, "cost", "title"), "What it costs here")
    changed = typed(changed, row_of(changed, "cost", "example"), "what would you charge me")
    folder.save_all(planned(folder, changed).drafts)

    assert planned(folder, changed).changes == ()


def test_a_topic_that_was_renamed_meanwhile_is_refused(folder: TopicFolder) -> None:
    rows = exported(folder)
    folder.rename("cost", "prices", folder.open("cost").fingerprint)

    plan = planned(folder, [row_of(rows, "cost", "title")])

    assert "column 'topic': 'cost' was renamed or retired after the export; export again" in messages(plan)[0]


# Rows that are wrong


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (Row(9, "", "cost", "examples", "x"), "row 9, column 'what': 'examples' is nothing a topic has; did you mean 'example'?"),
        (Row(9, "", "", "example", "x"), "row 9, column 'topic': the topic is missing; name it"),
        (Row(9, "", "../cost", "example", "x"), "row 9, column 'topic': '../cost' cannot name a topic"),
        (Row(9, "", "cost", "title", "x"), "row 9, column 'id': cost has a title already, and this row has no id"),
        (Row(9, "17", "cost", "title", "x"), "row 9, column 'id': '17' is no id"),
        (Row(9, "", "cost", "example", " "), "row 9, column 'text': the example is empty"),
        (
            Row(9, "", "gift_cards", "example", "x"),
            "row 9, column 'what': there is no topic 'gift_cards'; for a new one add rows for title, kind",
        ),
    ],
)
def test_a_row_that_means_nothing_is_named(folder: TopicFolder, row: Row, says: str) -> None:
    plan = planned(folder, [row])

    assert len(plan.problems) == 1
    assert messages(plan)[0].startswith(says)


def test_an_id_that_stands_twice_is_named(folder: TopicFolder) -> None:
    rows = exported(folder)

    plan = planned(folder, [rows[0], replace(rows[0], number=9, text="copied")])

    assert messages(plan) == ["row 9, column 'id': the id is also on row 2; leave it empty where you add a row"]


def test_a_column_that_was_sorted_alone_is_noticed(folder: TopicFolder) -> None:
    rows = exported(folder)
    cost, sciatica = row_of(rows, "cost", "title"), row_of(rows, "sciatica", "title")

    plan = planned(folder, [replace(cost, id=sciatica.id)])

    assert "the id belongs to the title of sciatica, and the row says the title of cost; sort whole rows" in messages(plan)[0]


@pytest.mark.parametrize(
    ("what", "text", "says"),
    [
        ("title", "", "the title is empty; a topic must have one"),
        ("reviewed", "11/24/2026", "'11/24/2026' is no day; write year-month-day with ' in front"),
        ("title", "A title that is much longer than what fits on a button of a phone", "shorten it to 40"),
        ("title", "Sciatica", "the title is also that of sciatica"),
        ("answer", "Needles cure it. It is painless.", "'cure' promises a result"),
        ("answer", "It costs {prices.nothing}. Ask at the desk.", "there is no fact 'prices.nothing'"),
        ("kind", "gossip", "'kind' must be article, evidence, safety or clinic, not 'gossip'"),
        ("sources", "who_knows", "there is no source 'who_knows'"),
        ("example", "[a](b)", "Rasa would take"),
        ("example", "/restart", "starts with /"),
    ],
)
def test_what_the_check_would_refuse_is_refused_on_its_row(folder: TopicFolder, what: str, text: str, says: str) -> None:
    rows = exported(folder)
    row = row_of(rows, "cost", what)

    plan = planned(folder, typed(rows, row, text))

    assert any(says in message and message.startswith(f"row {row.number}, column 'text': ") for message in messages(plan)), messages(plan)


def test_an_example_of_another_topic_is_refused_on_the_row_that_brings_it(folder: TopicFolder) -> None:
    taken = folder.open("sciatica").draft.examples[0]
    rows = added(exported(folder), "cost", example=f"{taken.upper()}!")

    plan = planned(folder, rows)

    assert messages(plan) == [
        f"row {rows[-1].number}, column 'text': '{taken.upper()}!' is also an example of sciatica; keep it in the topic that answers it"
    ]


def test_an_example_may_move_from_one_topic_to_another(folder: TopicFolder) -> None:
    rows = exported(folder)
    moved = row_of(rows, "sciatica", "example")

    plan = planned(folder, added(typed(rows, moved, ""), "cost", example=moved.text))

    assert messages(plan) == []
    assert {change.topic for change in plan.changes} == {"sciatica", "cost"}


def test_what_was_wrong_before_does_not_stop_another_change(folder: TopicFolder) -> None:
    there = folder.open("cost")
    folder.save("cost", replace(there.draft, title="Cured"), there.fingerprint)

    plan = planned(folder, added(exported(folder), "cost", example="what is the damage"))

    assert messages(plan) == []


def test_one_wrong_row_is_enough_for_a_plan_with_problems(folder: TopicFolder) -> None:
    rows = added(exported(folder), "cost", example="what is the damage")

    assert planned(folder, [*rows, Row(99, "", "cost", "examples", "x")]).problems

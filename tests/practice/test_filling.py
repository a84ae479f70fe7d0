"""Filling a text with facts leaves no placeholder behind and drops a line about something unknown."""

from hypothesis import given
from hypothesis import strategies as st

from frontdesk.practice.filling import fill, placeholders

names = st.sampled_from(["prices.first_visit", "contact.phone", "hours.week"])
lines = st.lists(st.text(alphabet="ab .", max_size=8) | names.map(lambda name: f"{{{name}}}"), max_size=5).map("".join)
texts = st.lists(lines, max_size=8).map("\n".join)
facts = st.dictionaries(names, st.text(alphabet="xyz ", min_size=1, max_size=6))


@given(texts, facts)
def test_no_placeholder_is_left(text: str, known: dict[str, str]) -> None:
    filled = fill(text, known.get)

    assert placeholders(filled.text) == []
    assert set(filled.missing) == set(placeholders(text)) - set(known)
    assert len(set(filled.missing)) == len(filled.missing)


@given(texts, facts)
def test_filling_twice_changes_nothing(text: str, known: dict[str, str]) -> None:
    once = fill(text, known.get).text

    assert fill(once, known.get) == fill(once, {}.get)
    assert fill(once, known.get).text == once


@given(texts)
def test_lines_about_unknown_facts_go_whole(text: str) -> None:
    kept = [line.strip() for line in text.split("\n") if not placeholders(line) and line.strip()]

    assert [line.strip() for line in fill(text, {}.get).text.split("\n") if line.strip()] == kept


def test_slots_of_rasa_pass_through() -> None:
    assert fill("Hello {name}.", {}.get).text == "Hello {name}."


def test_a_fact_is_not_filled_twice() -> None:
    """A fact's own braces are text, or one fact could ask for another for ever."""
    filled = fill("{contact.phone}", {"contact.phone": "{hours.week}", "hours.week": "Monday"}.get)

    assert filled.text == "{hours.week}"


def test_what_is_left_keeps_its_paragraphs() -> None:
    assert fill("One.\n\n{hours.week}\n\nTwo.", {}.get).text == "One.\n\nTwo."

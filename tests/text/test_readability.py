"""Length, sentences and school grade of the writer's own words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.text.readability import grade, own_words, sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One. Two! Three?", 3),
        ("**Bold one.** Two.", 2),
        ('He said "one." And two.', 2),
        ("Here is a list:\n- One.\n- Two.", 1),
        ("Phone: {contact.phone}\nOne.", 1),
        ("The U.S. guideline, e.g. Dr. Thomas, says 1.5 points.", 1),
        ("Signs: one, two and three.", 1),
    ],
)
def test_sentences_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert sentences(text) == count


def test_a_fact_line_makes_no_answer_harder_or_longer() -> None:
    alone = "Here is what it costs.\n\nAsk the desk."
    with_facts = "Here is what it costs.\n- First visit: {prices.first_visit}.\n\nAsk the desk."

    assert grade(alone) == grade(with_facts)
    assert own_words(alone) == own_words(with_facts).replace("\n\n\n", "\n\n")


def test_long_words_raise_the_grade() -> None:
    assert grade("The cat sat on the mat.") < 3
    assert grade("Individual physiological responsiveness necessitates cautious interpretation.") > 12


@given(st.text(max_size=200))
def test_any_text_can_be_measured(text: str) -> None:
    assert sentences(text) >= 0
    assert isinstance(grade(text), float)

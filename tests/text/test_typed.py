"""Typed text is never a command to Rasa, whatever stands before its slash."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.text import typed
from frontdesk.text.typed import clean_text

# What Python, and so Rasa's UserMessage, strips from the ends of a text.
SPACES = [chr(code) for code in range(0x110000) if chr(code).isspace()]
TRICKY = st.text(st.one_of(st.sampled_from([*SPACES, "/", "\uff0f", "\u200b", "\ufe0f", "\u0338", "\u202e", "a"]), st.characters()))


@pytest.mark.parametrize("space", SPACES, ids=[f"U+{ord(space):04X}" for space in SPACES])
def test_no_white_space_hides_a_slash(space):
    assert clean_text(f"{space}/{space}/crisis") == "crisis"


@given(TRICKY)
def test_the_result_is_no_command_even_when_it_is_stripped_again(text):
    cleaned = clean_text(text)

    assert cleaned == cleaned.strip()
    assert not cleaned.startswith("/")


@given(TRICKY)
def test_cleaning_twice_gives_what_cleaning_once_gave(text):
    assert clean_text(clean_text(text)) == clean_text(text)


def test_the_examples_of_the_docstring_run():
    assert doctest.testmod(typed).failed == 0

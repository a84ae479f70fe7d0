"""Typing errors and dictation: what they change, and what they leave alone."""

from __future__ import annotations

import re
import subprocess
import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.faq import noise
from frontdesk.faq.noise import NOISES, add_noise
from frontdesk.faq.spoken import say

MESSAGES = st.text(alphabet="abelstAE éñ 059 .,:?!'-/$%", max_size=60)
SEEDS = st.integers(0, 2**32)


def distance(one: str, other: str) -> int:
    """Damerau-Levenshtein distance: letters inserted, deleted, substituted, or swapped with the next."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, start=1):
        rows.append([i])
        for j, b in enumerate(other, start=1):
            cost = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[i - 2][j - 2] + 1)
            rows[i].append(cost)
    return rows[-1][-1]


def can_be_edited(text: str) -> bool:
    return re.search(r"[^\W\d_]{3}", text) is not None


def is_within(words: list[str], longer: list[str]) -> bool:
    """Say whether words stand in a longer list, in their order."""
    rest = iter(longer)
    return all(word in rest for word in words)


@given(MESSAGES, SEEDS)
def test_one_edit_is_one_typing_error(text: str, seed: int) -> None:
    assert distance(text, add_noise(text, "one_edit", seed)) == can_be_edited(text)


@given(MESSAGES, SEEDS)
def test_two_edits_never_undo_each_other(text: str, seed: int) -> None:
    found = distance(text, add_noise(text, "two_edits", seed))

    # Two letters swapped and another put between them are two errors, of which this distance makes three.
    assert 1 <= found <= 3 if can_be_edited(text) else found == 0


@given(MESSAGES, SEEDS)
def test_doubled_letters_double_letters_of_words_and_one_at_least(text: str, seed: int) -> None:
    doubled = add_noise(text, "doubled_letters", seed)

    assert is_within(list(text), list(doubled))
    assert set(doubled) == set(text)
    assert (len(doubled) > len(text)) == can_be_edited(text)


@pytest.mark.parametrize("name", ["one_edit", "two_edits", "lower_case", "doubled_letters"])
@given(text=MESSAGES, seed=SEEDS)
def test_no_typing_error_changes_a_number(name: str, text: str, seed: int) -> None:
    assert re.findall(r"\d", add_noise(text, name, seed)) == re.findall(r"\d", text)


@given(MESSAGES)
def test_lower_case_keeps_every_letter_and_digit(text: str) -> None:
    assert re.sub(r"[^\w$%]", "", add_noise(text, "lower_case")) == re.sub(r"[^\w$%]", "", text.lower())


@given(MESSAGES, SEEDS)
def test_what_is_dictated_is_every_word_as_it_is_said_with_fillers_between(text: str, seed: int) -> None:
    written_down = add_noise(text, "dictated", seed)

    assert re.fullmatch(r"[a-zéñ$]+( [a-zéñ$]+)*", written_down)
    assert is_within(add_noise(say(text), "lower_case").split(), written_down.split())


@pytest.mark.parametrize("name", NOISES)
def test_a_seed_gives_the_same_noise_in_every_process(name: str) -> None:
    text = "Does it hurt, and how many visits until it's better?"
    script = f"from frontdesk.faq.noise import add_noise; print(add_noise({text!r}, {name!r}, 7))"

    elsewhere = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert elsewhere == add_noise(text, name, 7) + "\n"


@pytest.mark.parametrize("name", ["one_edit", "two_edits", "doubled_letters", "dictated"])
def test_other_seeds_give_other_noise(name: str) -> None:
    text = "Does it hurt, and how many visits until it's better?"

    assert len({add_noise(text, name, seed) for seed in range(20)}) > 5


def test_each_kind_of_typing_error_occurs() -> None:
    edited = {noise.one_edit("hurt", Random(seed)) for seed in range(300)}

    assert {"hrt", "hjurt", "jurt", "hrut"} <= edited
    assert {len(word) for word in edited} == {3, 4, 5}


@pytest.mark.parametrize("text", ["", "?!", "👍", "ok", "10:30", "é à"])
def test_a_message_without_a_word_is_left_as_it_is_by_typing_errors(text: str) -> None:
    assert {add_noise(text, name) for name in ("one_edit", "two_edits", "doubled_letters")} == {text}


@pytest.mark.parametrize(
    ("typed", "lazily"),
    [
        ("It's a fee? I'd come at 10:30.", "its a fee id come at 10:30"),
        ("I can’t — it's L4-L5, since 5-6 weeks!", "i cant its l4 l5 since 5-6 weeks"),  # noqa: RUF001
        ("Is it $1,250.50, or 2.5 hrs; 50%?", "is it $1,250.50 or 2.5 hrs 50%"),
        ("follow-up (the second) on 2026-11-24", "follow up the second on 2026-11-24"),
        ("¿Pueden ayudarme?", "pueden ayudarme"),
    ],
)
def test_lower_case_drops_marks_but_not_those_inside_numbers(typed: str, lazily: str) -> None:
    assert add_noise(typed, "lower_case") == lazily


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("can I come at 9?", "can I come at nine?"),
        ("9:05 or 10:30am or 2pm", "nine oh five or ten thirty am or two pm"),
        ("9.30 am, for 2.5 hrs", "nine thirty am, for two point five hours"),
        ("10:00-11:30", "ten to eleven thirty"),
        ("9am-5pm", "nine am to five pm"),
        ("pain 7-8, L4/5 and L5-S1", "pain seven to eight, L four/five and L five-S one"),
        ("1st 2nd 3rd 12th 20th 21st 30th", "first second third twelfth twentieth twenty first thirtieth"),
        ("since 1998, 2005 or 2011", "since nineteen ninety eight, two thousand five or twenty eleven"),
        ("in the '90s", "in the nineties"),
        ("$85 or £1,250.50?", "eighty five dollars or one thousand two hundred fifty pounds fifty?"),
        ("50% off & more", "fifty percent off and more"),
        ("call 6045550123", "call six zero four five five five zero one two three"),
        ("pls book my appt w/ u, asap", "please book my appointment with you, as soon as possible"),
        ("in the U.S.", "in the U.S."),
    ],
)
def test_numerals_and_short_forms_are_said_as_people_say_them(typed: str, said: str) -> None:
    assert say(typed) == said


def test_contractions_are_dictated_without_their_apostrophe() -> None:
    assert add_noise("I can't say what it's for", "dictated").endswith("i cant say what its for")


def test_keys_touch_each_other_both_ways() -> None:
    neighbours = noise._data()["neighbours"]

    assert [(a, b) for a, touching in neighbours.items() for b in touching if a not in neighbours[b]] == []
    assert len(neighbours) == 26

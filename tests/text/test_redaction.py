"""What says who somebody is goes; what was asked stays."""

from __future__ import annotations

import random
import re
import string
import time
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.booking.references import new_reference
from frontdesk.text import redaction
from frontdesk.text.redaction import KINDS, redact
from tests.conftest import ROOT

CASES = yaml.safe_load((ROOT / "tests/cases/redaction.yml").read_text(encoding="utf-8"))
GOES = [(typed, kept) for cases in CASES["goes"].values() for typed, kept in cases.items()]
STAYS = [typed for cases in CASES["stays"].values() for typed in cases]
PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")

# Pieces of what visitors write, glued together in ways nobody would think of.
PIECES = st.sampled_from(
    [*(typed for typed, _ in GOES), *STAYS, " ", ", ", " and ", "\n", "-", ".", "@", "[", "]", "[name]", "[phone]", "my name is ", "0", "7"]
)
MESSAGES = st.one_of(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=80))


@pytest.mark.parametrize(("typed", "kept"), GOES)
def test_what_says_who_somebody_is_goes(typed: str, kept: str) -> None:
    assert redact(typed) == kept


@pytest.mark.parametrize("typed", STAYS)
def test_what_was_asked_stays(typed: str) -> None:
    assert redact(typed) == typed


def test_there_are_enough_cases_and_none_twice() -> None:
    typed = [typed for typed, _ in GOES] + STAYS

    assert len(typed) >= 150
    assert len(set(typed)) == len(typed)
    assert set(CASES["goes"]) - {"several"} == set(KINDS)


@settings(deadline=None)
@given(MESSAGES)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@settings(deadline=None)
@given(MESSAGES, st.lists(st.sampled_from(["Jane Doe", "phone", "name", "a", "jane@example.com", "de la Cruz"]), max_size=2))
def test_nothing_comes_in_that_was_not_there(text: str, known: list[str]) -> None:
    """What is kept, its placeholders aside, is what was typed with parts left out."""
    rest = iter(text)

    assert all(sign in rest for sign in _outside_placeholders(redact(text, known=known), text))


@settings(deadline=None)
@given(MESSAGES, st.sampled_from(["jane.doe@example.com", "503-555-0142", "4111 1111 1111 1111"]))
def test_a_secret_between_other_words_is_found_wherever_it_stands(text: str, secret: str) -> None:
    assert secret not in redact(f"{text} | {secret} | {text}"[: redaction.MOST_CHARACTERS])


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_every_reference_that_can_be_given_is_found(seed: int) -> None:
    reference = new_reference(random.Random(seed).choice)

    assert redact(f"it is {reference.lower()} ok") == "it is [reference] ok"
    assert redact(reference.replace("-", " ")) == "[reference]"


@settings(deadline=None)
@given(st.lists(st.text(alphabet=string.ascii_letters, min_size=2, max_size=8), min_size=1, max_size=3).map(" ".join))
def test_what_is_known_to_be_a_name_goes_wherever_it_stands(name: str) -> None:
    kept = PLACEHOLDER.sub("", redact(f"ok, {name.upper()} - is 1 {name} 2?", known=[name]))

    assert not set(name.lower().split()) - {"ok", "is", *redaction._words("particles")} & set(re.findall(r"\w+", kept.lower()))


@pytest.mark.parametrize("piece", ["1-", "a.b-", "my name is ", "12 Oak ", "www.", "@", "one ", "A1", "dob ", "card is "])
def test_a_message_made_to_be_slow_is_not(piece: str) -> None:
    """Patterns that go back and forth would take minutes; the limit leaves room for a busy machine."""
    began = time.process_time()

    redact(piece * redaction.MOST_CHARACTERS)

    assert time.process_time() - began < 5


def _outside_placeholders(kept: str, typed: str) -> Iterator[str]:
    """Yield the signs of what is kept that stood in what was typed, those of placeholders left out."""
    place = 0
    for found in PLACEHOLDER.finditer(kept):
        yield from kept[place : found.start()]
        place = found.end()
    yield from kept[place:]

"""References are read however they are typed or dictated, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.booking.references import ALPHABET, new_reference, read_reference


def test_a_reference_has_no_sign_that_is_taken_for_another() -> None:
    assert not set("01OILU") & set(ALPHABET)
    assert len({new_reference() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    "typed",
    [
        "AB2C-D3EF",
        "ab2c-d3ef",
        "ab2cd3ef",
        "ab2c d3ef",
        "AB2C – D3EF",  # noqa: RUF001  # an en dash, as phones make of two hyphens
        "my reference is ab2c-d3ef, thanks!",
        "(AB2C-D3EF)",
        "a b 2 c d 3 e f",
        "it's A-B-2-C-D-3-E-F",
        "ref:AB2C-D3EF.",
    ],
)
def test_a_reference_is_read_as_it_is_typed(typed: str) -> None:
    assert read_reference(typed) == "AB2C-D3EF"


@pytest.mark.parametrize(
    "typed",
    [
        "I want that one",
        "need help",
        "next week",
        "5032 5559",
        "+1 503 555 2234",
        "the 24th 26th or 28th",
        "22nd 23rd",
        "at 9am 25th",
        "jane2345@example.com",
        "AB2C-D3EFG",
        "AB2C",
        "100 Example Street",
        "",
        "L5-S2 herniation",
    ],
)
def test_other_things_are_no_reference(typed: str) -> None:
    assert read_reference(typed) is None


@given(
    before=st.sampled_from(["", "it's ", "cancel "]),
    after=st.sampled_from(["", ".", " please"]),
    gap=st.sampled_from(["-", " ", "", " - "]),
)
def test_every_reference_that_is_given_out_is_read_back(before: str, after: str, gap: str) -> None:
    reference = new_reference()

    assert read_reference(before + reference.lower().replace("-", gap) + after) == reference


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    found = read_reference(text)

    assert found is None or set(found) <= {*ALPHABET, "-"}


def test_a_long_text_is_read_at_once() -> None:
    assert read_reference("a " * 20_000) is None
    assert read_reference("ab2c" + " " * 20_000) is None

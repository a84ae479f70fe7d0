"""Normalisation keeps what a visitor said and drops what cannot be seen."""

from __future__ import annotations

import doctest
import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.text.normalise import normalise, unmask

# Contract: for every text, normalise(normalise(t)) == normalise(t); the result
# is one line, has no control or format character and no letter three times.


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@given(st.text())
def test_the_result_is_one_trimmed_line(text: str) -> None:
    result = normalise(text)

    assert result == " ".join(result.split())


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ""),
        ("\u200b\u202e\ufeff", ""),
        ("I can\u2019t", "I can't"),
        ("sui\u200bcid\u00adal", "suicidal"),
        ("\uff4e\uff55\uff4d\uff42", "numb"),
        ("heeeelp", "heelp"),
        ("feet are 1000 years", "feet are 1000 years"),
        ("a\tb\r\nc", "a b c"),
        ("\u00e9te\u0301", "été"),
    ],
)
def test_each_kind_of_noise_is_removed(typed: str, read: str) -> None:
    assert normalise(typed) == read


@given(st.text())
def test_unmasking_twice_changes_nothing(text: str) -> None:
    once = unmask(text)

    assert unmask(once) == once


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("k1ll my5elf", "kill myself"),
        ("s u i c i d e", "suicide"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("\u0455u\u0456cide", "suicide"),
        ("L5 S1, 102F, b4 3pm", "L5 S1, 102F, b4 3pm"),
        ("a 1 b 2 c", "a 1 b 2 c"),
        ("plan b or c?", "plan b or c?"),
        ("I can't", "I can't"),
    ],
)
def test_only_masks_are_taken_off(typed: str, read: str) -> None:
    assert unmask(typed) == read


def test_the_examples_in_the_docstrings_are_true() -> None:
    # By name: the package re-exports a function called like the module.
    module = importlib.import_module("frontdesk.text.normalise")

    assert doctest.testmod(module).failed == 0

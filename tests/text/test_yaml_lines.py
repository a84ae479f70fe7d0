"""YAML with line numbers: the values are PyYAML's, the places are right, and nothing that a file may hold raises."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.text.yaml_lines import load_yaml, parse_yaml

PATH = Path("some.yml")

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4), max_leaves=15
)


@given(trees)
def test_values_are_those_of_a_plain_reader(tree: object) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True)

    document, problems = parse_yaml(text, PATH)

    assert problems == []
    assert document is not None
    assert document.value == yaml.safe_load(text)


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"\t\n #%@`,?<=0123456789\x00é"), max_size=60))
def test_no_text_raises(text: str) -> None:
    document, problems = parse_yaml(text, PATH)

    assert document is not None or problems
    assert all(problem.line >= 1 and "\n" not in problem.message for problem in problems)


@pytest.mark.parametrize("text", ["[" * 5000, "- " * 2000 + "x", "{a: " * 3000], ids=["brackets", "lists", "mappings"])
def test_deep_nesting_is_a_problem_and_no_crash(text: str) -> None:
    _, problems = parse_yaml(text, PATH)

    assert problems


def test_every_key_and_item_has_its_line() -> None:
    text = "a: 1\nb:\n  - x\n  - y: |\n      one\n      two\nc: >-\n  folded\n"

    document, _ = parse_yaml(text, PATH)

    assert document is not None
    assert [document.line(*trail) for trail in [("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "y"), ("c",)]] == [1, 2, 3, 4, 4, 7]
    assert document.text_line("b", 1, "y") == 5
    assert document.text_line("c") == 8


def test_the_line_of_something_missing_is_the_one_it_would_stand_under() -> None:
    document, _ = parse_yaml("a:\n  b: 1\n", PATH)

    assert document is not None
    assert document.line("a", "c", "d") == 1
    assert document.get("a", "c", "d") is None


def test_a_few_aliases_cannot_unfold_into_gigabytes() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True))

    _, problems = parse_yaml(bomb, PATH)

    assert all("write it out" in problem.message for problem in problems)
    assert problems


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    document, problems = load_yaml(tmp_path / "gone.yml")

    assert document is None
    assert problems[0].message == "the file cannot be read (No such file or directory)"


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "windows.yml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")

    document, problems = load_yaml(path)

    assert problems == []
    assert document is not None
    assert document.value == {"a": 1, "b": 2}
    assert document.line("b") == 2


@pytest.mark.parametrize("key", ["7", "yes", "2026-11-24", "~", "1.5"])
def test_a_key_that_yaml_takes_for_something_else_is_refused(key: str) -> None:
    document, problems = parse_yaml(f"a: 1\n{key}: 2\n", PATH)

    assert [(problem.line, problem.message) for problem in problems] == [(2, f"the key '{key}' is not read as a word; put it in quotes")]
    assert document is not None
    assert document.value == {"a": 1}

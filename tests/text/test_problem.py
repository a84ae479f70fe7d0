"""How a problem reads, and how problems are sorted."""

from pathlib import Path

from frontdesk.text.problem import Problem, errors, one_of


def test_problems_sort_by_file_and_line() -> None:
    later = Problem(Path("b.yml"), 2, "x")
    first = Problem(Path("a.yml"), 9, "x")
    second = Problem(Path("b.yml"), 1, "x")

    assert sorted([later, first, second]) == [first, second, later]


def test_a_warning_says_that_it_is_one() -> None:
    problem = Problem(Path("a.yml"), 4, "read it again", "warning")

    assert problem.render() == "a.yml:4: warning: read it again"
    assert errors([problem]) == []


def test_a_choice_reads_like_a_sentence() -> None:
    assert one_of(["one"]) == "one"
    assert one_of(["one", "two"]) == "one or two"

"""The words no answer may use: every rule against its own examples, and every example against every other rule."""

import pytest

from frontdesk.text.wording_lint import LintRule, lint, load_lint_rules

RULES = load_lint_rules()
REFUSED = [(rule, text) for rule in RULES for text in rule.refuse]
ALLOWED = [text for rule in RULES for text in rule.allow]


@pytest.mark.parametrize(("rule", "text"), REFUSED, ids=[f"{rule.id}: {text}" for rule, text in REFUSED])
def test_what_must_be_refused_is_refused(rule: LintRule, text: str) -> None:
    assert rule.id in [finding.rule for finding in lint(text)]


@pytest.mark.parametrize("text", ALLOWED)
def test_what_must_pass_passes_every_rule(text: str) -> None:
    assert list(lint(text)) == []


def test_every_rule_has_an_id_of_its_own_and_examples_for_and_against() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert [rule.id for rule in RULES if not (rule.refuse and rule.allow and rule.why and rule.instead)] == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ACUPUNCTURE CURES", "cure"),
        ("It doesn\u2019t hurt.", "painless"),
        ("It is **proven** to help.", "proven"),
        ("You can [stop your tablets](https://www.nhs.uk).", "change_medicine"),
        ("First line.\nYou can stop\nyour tablets.", "change_medicine"),
        ("Don't worry. You can stop your tablets.", "change_medicine"),
    ],
)
def test_the_words_are_found_in_any_dress(text: str, rule: str) -> None:
    assert [finding.rule for finding in lint(text)] == [rule]


def test_the_line_is_that_of_the_first_word_found() -> None:
    assert [finding.line for finding in lint("One.\nTwo is fine.\nIt is painless.")] == [2]


def test_numbers_in_a_link_or_a_placeholder_are_not_read() -> None:
    assert list(lint("See [the trial](https://doi.org/10.1001/5035550142) or call {contact.phone}.")) == []


@pytest.mark.parametrize("piece", ["stop a ", "(1", "1-", "you have ", "say ", "pain "])
@pytest.mark.timeout(10)
def test_long_texts_are_read_in_a_moment(piece: str) -> None:
    list(lint(piece * 3000))

"""The words no answer may use: every rule against its own examples, and every example against every other rule."""

import pytest

from frontdesk.text.wording_lint import LintRule, Word, lint, load_lint_rules

RULES = load_lint_rules()
WORDS = [(rule, word) for rule in RULES for word in rule.words]
REFUSED = [(rule, word, text) for rule, word in WORDS for text in word.refuse]
ALLOWED = [text for _, word in WORDS for text in word.allow]


@pytest.mark.parametrize(("rule", "word", "text"), REFUSED, ids=[f"{rule.id}: {text}" for rule, _, text in REFUSED])
def test_what_must_be_refused_is_refused_because_of_its_own_word(rule: LintRule, word: Word, text: str) -> None:
    assert rule.id in [finding.rule for finding in lint(text)]
    assert word.pattern.search(text)


@pytest.mark.parametrize("text", ALLOWED)
def test_what_must_pass_passes_every_rule(text: str) -> None:
    assert list(lint(text)) == []


@pytest.mark.parametrize(("rule", "word"), WORDS, ids=[f"{rule.id}: {word.pattern.pattern[:40]}" for rule, word in WORDS])
def test_every_word_has_a_text_that_is_refused_and_one_that_passes(rule: LintRule, word: Word) -> None:
    assert word.refuse
    assert word.allow


def test_every_rule_has_an_id_of_its_own_a_reason_and_a_way_out() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert [rule.id for rule in RULES if not (rule.words and rule.why and rule.instead)] == []


def test_a_rule_that_does_not_hold_for_a_text_lets_it_pass() -> None:
    assert [finding.rule for finding in lint("Call 911. It cures.", may_stand=("phone_number",))] == ["cure"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("ACUPUNCTURE CURES", "cure"),
        ("It doesn\u2019t hurt.", "painless"),
        ("It is **proven** to help.", "proven"),
        ("You can [stop your tablets](https://www.nhs.uk).", "change_medicine"),
        ("First line.\nYou can stop\nyour tablets.", "change_medicine"),
        ("Please wait. You can stop your tablets.", "change_medicine"),
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

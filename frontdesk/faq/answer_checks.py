"""Can a worried person on a phone read an answer, and may the clinic say what it says?"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from frontdesk.faq.topic import Topic
from frontdesk.text.markdown_subset import check_markdown
from frontdesk.text.placeholders import placeholders
from frontdesk.text.problem import counted
from frontdesk.text.readability import grade, has_lines_beside_sentences, own_words, sentences
from frontdesk.text.wording_lint import lint

SENTENCES = (2, 8)
"""Fewest and most; 2 to 5 is what to aim for."""
LENGTH = 900
"""Characters of the writer's own words: about two screens of a phone."""
GRADE = 8.0

_BRACES = re.compile(r"\{[^{}\n]*\}|[{}]")


@dataclass(frozen=True)
class Remark:
    """Something wrong with a text, before it is known in which file it stands."""

    line: int
    """Line of the text, from 0."""
    message: str


def check_answer(topic: Topic, facts: Collection[str]) -> Iterator[Remark]:
    """Yield what is wrong with the answer of one topic."""
    text = topic.answer
    if not text:
        return
    count = sentences(text)
    fewest, most = SENTENCES
    if count < fewest and not has_lines_beside_sentences(text):
        yield Remark(0, f"the answer is {counted(count, 'sentence')} long; say a little more, in 2 to 5 sentences")
    if count > most:
        yield Remark(0, f"the answer has {count} sentences; shorten it to 2 to 5, and never more than {most}")
    if (length := len(own_words(text))) > LENGTH:
        yield Remark(0, f"the answer has {length} characters; shorten it to {LENGTH}, or split the topic in two")
    if (level := grade(text)) > GRADE:
        yield Remark(0, f"the answer reads at school grade {level:.1f}; use shorter sentences and words until it is {GRADE:.0f} or less")
    yield from check_reply(text, facts)


def check_reply(text: str, facts: Collection[str], also: Collection[str] = ()) -> Iterator[Remark]:
    """Yield what is wrong with any text that a visitor reads: its Markdown, links, placeholders and words.

    Args:
        facts: The clinic facts that a placeholder may name.
        also: Further names that code fills in, such as `missing`.
    """
    for number, message in check_markdown(text):
        yield Remark(number, message)
    for number, line in enumerate(text.split("\n")):
        for found in _BRACES.findall(line):
            if wrong := _wrong_placeholder(found, facts, also):
                yield Remark(number, wrong)
    for finding in lint(text):
        yield Remark(finding.line, finding.message)


def _wrong_placeholder(found: str, facts: Collection[str], also: Collection[str]) -> str | None:
    if found.strip("{}") in also:
        return None
    if names := placeholders(found):
        return None if names[0] in facts else f"there is no fact '{names[0]}'; the names are in frontdesk/practice/facts.yml"
    if len(found) == 1:
        return f"a '{found}' stands alone; a placeholder looks like {{prices.first_visit}}"
    return f"'{found}' is no placeholder; write section and name in small letters, such as {{prices.first_visit}}"

"""Is a topic ready to be shown: its title, what it rests on, and when it was last read?

Its answer is read by `answer_checks.py`, its examples by `example_checks.py`. Today's date is passed in.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from frontdesk.faq.ledger import Ledger
from frontdesk.faq.topic import Topic
from frontdesk.text.paragraphs import split_paragraphs
from frontdesk.text.problem import Problem, counted, did_you_mean, some_of
from frontdesk.text.wording_lint import lint

TITLE_LIMIT = 40
"""Characters that fit on a button on a phone."""

SIGNED_KINDS = ("safety", "evidence")
"""Kinds of paragraph for which a clinician stands."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LETTERS = re.compile(r"\b(?!US\b|UK\b)[A-Z]{2,}\b")
_OR_ADD = "use one that is there, or add it there first"


def check_topic(topic: Topic, ledger: Ledger, today: dt.date) -> Iterator[Problem]:
    """Yield what is wrong with the metadata of one topic."""
    if len(topic.title) > TITLE_LIMIT:
        yield topic.problem(
            "title", f"the title has {len(topic.title)} characters; shorten it to {TITLE_LIMIT} so that it fits on a button"
        )
    for finding in lint(topic.title):
        yield topic.problem("title", finding.message)
    yield from _check_claims(topic, ledger)
    yield from _check_sources(topic, ledger)
    yield from _check_years(topic, ledger)
    yield from _check_dates(topic, today)


def check_titles(topics: Sequence[Topic]) -> Iterator[Problem]:
    """Yield titles that two topics share: a visitor could not tell their buttons apart."""
    first: dict[str, Topic] = {}
    for topic in topics:
        title = " ".join(topic.title.casefold().split())
        if title and title in first:
            yield topic.problem("title", f"the title is also that of {first[title].path}; change one of the two")
        first.setdefault(title, topic)


def check_claims_served(topics: Sequence[Topic], ledger: Ledger) -> Iterator[Problem]:
    """Yield claims of the article that no topic passes on, unless the ledger withholds them."""
    served = {claim for topic in topics for claim in topic.claims}
    for claim in ledger.claims.values():
        if claim.id not in served and claim.use != "withheld":
            message = f"no topic rests on the claim '{claim.id}'; name it in the 'claims' of one, or withhold it here with a reason"
            yield Problem(ledger.claims_path, claim.line, message)


def check_signed(topics: Sequence[Topic], today: dt.date) -> Iterator[Problem]:
    """Yield, in one line each, which answers on safety and evidence no clinician stands by, and which were due to be read again.

    A real clinic needs both; before that nobody is stopped.
    """
    medical = [topic for topic in topics if set(SIGNED_KINDS) & set(topic.kinds)]
    unsigned = [topic for topic in medical if not topic.clinician]
    overdue = [topic for topic in medical if topic.review_by and topic.review_by < today]
    for found, what, fix in (
        (unsigned, "not signed", "a clinician reads each, and 'clinician', 'reviewed' and 'review_by' are filled in"),
        (overdue, "due to be read again", "a clinician reads each, and 'reviewed' and 'review_by' are set"),
    ):
        if found:
            count = f"{len(found)} of {counted(len(medical), 'answer')} on safety and evidence {'is' if len(found) == 1 else 'are'} {what}"
            message = f"{count} ({some_of([topic.name for topic in found])}); {fix}"
            yield found[0].problem("clinician" if found is unsigned else "review_by", message)


def _check_claims(topic: Topic, ledger: Ledger) -> Iterator[Problem]:
    for name in topic.claims:
        if name not in ledger.claims:
            yield topic.problem("claims", f"there is no claim '{name}' in clinic/claims.yml; {did_you_mean(name, ledger.claims, _OR_ADD)}")
        elif ledger.claims[name].use == "withheld":
            yield topic.problem(
                "claims", f"the claim '{name}' is withheld ({ledger.claims[name].why}); take it out of the answer and of this list"
            )
    if "article" in topic.kinds and not topic.claims:
        yield topic.problem("kind", "a paragraph says what the article says; name its claims in 'claims: [...]' (ids of clinic/claims.yml)")
    if topic.claims and topic.kinds and "article" not in topic.kinds:
        yield topic.problem("claims", "claims are named, but no paragraph is of the kind article; correct 'kind', or delete the claims")


def _check_sources(topic: Topic, ledger: Ledger) -> Iterator[Problem]:
    for name in topic.sources:
        if name not in ledger.sources:
            yield topic.problem(
                "sources", f"there is no source '{name}' in clinic/sources.yml; {did_you_mean(name, ledger.sources, _OR_ADD)}"
            )
        elif ledger.sources[name].checked == "recollection":
            yield topic.problem(
                "sources", f"nobody has read the source '{name}' yet; read it and set 'checked' in clinic/sources.yml, or name another"
            )
    unsourced = next((kind for kind in ("evidence", "safety") if kind in topic.kinds), None)
    if unsourced and not topic.sources:
        yield topic.problem(
            "kind", f"a paragraph is of the kind {unsourced}; name its source in 'sources: [...]' (ids of clinic/sources.yml)"
        )
    if topic.sources and topic.kinds and not unsourced:
        yield topic.problem(
            "sources", "sources are named, but no paragraph is of the kind evidence or safety; correct 'kind', or delete the sources"
        )


def _check_years(topic: Topic, ledger: Ledger) -> Iterator[Problem]:
    """Hold the years of an answer against those of its sources: what research found is worth as much as one can look it up."""
    paragraphs = split_paragraphs(topic.answer)
    sources = [ledger.sources[name] for name in topic.sources if name in ledger.sources]
    # What is wrong with the lists themselves has been said.
    if len(topic.kinds) != len(paragraphs) or len(sources) != len(topic.sources) or not sources:
        return
    known = {year for source in sources for year in source.years}
    # A page that is kept up to date has no year: NHS, FDA.
    undated = {letters for source in sources if not source.years for letters in _LETTERS.findall(source.name)}
    evidence = " ".join(text for text, kind in zip(paragraphs, topic.kinds, strict=True) if kind == "evidence")
    if evidence and (known or undated) and not (known & set(_YEAR.findall(evidence)) or undated & set(_LETTERS.findall(evidence))):
        yield topic.problem(
            "kind", f"what research says stands here without its source and year; add them ({', '.join(sorted(known | undated))})"
        )
    medical = " ".join(text for text, kind in zip(paragraphs, topic.kinds, strict=True) if kind in SIGNED_KINDS)
    for year in sorted(set(_YEAR.findall(medical)) - known):
        yield topic.problem(
            "sources", f"the answer names {year}, and none of its sources is of that year; name the source, or correct the year"
        )


def _check_dates(topic: Topic, today: dt.date) -> Iterator[Problem]:
    if topic.reviewed and topic.reviewed > today:
        yield topic.problem("reviewed", f"'reviewed' is {topic.reviewed}, which is still to come; write the day on which somebody read it")
    if topic.reviewed and topic.review_by and topic.review_by <= topic.reviewed:
        yield topic.problem("review_by", "'review_by' must be later than 'reviewed'; write the day by which it is read again")
    elif topic.review_by and topic.review_by < today:
        message = f"the review was due on {topic.review_by}; read the answer, then set 'reviewed' to today and 'review_by' to a later day"
        yield Problem(topic.path, topic.problem("review_by", "").line, message, "warning")

"""Is a topic ready to be shown: its title, what it rests on, and when it was last read?

Its answer is read by `answer_checks.py`, its examples by `example_checks.py`. Today's date is passed in.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from frontdesk.faq.ledger import Ledger
from frontdesk.faq.topic import Topic
from frontdesk.text.problem import Problem, did_you_mean

TITLE_LIMIT = 40
"""Characters that fit on a button on a phone."""

_OR_ADD = "use one that is there, or add it there first"


def check_topic(topic: Topic, ledger: Ledger, today: dt.date) -> Iterator[Problem]:
    """Yield what is wrong with the metadata of one topic."""
    if len(topic.title) > TITLE_LIMIT:
        yield topic.problem(
            "title", f"the title has {len(topic.title)} characters; shorten it to {TITLE_LIMIT} so that it fits on a button"
        )
    yield from _check_claims(topic, ledger)
    yield from _check_sources(topic, ledger)
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


def _check_dates(topic: Topic, today: dt.date) -> Iterator[Problem]:
    if topic.reviewed and topic.reviewed > today:
        yield topic.problem("reviewed", f"'reviewed' is {topic.reviewed}, which is still to come; write the day on which somebody read it")
    if topic.reviewed and topic.review_by and topic.review_by <= topic.reviewed:
        yield topic.problem("review_by", "'review_by' must be later than 'reviewed'; write the day by which it is read again")
    elif topic.review_by and topic.review_by < today:
        message = f"the review was due on {topic.review_by}; read the answer, then set 'reviewed' to today and 'review_by' to a later day"
        yield Problem(topic.path, topic.problem("review_by", "").line, message, "warning")

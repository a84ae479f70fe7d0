"""What answers may rest on: the claims of the clinic's article and the outside sources.

`clinic/claims.yml` says how each claim may be repeated, `clinic/sources.yml` what each source supports and who has read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from frontdesk.text.problem import Problem
from frontdesk.text.shape import check_keys, choice_at, text_at
from frontdesk.text.yaml_lines import Document, Step, load_yaml

USES = ("as_is", "attributed", "qualified", "withheld")
CHECKED = ("read", "secondary", "recollection")

_CLAIM = ("id", "claim", "heading", "position", "use", "why")
_SOURCE = ("id", "name", "year", "what", "where", "checked")
_ARTICLE = ("title", "author", "date", "url")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


@dataclass(frozen=True)
class Claim:
    """One thing that the article says."""

    id: str
    claim: str
    use: str
    """One of `USES`: how an answer may repeat it."""
    why: str
    """What a qualified claim needs beside it, or why one is withheld."""
    line: int


@dataclass(frozen=True)
class Source:
    """One guideline, trial, health service or law."""

    id: str
    name: str
    what: str
    """What it supports, and nothing beyond it."""
    years: frozenset[str]
    """Years by which an answer may date it: when it appeared, and when it was brought up to date."""
    checked: str
    """One of `CHECKED`: how somebody read it."""
    line: int


@dataclass(frozen=True)
class Ledger:
    """Claims and sources by their id."""

    claims: Mapping[str, Claim]
    sources: Mapping[str, Source]
    claims_path: Path


def load_ledger(clinic: Path) -> tuple[Ledger, list[Problem]]:
    """Read both files of the folder `clinic`; what cannot be read is missing from the ledger and named as a problem."""
    problems: list[Problem] = []
    claims, wrong = load_yaml(clinic / "claims.yml")
    sources, also_wrong = load_yaml(clinic / "sources.yml")
    problems += [*wrong, *also_wrong]
    ledger = Ledger(
        claims=MappingProxyType({claim.id: claim for claim in _claims(claims, problems)} if claims else {}),
        sources=MappingProxyType({source.id: source for source in _sources(sources, problems)} if sources else {}),
        claims_path=clinic / "claims.yml",
    )
    return ledger, problems


def _claims(document: Document, problems: list[Problem]) -> list[Claim]:
    entries = check_keys(document, problems, ("article", "claims"), ("article", "claims"))
    if "article" in entries:
        check_keys(document, problems, _ARTICLE, _ARTICLE, "article")
    claims: list[Claim] = []
    for index in _items(document, problems, "claims"):
        here: tuple[Step, ...] = ("claims", index)
        needed = [key for key in _CLAIM if key != "why"]
        if not check_keys(document, problems, _CLAIM, needed, *here):
            continue
        position = document.get(*here, "position")
        if (*here, "position") in document.lines and not (type(position) is int and position > 0):
            problems.append(document.problem("'position' must be a number from 1, without quotes", *here, "position"))
        text_at(document, problems, *here, "heading")
        claim = Claim(
            id=_id_at(document, problems, [claim.id for claim in claims], *here, "id"),
            claim=text_at(document, problems, *here, "claim"),
            use=choice_at(document, problems, USES, *here, "use"),
            why=text_at(document, problems, *here, "why"),
            line=document.line(*here),
        )
        if claim.use in ("qualified", "withheld") and not claim.why:
            missing = "say in 'why:' what must stand beside it" if claim.use == "qualified" else "say in 'why:' for what reason"
            problems.append(document.problem(f"'{claim.id}' is {claim.use}; {missing}", *here))
        if claim.id:
            claims.append(claim)
    return claims


def _sources(document: Document, problems: list[Problem]) -> list[Source]:
    check_keys(document, problems, ("sources",), ("sources",))
    sources: list[Source] = []
    for index in _items(document, problems, "sources"):
        here: tuple[Step, ...] = ("sources", index)
        if not check_keys(document, problems, _SOURCE, _SOURCE, *here):
            continue
        year = document.get(*here, "year")
        if (*here, "year") in document.lines and not (year is None or isinstance(year, str) or (type(year) is int and 1900 < year < 2100)):
            problems.append(
                document.problem("'year' must be a year, two years in quotes, or null when the page has no date", *here, "year")
            )
        what = text_at(document, problems, *here, "what")
        text_at(document, problems, *here, "where")
        source = Source(
            id=_id_at(document, problems, [source.id for source in sources], *here, "id"),
            name=text_at(document, problems, *here, "name"),
            what=what,
            years=frozenset(_YEAR.findall(f"{year} {what}")),
            checked=choice_at(document, problems, CHECKED, *here, "checked"),
            line=document.line(*here),
        )
        if source.id:
            sources.append(source)
    return sources


def _items(document: Document, problems: list[Problem], key: str) -> range:
    entries = document.get(key)
    if isinstance(entries, list):
        return range(len(entries))
    if (key,) in document.lines:
        problems.append(document.problem(f"'{key}' must be a list whose entries start with '- id: ...'", key))
    return range(0)


def _id_at(document: Document, problems: list[Problem], taken: list[str], *trail: Step) -> str:
    name = text_at(document, problems, *trail)
    if name in taken:
        problems.append(document.problem(f"'{name}' is there already; give this one another id", *trail))
        return ""
    if name and not _ID.fullmatch(name):
        problems.append(document.problem(f"the id '{name}' may hold small letters, digits, - and _ only", *trail))
    return name

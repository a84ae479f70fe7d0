"""A project of two topics in which nothing is wrong, and the table of ways to break it (tests/cases/check/README.md)."""

import datetime as dt
import shutil
from dataclasses import dataclass
from pathlib import Path

import yaml

from frontdesk.faq.project import Layout, check_project
from frontdesk.text.problem import Problem

CASES = Path(__file__).parents[1] / "cases" / "check"
TODAY = dt.date(2026, 11, 24)


@dataclass(frozen=True)
class Case:
    """One mistake and the message it must lead to."""

    name: str
    file: str
    says: str
    change: str = ""
    to: str = ""
    new: str | None = None
    at: str = ""
    line: int = 0
    points_to: str = ""
    also: bool = False


def load_cases(*tables: str) -> list[Case]:
    """Return the cases of some tables in tests/cases/check."""
    loaded = []
    for table in tables:
        document = yaml.safe_load((CASES / f"{table}.yml").read_text(encoding="utf-8"))
        loaded += [Case(**{"name": entry.pop("case"), "file": document["file"], **entry}) for entry in document["cases"]]
    return loaded


def layout_of(project: Path) -> Layout:
    """Return where the files of a project are."""
    return Layout(project / "data", project / "clinic", project / "domain.yml")


def copy_project(folder: Path) -> Path:
    """Return a copy of the small project that a test may break."""
    return Path(shutil.copytree(CASES / "project", folder / "project"))


def problems_of(project: Path, *, production: bool = False) -> tuple[Problem, ...]:
    """Return what the check finds in a project."""
    return check_project(layout_of(project), TODAY, production=production).problems


def assert_found(case: Case, folder: Path) -> None:
    """Break the small project as the case says and hold what is found against it."""
    project = copy_project(folder)
    path = project / case.file
    if case.new is not None:
        path.write_text(case.new, encoding="utf-8")
    else:
        before = path.read_text(encoding="utf-8")
        assert before.count(case.change) == 1, f"{case.change!r} must be in {case.file} once"
        path.write_text(before.replace(case.change, case.to), encoding="utf-8")
    pointed_at = project / (case.points_to or case.file)
    lines = pointed_at.read_text(encoding="utf-8").split("\n")
    line = case.line or next(number for number, text in enumerate(lines, 1) if case.at in text)

    found = problems_of(project)

    rendered = "\n".join(problem.render() for problem in found)
    matching = [problem for problem in found if case.says in problem.render().split(": ", 1)[1]]
    assert [(problem.path, problem.line) for problem in matching][:1] == [(pointed_at, line)], rendered
    assert case.also or len(found) == 1, rendered

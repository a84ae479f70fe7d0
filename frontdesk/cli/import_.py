"""`frontdesk import FILE`: what a table would change, and with `--apply` the change itself."""

import argparse
import datetime as dt
import difflib
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder
from frontdesk.editing.history import is_author
from frontdesk.faq.editing import EditingError, TopicFolder
from frontdesk.faq.ledger import load_ledger
from frontdesk.faq.spreadsheet import Change, Plan, Sheet, SheetUnreadable, plan_import, read_sheet
from frontdesk.faq.store import load_intents
from frontdesk.faq.writing_help import Rules
from frontdesk.practice.facts import load_facts
from frontdesk.text.problem import counted

_MOST_SHOWN = 30
"""Problems; who has more has one mistake many times."""


def add_parser(subparsers: Any) -> None:
    """Add `import` to the command."""
    parser = subparsers.add_parser(
        "import",
        help="show what a table would change in the topics, and change it",
        description="Hold a table that 'frontdesk export' has written against the topics and print the difference. "
        "Nothing is written without --apply, and nothing at all while one row is wrong.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the table, .csv or .xlsx")
    parser.add_argument("--apply", action="store_true", help="write the changes into data/faq")
    parser.add_argument("--commit", default="", metavar="AUTHOR", help='with --apply: make a git commit as "Ann Lee <ann@clinic.example>"')
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the difference and return 0, or 1 when rows are wrong.

    Raises:
        CannotRun: When the file is no table, a topic cannot be read, or the disk does not take the changes.
    """
    if args.commit and not is_author(args.commit):
        raise CannotRun(f"'{args.commit}' is no author; write a name and an address, such as \"Ann Lee <ann@clinic.example>\"")
    root = project_folder()
    folder = TopicFolder(root, commits=bool(args.commit))
    rules = Rules(load_ledger(root / "clinic")[0], load_facts().keys(), dt.date.today())
    try:
        sheet = read_sheet(args.file)
        plan = plan_import(sheet, folder, load_intents(root / "data" / "nlu")[0], rules)
        if plan.problems:
            _print_problems(args.file, plan)
            return 1
        _print_plan(sheet, plan)
        if args.apply and plan.changes:
            saved = folder.save_all(plan.drafts, author=args.commit, note=f"From {args.file.name}: {_counts(plan)}.")
    except (EditingError, SheetUnreadable) as err:
        raise CannotRun(str(err)) from err
    if not plan.changes:
        print("There is nothing to change.")
    elif not args.apply:
        print("Nothing is written yet; do it with --apply.")
    else:
        print(f"Written: {counted(len(saved.names), 'file')}." + (f" Commit {saved.commit[:12]}." if saved.commit else ""))
        if saved.not_committed:
            print(saved.not_committed, file=sys.stderr)
    return 0


def _print_problems(file: Path, plan: Plan) -> None:
    for problem in plan.problems[:_MOST_SHOWN]:
        print(f"{file}: {problem.render()}")
    if (more := len(plan.problems) - _MOST_SHOWN) > 0:
        print(f"... and {more} more")
    print(f"{counted(len(plan.problems), 'problem')}; nothing is written until there is none.")


def _print_plan(sheet: Sheet, plan: Plan) -> None:
    for note in sheet.notes:
        print(f"Note: {note}")
    for topic, changes in groupby(sorted(plan.changes, key=lambda change: (change.topic, change.row)), key=lambda change: change.topic):
        print(f"{topic} (new)" if topic in plan.new else topic)
        for change in changes:
            for line in _lines(change):
                print(f"  {line}")
        if topic in plan.unsigned:
            print("  the clinician's signature is withdrawn, for it stood under another answer")
    print(f"{_counts(plan)}.")


def _counts(plan: Plan) -> str:
    added = sum(not change.before for change in plan.changes)
    removed = sum(not change.after for change in plan.changes)
    changed = len(plan.changes) - added - removed
    return f"{added} added, {changed} changed, {removed} removed, {plan.untouched} untouched"


def _lines(change: Change) -> Iterator[str]:
    """Yield the difference as `diff` shows it: what goes with -, what comes with +."""
    yield f"{change.what} (row {change.row})"
    for line in difflib.ndiff(change.before.split("\n"), change.after.split("\n")):
        if line[0] in "+-" and line[2:]:
            yield f"  {line}"

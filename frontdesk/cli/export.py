"""`frontdesk export FILE`: all topics as a table for a spreadsheet."""

import argparse
from pathlib import Path
from typing import Any

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder
from frontdesk.faq.editing import EditingError, TopicFolder
from frontdesk.faq.spreadsheet import SheetUnreadable, rows_of, write_sheet
from frontdesk.text.problem import counted


def add_parser(subparsers: Any) -> None:
    """Add `export` to the command."""
    parser = subparsers.add_parser("export", help="write all topics as a table (.csv, .xlsx)")
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write it; the name ends in .csv or .xlsx")
    parser.add_argument("--overwrite", action="store_true", help="write over a file that is there, and whatever was changed in it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the table and return 0.

    Raises:
        CannotRun: When the file is there already, a topic cannot be read, or the file cannot be written.
    """
    folder = TopicFolder(project_folder())
    if args.file.exists() and not args.overwrite:
        raise CannotRun(f"{args.file} is there already, perhaps with changes; give another name, or --overwrite")
    try:
        rows = [row for name in folder.names() for row in rows_of(name, folder.open(name).draft)]
        write_sheet(args.file, rows)
    except (EditingError, SheetUnreadable) as err:
        raise CannotRun(str(err)) from err
    except OSError as err:
        raise CannotRun(f"{args.file} could not be written ({err.strerror or err})") from err
    print(f"{args.file}: {counted(len(folder.names()), 'topic')}, {counted(len(rows), 'row')}")
    return 0

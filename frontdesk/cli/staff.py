"""`frontdesk staff`: who may use the console; the first account is made here."""

import argparse
import datetime as dt
import getpass
import sys
from typing import Any

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder
from frontdesk.database import Database, StoreUnavailable, url_of_installation
from frontdesk.staff.audit import Audit
from frontdesk.staff.people import People, Role, StaffError
from frontdesk.staff.tables import STAFF_FILE, tables


def add_parser(subparsers: Any) -> None:
    """Add `staff` to the command."""
    parser = subparsers.add_parser("staff", help="list, add and remove the accounts of the console")
    parser.add_argument("what", choices=["list", "add", "remove", "password", "role", "no-code"], help="what to do")
    parser.add_argument("name", nargs="?", help="whose account")
    parser.add_argument("--role", choices=list(Role), default=None, help="what somebody may do (editor)")
    parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input instead of asking for it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do it and return 0."""
    project_folder()
    database = Database(url_of_installation(STAFF_FILE), tables)

    def clock() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    try:
        people = People(database, clock)
        if args.what == "list":
            for person in people.all():
                print(f"{person.role:<10} {'code' if person.has_totp else '':<5} {person.name}")
            return 0
        if not args.name:
            raise CannotRun(f"say whose account, as in: frontdesk staff {args.what} 'Ana Ruiz'")
        _change(people, args)
        Audit(database, clock).note(getpass.getuser(), f"account_{args.what.replace('-', '_')}", args.name)
    except (StaffError, StoreUnavailable) as err:
        raise CannotRun(str(err)) from err
    print("Done.")
    return 0


def _change(people: People, args: argparse.Namespace) -> None:
    if args.what == "add":
        people.add(args.name, _password(from_stdin=args.password_stdin), Role(args.role or Role.EDITOR))
    elif args.what == "password":
        people.change(args.name, password=_password(from_stdin=args.password_stdin))
    elif args.what == "role":
        if args.role is None:
            raise CannotRun("say which role, with --role")
        people.change(args.name, role=Role(args.role))
    elif args.what == "no-code":
        people.stop_totp(args.name)
    else:
        people.remove(args.name)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password (12 characters at least): ")
    if first != getpass.getpass("Again: "):
        raise CannotRun("the two are not the same")
    return first

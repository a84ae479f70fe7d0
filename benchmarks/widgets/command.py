"""The command: fetches the packages, starts the servers and the browser, lets the widgets take turns, prints and keeps the figures."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playwright.async_api import Error
from tqdm import tqdm

from benchmarks.measuring import machine
from benchmarks.widgets import browsing
from benchmarks.widgets.entrants import ENTRANTS, NOTHING, Entrant
from benchmarks.widgets.figures import Figures, render, render_loads, render_violations
from benchmarks.widgets.packages import VERSIONS, fetch, path_of
from benchmarks.widgets.servers import running
from frontdesk.cli.errors import CannotRun


def add_parser(subparsers: Any) -> None:
    """Add `widgets` to the command."""
    parser = subparsers.add_parser("widgets", help="measure this project's widget beside deep-chat, rasa-webchat and botframework-webchat")
    parser.add_argument("--only", action="append", choices=[one.name for one in ENTRANTS], help="measure only this one; can be repeated")
    parser.add_argument("--loads", type=int, default=9, help="loads of the page with each, and of the page alone")
    parser.add_argument("--openings", type=int, default=20, help="openings of each")
    parser.add_argument("--fills", type=int, default=3, help="how often 500 messages are scrolled and typed under")
    parser.add_argument("--packages", type=Path, metavar="DIR", help="keep the npm packages in this folder, for the next run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures into this file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the tables and return 0."""
    entrants = [one for one in ENTRANTS if not args.only or one.name in args.only]
    with tempfile.TemporaryDirectory() as folder:
        packages: Path = args.packages or Path(folder)
        fetch(packages)
        page, measured, browser = asyncio.run(measure(entrants, packages, loads=args.loads, openings=args.openings, fills=args.fills))
    here = machine() | {"browser": browser, "axe-core": VERSIONS["axe-core"]}
    print(f"{here['date']}, {here['cores']} cores, {browser}, axe-core {here['axe-core']}: {here['command']}\n")
    print(render(measured), render_violations(measured), render_loads([page, *measured]), sep="\n\n")
    if args.json:
        rows = [asdict(figures) for figures in [page, *measured]]
        args.json.write_text(json.dumps({**here, "widgets": rows}, indent=1), encoding="utf-8")
    return 0


async def measure(
    entrants: Sequence[Entrant], packages: Path, *, loads: int, openings: int, fills: int
) -> tuple[Figures, list[Figures], str]:
    """Return the figures of the page alone, those of each widget, and the browser's name.

    What is timed is done once for each in turn, so that whatever else the machine does meets all alike.

    Raises:
        CannotRun: When there is no browser.
    """
    axe = path_of(packages, "axe-core", "axe.min.js").read_text(encoding="utf-8")
    page = Figures(NOTHING.name, NOTHING.version)
    measured = [Figures(one.name, one.version, one.has_launcher) for one in entrants]
    everyone = list(zip(entrants, measured, strict=True))
    steps = tqdm(total=len(entrants) * (1 + loads + openings + fills) + loads, file=sys.stderr, unit="visit")
    try:
        async with running(packages) as servers, browsing.chromium() as browser:
            for entrant, figures in everyone:
                await browsing.look(browser, servers, entrant, axe, figures)
                steps.update()
            for _ in range(loads):
                for entrant, figures in [(NOTHING, page), *everyone]:
                    await browsing.load_once(browser, servers, entrant, figures)
                    steps.update()
            for _ in range(openings):
                for entrant, figures in everyone:
                    await browsing.open_once(browser, servers, entrant, figures)
                    steps.update()
            for _ in range(fills):
                for entrant, figures in everyone:
                    await browsing.fill(browser, servers, entrant, figures)
                    steps.update()
            return page, measured, f"Chromium {browser.version}"
    except Error as err:
        raise CannotRun(f"the browser did not start or ended: {err.message}") from err
    finally:
        steps.close()

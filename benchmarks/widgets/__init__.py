"""`python -m benchmarks widgets`: this project's widget beside three others, measured in the same way in one run.

The others are the packages of the npm registry, unchanged, each in a page as its documentation shows it and with a
local server that speaks its protocol (`servers`). What is measured is in `browsing`, what is counted in `figures`.
"""

from benchmarks.widgets.command import add_parser

__all__ = ["add_parser"]

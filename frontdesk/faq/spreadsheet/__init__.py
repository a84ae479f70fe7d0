"""All topics as one table for a spreadsheet, and a table that comes back: what it would change, and nothing by accident.

One row is one thing that may be said about a topic: its title, its answer, one of its examples. A row that is missing
changes nothing; what shall go is emptied. Each row has an id that holds what was exported, so a row that somebody else
has changed in the files meanwhile is noticed, and one that nobody has touched is left alone however old the table is.

    SheetUnreadable   the file is no table that can be read
"""

from frontdesk.faq.spreadsheet.files import read_sheet, write_sheet
from frontdesk.faq.spreadsheet.plan import Change, Plan, plan_import
from frontdesk.faq.spreadsheet.rows import COLUMNS, Row, RowProblem, Sheet, SheetUnreadable, rows_of

__all__ = [
    "COLUMNS",
    "Change",
    "Plan",
    "Row",
    "RowProblem",
    "Sheet",
    "SheetUnreadable",
    "plan_import",
    "read_sheet",
    "rows_of",
    "write_sheet",
]

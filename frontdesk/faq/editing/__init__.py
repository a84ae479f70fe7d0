"""Changing topics as staff do: open, change, save, add, rename, merge, retire; one at a time or from a spreadsheet.

The files in `data/faq` are the only truth. Whoever saves says which version they had before them.

    EditingError
    ├── NameRefused      no name that a topic can have, or one that leads out of the folder
    ├── TopicNotFound    named, and not there
    ├── TopicExists      there already
    ├── TopicUnreadable  its file is broken; the problems say where
    ├── TopicConflict    somebody else has changed it meanwhile; both versions are in the error
    ├── CannotRewrite    its file is written in a way that cannot be changed line by line
    └── NotSaved         the disk is full, or the folder may not be written; what stood before stands
"""

from frontdesk.faq.editing.draft import Draft, read_draft
from frontdesk.faq.editing.errors import (
    CannotRewrite,
    EditingError,
    NameRefused,
    NotSaved,
    TopicConflict,
    TopicExists,
    TopicNotFound,
    TopicUnreadable,
)
from frontdesk.faq.editing.folder import OpenTopic, Saved, TopicFolder

__all__ = [
    "CannotRewrite",
    "Draft",
    "EditingError",
    "NameRefused",
    "NotSaved",
    "OpenTopic",
    "Saved",
    "TopicConflict",
    "TopicExists",
    "TopicFolder",
    "TopicNotFound",
    "TopicUnreadable",
    "read_draft",
]

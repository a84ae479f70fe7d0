"""Changing files that people also edit by hand: every byte where it was, all or nothing, and a commit when one is wanted.

Knows YAML and disks, and nothing of what the files are about.

    EditingError
    ├── CannotRewrite    a value stands where it cannot be changed without rearranging the rest
    ├── ChangeRefused    the check finds errors in what was to be written
    ├── FileUnreadable   the file is broken; the problems say where
    └── NotSaved         the disk is full, or the folder may not be written; what stood before stands
"""

from frontdesk.editing.edited_file import EditedFile, Version, Written
from frontdesk.editing.errors import CannotRewrite, ChangeRefused, EditingError, FileUnreadable, NotSaved

__all__ = ["CannotRewrite", "ChangeRefused", "EditedFile", "EditingError", "FileUnreadable", "NotSaved", "Version", "Written"]

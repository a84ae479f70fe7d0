"""What somebody typed, as a file can hold it."""

from __future__ import annotations

import re

from frontdesk.text.normalise import collapse_whitespace

# What no YAML file may hold, and the mark of byte order, which nobody sees. A line break is no part of a line.
_UNWRITABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")


def tidy_line(text: str) -> str:
    r"""Return the text as one line of what a file can hold.

    >>> tidy_line(" how \n much\x00 ")
    'how much'
    """
    return collapse_whitespace(_UNWRITABLE.sub("", collapse_whitespace(text)))


def tidy_text(text: str) -> str:
    r"""Return the text with its lines, and nothing in it that a file cannot hold.

    >>> tidy_text("\r\n One. \r\n\r\n- Two\x00\n")
    'One.\n\n- Two'
    """
    lines = _UNWRITABLE.sub("", _BREAK.sub("\n", text)).replace("\t", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()

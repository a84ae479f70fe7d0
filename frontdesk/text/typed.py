"""What may a visitor's typed text be to Rasa? Text, and never a command.

Every door through which typed text reaches Rasa uses `clean_text`: the gateway, the channel, and the in-process agent.
"""

from __future__ import annotations

import re
import unicodedata

from frontdesk.text.normalise import collapse_whitespace, strip_invisible

_COMMAND = re.compile(r"[\s/]+")


def clean_text(text: str) -> str:
    r"""Return typed text as Rasa may read it: one visible line that is never a command.

    Rasa takes text that starts with a slash for an intent with entities, and strips every white space of Unicode
    before it looks. Look-alikes of the slash are folded into it first.

    >>> clean_text("  /book_appointment{}")
    'book_appointment{}'
    >>> clean_text("\u200b/\uff0f /restart")
    'restart'
    >>> clean_text("\xa0/crisis")
    'crisis'
    """
    before = None
    # What is removed can bring together what NFKC folds, so the steps run until nothing changes.
    while text != before:
        before = text
        text = collapse_whitespace(strip_invisible(unicodedata.normalize("NFKC", strip_invisible(text))))
        if found := _COMMAND.match(text):
            text = text[found.end() :]
    return text

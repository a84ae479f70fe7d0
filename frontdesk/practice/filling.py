"""Fill a text with facts: `{prices.first_visit}` becomes "$120", and a line whose fact is unknown goes.

What a placeholder is, `frontdesk/text/placeholders.py` says; Rasa's own `{slot}` is none and passes through untouched.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from frontdesk.text.placeholders import FACT, placeholders

_TELEPHONE_LINK = re.compile(r"\(tel:[^)\n]*\)")


@dataclass(frozen=True)
class Filled:
    """A text after filling."""

    text: str
    """What may be shown; empty when every line was about something unknown."""
    missing: tuple[str, ...]
    """Names of the facts that were unknown, in the order in which the text asked for them."""


def fill(text: str, value: Callable[[str], str | None]) -> Filled:
    r"""Fill every placeholder; a line that needs an unknown fact is dropped whole.

    >>> fill("A first visit is {prices.first_visit}.\nPacks: {prices.packages}", {"prices.first_visit": "$120"}.get)
    Filled(text='A first visit is $120.', missing=('prices.packages',))

    In a telephone link the spaces of a printed number go, since a phone cannot dial them.

    >>> fill("[{contact.phone}](tel:{contact.phone})", {"contact.phone": "+1 503 555 0142"}.get).text
    '[+1 503 555 0142](tel:+15035550142)'
    """
    kept: list[str] = []
    missing: dict[str, None] = {}
    for line in text.split("\n"):
        unknown = [name for name in placeholders(line) if value(name) is None]
        if unknown:
            missing.update(dict.fromkeys(unknown))
        else:
            filled = FACT.sub(lambda found: str(value(found[1])), line)
            kept.append(_TELEPHONE_LINK.sub(lambda link: "".join(link[0].split()), filled))
    return Filled(re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), tuple(missing))

"""Fill a text with facts: `{prices.first_visit}` becomes "$120", and a line whose fact is unknown goes.

Only dotted names are placeholders here, so that Rasa's own `{slot}` passes through untouched.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")


@dataclass(frozen=True)
class Filled:
    """A text after filling."""

    text: str
    """What may be shown; empty when every line was about something unknown."""
    missing: tuple[str, ...]
    """Names of the facts that were unknown, in the order in which the text asked for them."""


def placeholders(text: str) -> list[str]:
    """Return the names of the facts that a text asks for, in order.

    >>> placeholders("Call {contact.phone} or write to {contact.email}. {slot}")
    ['contact.phone', 'contact.email']
    """
    return _PLACEHOLDER.findall(text)


def fill(text: str, value: Callable[[str], str | None]) -> Filled:
    r"""Fill every placeholder; a line that needs an unknown fact is dropped whole.

    >>> fill("A first visit is {prices.first_visit}.\nPacks: {prices.packages}", {"prices.first_visit": "$120"}.get)
    Filled(text='A first visit is $120.', missing=('prices.packages',))
    """
    kept: list[str] = []
    missing: dict[str, None] = {}
    for line in text.split("\n"):
        unknown = [name for name in placeholders(line) if value(name) is None]
        if unknown:
            missing.update(dict.fromkeys(unknown))
        else:
            kept.append(_PLACEHOLDER.sub(lambda found: str(value(found[1])), line))
    return Filled(re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), tuple(missing))

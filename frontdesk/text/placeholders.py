"""Which facts of the clinic does a text ask for: `{prices.first_visit}`.

Only dotted names in small letters are placeholders, so that Rasa's own `{slot}` is something else.
"""

import re

FACT = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")
"""A placeholder; its group is the fact's name."""


def placeholders(text: str) -> list[str]:
    """Return the names of the facts that a text asks for, in order.

    >>> placeholders("Call {contact.phone} or write to {contact.email}. {slot}")
    ['contact.phone', 'contact.email']
    """
    return FACT.findall(text)

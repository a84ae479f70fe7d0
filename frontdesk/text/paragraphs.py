"""Where does one paragraph of a text end and the next begin?"""

import re

_BLANK_LINES = re.compile(r"\n\s*\n")


def split_paragraphs(text: str) -> list[str]:
    r"""Return the paragraphs of a text, which one or more blank lines separate; a line of spaces is blank.

    >>> split_paragraphs("One.\n  \nTwo,\nstill two.\n\n\nThree.")
    ['One.', 'Two,\nstill two.', 'Three.']
    """
    return [part for part in _BLANK_LINES.split(text.strip()) if part]

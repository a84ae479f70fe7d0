"""What a visitor's words about time mean: a filter over real openings. Pure; the clock is passed in.

`tokens` cuts a message. Two small grammars name days (`day_phrases`, over `dates`, `weeks` and `names`) and times of day (`clock`).
`clauses` finds what is ruled out, `reading` puts it together as a `wish`. The words stand in `words.yml`.
"""

from frontdesk.booking.when.reading import read_when
from frontdesk.booking.when.wish import Flag, Span, When

__all__ = ["Flag", "Span", "When", "read_when"]

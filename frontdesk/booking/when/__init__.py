"""What a visitor's words about time mean: a filter over real openings. Pure; the clock is passed in.

`tokens` cuts a message. Two small grammars name days (`day_phrases`, over `dates`, `weeks` and `names`) and times of day (`clock`).
`items` puts pieces and cues in order. `taken_back`, `journeys`, `references` and `occupied` read what is meant without a "not", `marking`
finds how far each cue reaches (`reach`), `clauses` is all of that. `reading` puts the pieces together
as a `wish`. The words stand in `words.yml`.
"""

from frontdesk.booking.when.reading import read_when
from frontdesk.booking.when.wish import Flag, Span, When

__all__ = ["Flag", "Span", "When", "read_when"]

"""Topic files as people write them by hand, and drafts as people fill them in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from hypothesis import strategies as st

from frontdesk.faq.editing.draft import Draft, read_draft
from frontdesk.faq.editing.rewriting import parse_text

PLAIN = """\
version: "3.1"

nlu:
  - intent: faq/parking
    examples: |
      - where can I park
      - parking?
      - is there a garage  nearby
      - my mum can't walk far, where do I stop 🚗

responses:
  utter_faq/parking:
    - text: |-
        There is a lot behind the house.

        **Note:** it fills up early.
        - {location.parking}
      metadata:
        title: Where to park
        kind: [clinic, evidence]
        claims: [byline, date]
        sources: [nccih]
        owner: front desk
        clinician: null
        reviewed: "2026-11-24"
        review_by: "2027-05-24"
"""

# Ways in which a hand may have written the same; each is a text of the file above and what stands there instead.
HABITS = {
    "a comment on top": ('version: "3.1"', '# Ann looks after this file\nversion: "3.1"'),
    "a comment behind a value": ("owner: front desk", "owner: front desk   # ask Ann first"),
    "a comment between keys": ("        owner:", "        # who is asked\n        owner:"),
    "a comment below the examples": ("\nresponses:", "    # more to come\n\nresponses:"),
    "blanks in brackets": ("kind: [clinic, evidence]", "kind: [ clinic,evidence ]"),
    "wide blanks": ("title: Where", "title:    Where"),
    "quotes": ("title: Where to park", "title: 'Where to park'"),
    "double quotes": ("owner: front desk", 'owner: "front desk"'),
    "a list with lines": ("claims: [byline, date]", "claims:\n          - byline\n          # of the article\n          - date"),
    "a list not indented": ("sources: [nccih]", "sources:\n        - nccih"),
    "nothing for nobody": ("clinician: null", "clinician:"),
    "a tilde for nobody": ("clinician: null", "clinician: ~"),
    "indented further": ("  - intent: faq/parking\n    examples", "  -  intent: faq/parking\n     examples"),
    "blank lines": ("\nnlu:", "\n\n\nnlu:"),
    "blank lines after the examples": ("\nresponses:", "\n\n\nresponses:"),
    "blanks at the end of a line": ("early.\n", "early.  \n"),
    "another block sign": ("text: |-", "text: |"),
    "a comment behind the block sign": ("examples: |", "examples: |  # one a line"),
    "an answer in one line": (
        "|-\n        There is a lot behind the house.\n\n        **Note:** it fills up early.\n        - {location.parking}",
        '"There is a lot behind the house.\\n\\nNote: it fills up early."',
    ),
    "no line break at the end": ('review_by: "2027-05-24"\n', 'review_by: "2027-05-24"'),
    "a mark of byte order": ("version:", "\ufeffversion:"),
    "line ends of Windows": ("\n", "\r\n"),
}


def path_of(name: str = "parking") -> Path:
    """Return a topic's file, which need not be there."""
    return Path("data/faq") / f"{name}.yml"


def written_by_hand(habits: list[str]) -> str:
    """Return the plain file with some habits of a hand in it."""
    text = PLAIN
    for habit in sorted(habits, key=list(HABITS).index):
        change, to = HABITS[habit]
        text = text.replace(change, to)
    return text


def draft_of(text: str, name: str = "parking") -> Draft:
    """Return what a file says."""
    return read_draft(parse_text(text, path_of(name))[0])


hand_written = st.lists(st.sampled_from(list(HABITS)), unique=True).map(written_by_hand)

_anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_line = st.one_of(
    _anything, st.sampled_from(["null", "yes", "- x", "a: b", "# no", "{x}", "[a, b]", "'", '"', "2026-11-24", "=1+1", "<script>"])
)
_names = st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), unique=True, max_size=4).map(tuple)
_day = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


@st.composite
def drafts(draw: st.DrawFn, before: Draft) -> Draft:
    """Draw a draft that differs from what was there in any of its parts."""
    kept = draw(st.lists(st.sampled_from(before.examples), unique=True)) if before.examples else []
    new = draw(st.lists(_line, max_size=5))
    return Draft(
        title=draw(st.just(before.title) | _line),
        kinds=draw(st.just(before.kinds) | _names.filter(bool)),
        answer=draw(st.just(before.answer) | st.lists(_line, max_size=6).map("\n".join)),
        examples=tuple(draw(st.permutations([*kept, *new]))),
        owner=draw(st.just(before.owner) | _line),
        reviewed=draw(st.just(before.reviewed) | _day),
        review_by=draw(st.just(before.review_by) | _day),
        claims=draw(st.just(before.claims) | _names),
        sources=draw(st.just(before.sources) | _names),
        clinician=draw(st.just(before.clinician) | _line),
    )

"""Which Markdown a reply may use, and where its links may lead.

The chat window shows bold, lists and links, and everything else as the signs that were typed.
Which websites a reply may name is in `allowed_links.yml`; phone numbers and addresses of the clinic come as `{clinic.fact}`.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from frontdesk.text.placeholders import FACT

_ALLOWED_LINKS = Path(__file__).with_name("allowed_links.yml")

LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\n]*)\)")
_BARE_ADDRESS = re.compile(r"https?://|\bwww\.|\b[\w.+-]+@[\w-]+\.\w+")

_NOT_SHOWN = (
    (
        re.compile(r"</?[a-zA-Z!][^>\n]*>|&[a-zA-Z]+;|&#\d+;"),
        "HTML is shown as typed; use **bold**, '- ' lists or [links](https://...) instead",
    ),
    (re.compile(r"^\s{0,3}#{1,6}\s"), "headings are not shown in the chat; use **bold** or a plain sentence"),
    (re.compile(r"^\s*(?:[*+\u2022\u2013]|\d+[.)])\s"), "start each item of a list with '- '"),
    (re.compile(r"^\s+- "), "a list inside a list is not shown; start the line with '- '"),
    (re.compile(r"^\s*>"), "quotation blocks are not shown in the chat; write a plain sentence"),
    (re.compile(r"`"), "backquotes are not shown as code; leave them out"),
    (re.compile(r"!\["), "pictures are not shown in the chat; leave it out"),
    (re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,})\s*$"), "lines across are not shown in the chat; use a blank line"),
    (
        re.compile(r"(?<![*\w])\*(?!\*)[^*\n]+\*(?!\*)|(?<![\w/_])_[^_\n{}]+_(?!\w)|~~"),
        "italics are not shown in the chat; use **bold** or nothing",
    ),
    (re.compile(r"^\s*\|.*\|"), "tables are not shown in the chat; use a list"),
)


@cache
def allowed_hosts() -> frozenset[str]:
    """Return the websites that replies may link to."""
    return frozenset(yaml.safe_load(_ALLOWED_LINKS.read_text(encoding="utf-8"))["hosts"])


def without_link_targets(text: str) -> str:
    """Return the text with only the visible words of its links.

    >>> without_link_targets("See [the page](https://www.nhs.uk/x).")
    'See the page.'
    """
    return LINK.sub(r"\1", text)


def check_markdown(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line of the text from 0, what is wrong) for everything the chat would not show or may not link to."""
    for number, line in enumerate(text.split("\n")):
        for sign, message in _NOT_SHOWN:
            if sign.search(line):
                yield number, message
        if line.count("**") % 2:
            yield number, "** opens bold and nothing closes it on this line; add the second **"
        for found in LINK.finditer(line):
            if wrong := _check_link(found[1], found[2]):
                yield number, wrong
        rest = LINK.sub("", line)
        if re.search(r"\]\s*\(|\[[^\]]*$", rest):
            yield number, "this link is not complete; write [words](https://...) without a space or line break in it"
        if _BARE_ADDRESS.search(rest):
            yield number, "a web or e-mail address stands here as text; write {contact.email} and the like, or [words](https://...)"


def _check_link(words: str, target: str) -> str | None:
    if not words.strip():
        return "this link has no words to tap; put some between the square brackets"
    scheme = target.partition(":")[0].lower()
    if scheme in ("tel", "mailto"):
        return None if FACT.search(target) else f"'{target}' must come from the clinic's facts; write {scheme}:{{contact....}}"
    if FACT.fullmatch(target):
        return None
    if scheme not in ("http", "https"):
        return f"a link may start with https:, tel: or mailto: only, not '{target}'"
    try:
        host = (urlsplit(target).hostname or "").removeprefix("www.")
    except ValueError:
        return f"'{target}' is not a web address"
    if any(host == allowed or host.endswith(f".{allowed}") for allowed in allowed_hosts()):
        return None
    return f"replies may not link to '{host}'; use a clinic fact such as {{contact.booking_url}}, or have it added to allowed_links.yml"

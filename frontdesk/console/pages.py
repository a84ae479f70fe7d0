"""Templates to pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from frontdesk.console.keys import FORM_KEY, PERSON, TEMPLATES

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


def load_templates() -> Environment:
    """Return the templates; whatever is filled in is escaped, and a name that is not there is an error."""
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def sentence(text: str) -> str:
    """Return what an error says as a sentence; of nothing it is nothing.

    >>> sentence("choose a file first"), sentence("It is gone."), sentence("")
    ('Choose a file first.', 'It is gone.', '')
    """
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def render(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """Return a page; every template is given who is signed in, the form key, and which page this is."""
    page = request.app[TEMPLATES].get_template(template)
    text = page.render(person=request.get(PERSON), form_key=request.get(FORM_KEY, ""), path=request.path, **values)
    return web.Response(text=text, content_type="text/html", status=status)

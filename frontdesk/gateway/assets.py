"""The widget's files and the demo page, read once and served from memory."""

import hashlib
import html
from dataclasses import dataclass
from pathlib import Path

from frontdesk.gateway.errors import SettingsError
from frontdesk.gateway.wording import telephone_href
from frontdesk.practice import Practice, fill

_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    content_type: str
    etag: str

    @classmethod
    def of(cls, body: bytes, suffix: str) -> "Asset":
        """Return a file's content with its type and its fingerprint."""
        return cls(body, _TYPES[suffix], hashlib.sha256(body).hexdigest()[:32])


def load_assets(widget: Path, practice: Practice) -> dict[str, Asset]:
    """Return what is served, by path: /widget.js, /widget/*.js, /demo/*, and the demo page at /.

    Raises:
        SettingsError: When the folder is not the widget's.
    """
    try:
        launcher = Asset.of((widget / "widget.js").read_bytes(), ".js")
        page = fill_page((widget / "demo" / "index.html").read_text(encoding="utf-8"), practice)
    except (OSError, UnicodeDecodeError) as err:
        raise SettingsError(f"{widget}: is not the widget's folder: {err}") from err
    assets = {"/widget.js": launcher, "/": Asset.of(page.encode(), ".html")}
    assets |= {f"/widget/{file.name}": Asset.of(file.read_bytes(), ".js") for file in sorted(widget.glob("*.js"))}
    assets |= {
        f"/demo/{file.name}": Asset.of(file.read_bytes(), file.suffix)
        for file in sorted((widget / "demo").iterdir())
        if file.suffix in (".css", ".svg")
    }
    return assets


def fill_page(page: str, practice: Practice) -> str:
    """Return a page with the clinic's facts; a line that needs an unknown fact is left out.

    `{contact.phone_href}` is the link that dials `contact.phone`.
    """

    def value(name: str) -> str | None:
        phone = practice.value("contact.phone")
        if name == "contact.phone_href":
            return telephone_href(phone) if phone else None
        fact = practice.value(name)
        return html.escape(fact) if fact is not None else None

    return fill(page, value).text + "\n"

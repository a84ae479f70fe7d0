"""The widget's files and the demo page, read once, made small, and served from memory.

What a page loads at first, `widget.js`, holds the clinic's words, colours, phone number and booking page, and the chat window,
`widget/panel.<language>.js`, holds what `GET /v1/config` says: each is one request, and what an emergency needs is there even
if the gateway no longer answers. The window has its version in its address, so that a browser never asks for it twice.
"""

import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from frontdesk.gateway.bundle import join_modules, minify
from frontdesk.gateway.errors import SettingsError
from frontdesk.gateway.translations import FIRST_LANGUAGE, Translation
from frontdesk.gateway.wording import telephone_href
from frontdesk.practice import Practice, fill
from frontdesk.practice.theme import load_theme

_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
_PLACES = {"widget.js": "/** @type {Clinic} */ ({})", "panel.js": "/** @type {Config} */ ({})"}
"""Where in each file the gateway's knowledge goes."""
_LAUNCHER_WORDS = ("launcher", "failed", "book")


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    content_type: str
    etag: str
    gzipped: bytes = field(repr=False)
    """The same, for a browser that can unpack it."""
    version: str = ""
    """What stands in an address that is kept for ever."""

    @classmethod
    def of(cls, body: bytes, suffix: str, version: str = "") -> "Asset":
        """Return a file's content with its type and its fingerprint."""
        return cls(body, _TYPES[suffix], hashlib.sha256(body).hexdigest()[:32], gzip.compress(body, 9, mtime=0), version)


def load_assets(widget: Path, practice: Practice, config: Mapping[str, Any], translations: Mapping[str, Translation]) -> dict[str, Asset]:
    """Return what is served, by path: /widget.js, /widget/panel.en.js and its like, /demo/*, and the demo page at /.

    Args:
        widget: The widget's folder.
        practice: The clinic's facts.
        config: What `GET /v1/config` answers, in the first language.
        translations: The other languages.

    Raises:
        SettingsError: When the folder is not the widget's.
    """
    configs = {FIRST_LANGUAGE: config} | {language: words.apply(config, language) for language, words in translations.items()}
    try:
        window = join_modules(widget / "panel.js")
        launcher = (widget / "widget.js").read_text(encoding="utf-8")
        page = fill_page((widget / "demo" / "index.html").read_text(encoding="utf-8"), practice)
    except (OSError, UnicodeDecodeError) as err:
        raise SettingsError(f"{widget}: is not the widget's folder: {err}") from err
    windows = {language: _told(window, widget / "panel.js", known) for language, known in configs.items()}
    version = hashlib.sha256("".join(windows.values()).encode()).hexdigest()[:12]
    assets = {
        "/": Asset.of(page.encode(), ".html"),
        "/widget.js": Asset.of(_told(launcher, widget / "widget.js", launcher_facts(practice, configs, version)).encode(), ".js"),
    }
    assets |= {f"/widget/panel.{language}.js": Asset.of(code.encode(), ".js", version) for language, code in windows.items()}
    assets |= {
        f"/demo/{file.name}": Asset.of(file.read_bytes(), file.suffix)
        for file in sorted((widget / "demo").iterdir())
        if file.suffix in (".css", ".svg")
    }
    return assets


def launcher_facts(practice: Practice, configs: Mapping[str, Mapping[str, Any]], version: str) -> dict[str, object]:
    """Return what the button needs to know of the clinic; what is not known is empty."""
    phone, booking = practice.value("contact.phone"), practice.value("contact.booking_url")
    return {
        "strings": {language: {name: config["strings"][name] for name in _LAUNCHER_WORDS} for language, config in configs.items()},
        "links": [*([[telephone_href(phone), phone]] if phone else []), *([[booking, ""]] if booking else [])],
        "css": render_theme(load_theme(practice)),
        "version": version,
    }


def render_theme(theme: Mapping[str, str]) -> str:
    """Return a theme as the rules that the widget puts behind its own.

    >>> render_theme({"accent": "#5b2a86", "side": "start"})
    ':host{--accent:#5b2a86;--at:var(--edge) auto}'
    """
    rules = [f"--{key.replace('_', '-')}:{value}" for key, value in theme.items() if key != "side"]
    if theme.get("side") == "start":
        rules.append("--at:var(--edge) auto")
    return f":host{{{';'.join(rules)}}}" if rules else ""


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


def _told(code: str, path: Path, known: Mapping[str, Any]) -> str:
    """Return a module made small, with what it is told in the place for it."""
    place = _PLACES[path.name]
    if code.count(place) != 1:
        raise SettingsError(f"{path}: has no '{place}' for what the gateway knows")
    return minify(code.replace(place, json.dumps(known, ensure_ascii=False, separators=(",", ":"))))

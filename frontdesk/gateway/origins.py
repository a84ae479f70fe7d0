"""Which website does a request come from, and may it use the chat?"""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit


def request_origin(headers: Mapping[str, str]) -> str | None:
    """Return the website that a request comes from; `None` when no browser page sent it.

    Browsers leave `Origin` out of a GET to the page's own server, so `Referer` stands in.

    >>> request_origin({"Referer": "https://clinic.example/visit?x=1"})
    'https://clinic.example'
    """
    if "Origin" in headers:
        return headers["Origin"].lower()
    try:
        parts = urlsplit(headers.get("Referer", ""))
    except ValueError:
        # No browser sends it, and whoever does gets no more for it than a page without an address.
        return "null"
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else None


def is_allowed(origin: str | None, host: str, allowed: Collection[str]) -> bool:
    """Say whether a website may use the chat: those on the list, the gateway's own pages, and what is no website.

    >>> is_allowed("https://chat.clinic.example", "chat.clinic.example", [])
    True
    >>> is_allowed("null", "chat.clinic.example", [])
    False
    """
    return origin is None or origin in allowed or origin in (f"https://{host.lower()}", f"http://{host.lower()}")

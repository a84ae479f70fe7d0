"""Forms of a page as a browser sends them: every field with what stands in it, changed or not."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from aiohttp import FormData

from tests.console.conftest import Visit

Fields = list[tuple[str, str]]


class _Reader(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.fields = action, []
        self.found = self._inside = False
        self._text: list[str] | None = None
        self._name = self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._value: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self._inside = given.get("action") == self.action
            self.found = self.found or self._inside
        if not self._inside:
            return
        if tag == "input" and given.get("name") and given.get("type") != "file":
            if given.get("type") != "checkbox" or "checked" in given:
                self.fields.append((given["name"], given.get("value") or ""))
        elif tag == "textarea":
            self._name, self._text = given["name"], []
        elif tag == "select":
            self._select, self._options = given["name"], []
        elif tag == "option" and self._select:
            self._value, self._text = given.get("value"), []
            self._options.append(("", "selected" in given))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._text is not None:
            # The first line break behind the tag is none of the text.
            self.fields.append((self._name, "".join(self._text).removeprefix("\n")))
            self._text = None
        elif tag == "option" and self._select:
            text = "".join(self._text or [])
            self._options[-1] = (text if self._value is None else self._value, self._options[-1][1])
            self._text = None
        elif tag == "select" and self._select:
            self.fields.append((self._select, next((value for value, is_chosen in self._options if is_chosen), self._options[0][0])))
            self._select = ""


def form_in(page: str, action: str) -> Fields:
    """Return the fields of the form that is sent to this address."""
    reader = _Reader(action)
    reader.feed(page)
    assert reader.found, f"no form is sent to {action}"
    return reader.fields


def changed(fields: Fields, **changes: str | list[str]) -> Fields:
    """Return the fields with other values for some names; several for one that is there more than once."""
    kept = [(name, value) for name, value in fields if name not in changes]
    return kept + [(name, value) for name, values in changes.items() for value in ([values] if isinstance(values, str) else values)]


async def send(visit: Visit, path: str, fields: Fields | FormData) -> tuple[int, str, str]:
    """Send a form, with line breaks as browsers send them; return the status, the page and where it leads."""
    data: Any = fields
    if not isinstance(fields, FormData):
        data = FormData([(name, value.replace("\n", "\r\n")) for name, value in fields])
    async with visit._client.post(path, data=data, headers=visit.headers, allow_redirects=False) as answer:
        return answer.status, await answer.text(), answer.headers.get("Location", "")

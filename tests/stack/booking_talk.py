"""A visitor who books: says things, presses buttons, and reads."""

from __future__ import annotations

import re
from typing import Any

from tests.stack.visitor import Visitor


class Talk:
    """One conversation with what was read last."""

    def __init__(self, address: str) -> None:
        self.visitor = Visitor(address)
        self.messages: list[dict[str, Any]] = self.visitor.welcome
        self.reference = ""

    def say(self, text: str) -> str:
        """Type something and return all that is read in reply."""
        return self._take(*self.visitor.say(text))

    def press(self, wanted: str | int) -> str:
        """Press the first button with these words, or the one of that number, and return all that is read in reply."""
        return self._take(*self.visitor.choose(self.button(wanted)))

    def button(self, wanted: str | int) -> str:
        """Return the id of a button that was shown last."""
        buttons = self._buttons()
        if isinstance(wanted, int):
            return buttons[wanted - 1][1]
        return next(choice for title, choice in buttons if wanted.lower() in title.lower())

    def text(self) -> str:
        """Return all that is read: texts, what stands on buttons, and rows of summaries."""
        parts = [message.get("text", "") for message in self.messages]
        parts += [f"{row['label']}: {row['value']}" for message in self.messages for row in message.get("rows", [])]
        return "\n".join([*parts, *(title for title, _ in self._buttons())])

    def _buttons(self) -> list[tuple[str, str]]:
        return [
            (choice.get("title") or choice["label"], choice["id"])
            for message in self.messages
            for choice in [*message.get("openings", []), *message.get("choices", [])]
        ]

    def _take(self, status: int, reply: dict[str, Any]) -> str:
        assert status == 200, reply
        self.messages = reply["messages"]
        read = self.text()
        if given := re.search(r"reference is \*\*(\S+)\*\*", read):
            self.reference = given[1]
        return read

"""Who is compared: a page each, and where in it one clicks, types and closes.

`opener`, `field` and `closer` are CSS selectors, looked up in every shadow root too.
"""

from dataclasses import dataclass

from benchmarks.widgets.packages import VERSIONS

_SITE_BUTTON = "#open-chat"


@dataclass(frozen=True)
class Entrant:
    """One way to have a chat on a page."""

    name: str
    package: str | None
    """In the npm registry; `None` is this project."""
    opener: str
    field: str
    closer: str
    """A button that closes the chat again; for a package without one, the button of the site."""
    has_launcher: bool
    """Whether the button that opens the chat is the package's own. If not, it is a plain one of the page."""

    @property
    def page(self) -> str:
        """The file under `pages/` that is put at the end of the site's page."""
        return f"{self.name.replace(' ', '-')}.html"

    @property
    def version(self) -> str:
        """What is measured: the version in the registry, or what stands in this tree."""
        return VERSIONS[self.package] if self.package else "in this tree"


NOTHING = Entrant("nothing", None, "", "", "", False)
"""The page alone, for what a chat does to its loading."""

FRONTDESK = Entrant("frontdesk", None, "[part=launcher]", "textarea", ".head button:last-of-type", True)

PLAIN = Entrant("plain", None, _SITE_BUTTON, "textarea", _SITE_BUTTON, False)
"""A button that shows a text field and a list, without any package: the least that this browser on this machine can take."""

ENTRANTS = (
    PLAIN,
    FRONTDESK,
    Entrant("deep-chat", "deep-chat", _SITE_BUTTON, "#text-input", _SITE_BUTTON, False),
    Entrant("deep-chat on click", "deep-chat", _SITE_BUTTON, "#text-input", _SITE_BUTTON, False),
    Entrant("rasa-webchat", "rasa-webchat", ".rw-launcher", ".rw-new-message", ".rw-close-button, .rw-launcher", True),
    Entrant("botframework", "botframework-webchat", _SITE_BUTTON, ".webchat__send-box-text-box__input", _SITE_BUTTON, False),
    Entrant(
        "botframework minimal on click", "botframework-webchat", _SITE_BUTTON, ".webchat__send-box-text-box__input", _SITE_BUTTON, False
    ),
)
"""Packages without a launcher are there twice: in the page from the start, as they document it, and loaded by a click."""

"""What a request can be answered with instead of a reply.

GatewayError
├── InvalidBody            400
├── TokenInvalid           401
├── OriginNotAllowed       403
├── TokenForeign           403
├── UnknownConversation    404
├── LinkUnknown            404
├── UnknownChoice          409
├── TopicNotServed         409
├── LinkSpent              410
├── MessageTooLong         413
├── WrongContentType       415
├── TooManyRequests        429
├── AssistantUnavailable   503
└── BookingUnavailable     503
SettingsError

The sentence a visitor reads is `errors.<code>` in `clinic/wording.yml`.
"""

from typing import ClassVar


class SettingsError(Exception):
    """Raised when an environment variable or a file of the clinic cannot be used; the message names it."""


class GatewayError(Exception):
    """Raised when a request gets the error JSON; a subclass says which."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"

    def __init__(self, detail: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        """For the web master, never anything that a visitor wrote."""
        self.headers = headers or {}


class InvalidBody(GatewayError):
    """Raised when a body is not JSON or is not what the OpenAPI document describes."""

    status = 400
    code = "invalid_body"


class TokenInvalid(GatewayError):
    """Raised when the bearer token is missing, forged or has expired."""

    status = 401
    code = "token_invalid"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class OriginNotAllowed(GatewayError):
    """Raised when a page that is not on the list asks for a conversation."""

    status = 403
    code = "origin_not_allowed"


class TokenForeign(GatewayError):
    """Raised when a genuine token is used for another conversation or from another page than its own."""

    status = 403
    code = "token_foreign"


class UnknownConversation(GatewayError):
    """Raised when the conversation was erased, has been purged, or never was."""

    status = 404
    code = "unknown_conversation"


class UnknownChoice(GatewayError):
    """Raised when a choice is none of those offered last."""

    status = 409
    code = "unknown_choice"


class TopicNotServed(GatewayError):
    """Raised when feedback is about an answer that this conversation did not get."""

    status = 409
    code = "topic_not_served"


class MessageTooLong(GatewayError):
    """Raised when a message has too many characters, or a body too many bytes."""

    status = 413
    code = "message_too_long"


class WrongContentType(GatewayError):
    """Raised when a body is not labelled `application/json`."""

    status = 415
    code = "wrong_content_type"


class TooManyRequests(GatewayError):
    """Raised when an address or a conversation asks faster than people do."""

    status = 429
    code = "too_many_requests"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after_s)})


class AssistantUnavailable(GatewayError):
    """Raised when Rasa does not answer and the guard has nothing to say."""

    status = 503
    code = "unavailable"


class LinkUnknown(GatewayError):
    """Raised when the link to an appointment is damaged or made up, or to a feed is not the one of today."""

    status = 404
    code = "link_gone"


class LinkSpent(GatewayError):
    """Raised when the link to an appointment is too old, or the appointment has changed since."""

    status = 410
    code = "link_gone"


class BookingUnavailable(GatewayError):
    """Raised when the appointments, or the clinic's system behind them, cannot be used now."""

    status = 503
    code = "booking_unavailable"

"""Typed keys of what one application holds."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from frontdesk.booking.office import Office
from frontdesk.gateway.appointment_page import Letterhead
from frontdesk.gateway.assets import Asset
from frontdesk.gateway.limits import Limit
from frontdesk.gateway.metrics import Metrics
from frontdesk.gateway.rasa_client import RasaClient
from frontdesk.gateway.settings import Settings
from frontdesk.gateway.tokens import Tokens
from frontdesk.gateway.translations import Translation
from frontdesk.gateway.turns import Turns
from frontdesk.gateway.wording import Wording


@dataclass(frozen=True)
class Limits:
    """The three limits of the gateway."""

    starts: Limit
    """Conversations started by one address."""
    address: Limit
    """Requests of one address."""
    conversation: Limit
    """Messages in one conversation."""


SETTINGS = web.AppKey("settings", Settings)
RASA = web.AppKey("rasa", RasaClient)
TURNS = web.AppKey("turns", Turns)
TOKENS = web.AppKey("tokens", Tokens)
LIMITS = web.AppKey("limits", Limits)
METRICS = web.AppKey("metrics", Metrics)
WORDING = web.AppKey("wording", Wording)
TRANSLATIONS = web.AppKey("translations", dict[str, Translation])
CONFIG = web.AppKey("config", dict[str, object])
ASSETS = web.AppKey("assets", dict[str, Asset])
OFFICE = web.AppKey("office", Office)
LETTERHEAD = web.AppKey("letterhead", Letterhead)
CLOCK: web.AppKey[Callable[[], float]] = web.AppKey("clock")

REQUEST_ID = web.RequestKey("request_id", str)

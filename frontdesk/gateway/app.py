"""The one place where the gateway's objects are made."""

import time
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from frontdesk.gateway import pages, views
from frontdesk.gateway.assets import load_assets
from frontdesk.gateway.keys import ASSETS, CLOCK, CONFIG, LIMITS, METRICS, RASA, SETTINGS, TOKENS, TURNS, WORDING, Limits
from frontdesk.gateway.limits import Limit
from frontdesk.gateway.metrics import Metrics
from frontdesk.gateway.middleware import MIDDLEWARES
from frontdesk.gateway.rasa_client import RasaClient
from frontdesk.gateway.settings import Settings
from frontdesk.gateway.standby import Standby
from frontdesk.gateway.tokens import Tokens
from frontdesk.gateway.turns import Turns
from frontdesk.gateway.wording import load_wording, render_config
from frontdesk.practice import Practice, load_practice
from frontdesk.safety.record import AlarmRecord


def create_app(
    settings: Settings,
    *,
    rasa: RasaClient | None = None,
    practice: Practice | None = None,
    standby: Standby | None = None,
    record: AlarmRecord | None = None,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """Return the gateway; what is not given is made from the settings.

    Raises:
        SettingsError: When a file of the clinic or the widget cannot be used.
        PracticeError: When the clinic's facts cannot be read.
    """
    practice = practice or load_practice(settings.clinic_dir)
    standby = standby or Standby.load(settings.clinic_dir, practice)
    rasa = rasa or RasaClient(settings.rasa_url, timeout_s=settings.rasa_timeout_s)
    wording = load_wording(settings.clinic_dir, practice)
    metrics = Metrics()

    app = web.Application(middlewares=MIDDLEWARES, client_max_size=settings.body_bytes)
    app[SETTINGS] = settings
    app[CLOCK] = clock
    app[METRICS] = metrics
    app[WORDING] = wording
    app[CONFIG] = render_config(wording, practice, standby.general_card(), message_characters=settings.message_characters)
    app[ASSETS] = load_assets(settings.widget_dir, practice)
    app[RASA] = rasa
    app[TURNS] = Turns(rasa, standby, wording, metrics, record or AlarmRecord.of_installation(), emergency_wait_s=settings.emergency_wait_s)
    app[TOKENS] = Tokens(settings.secret, lifetime_s=settings.token_lifetime_s, clock=clock)
    app[LIMITS] = Limits(
        starts=Limit(settings.starts_per_minute, clock=clock),
        address=Limit(settings.address_per_minute, clock=clock),
        conversation=Limit(settings.conversation_per_minute, clock=clock),
    )
    app.add_routes(views.routes)
    app.add_routes(pages.routes)
    app.cleanup_ctx.append(_connect_rasa)
    return app


async def _connect_rasa(app: web.Application) -> AsyncIterator[None]:
    async with app[RASA]:
        yield

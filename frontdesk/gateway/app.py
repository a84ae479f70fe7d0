"""The one place where the gateway's objects are made."""

import time
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from frontdesk.booking.office import Office, open_office
from frontdesk.gateway import appointments, feeds, pages, views
from frontdesk.gateway.appointment_page import Letterhead
from frontdesk.gateway.assets import load_assets
from frontdesk.gateway.keys import (
    ASSETS,
    CLOCK,
    CONFIG,
    LETTERHEAD,
    LIMITS,
    METRICS,
    OFFICE,
    RASA,
    SETTINGS,
    TOKENS,
    TRANSLATIONS,
    TURNS,
    WORDING,
    Limits,
)
from frontdesk.gateway.limits import Limit
from frontdesk.gateway.metrics import Metrics
from frontdesk.gateway.middleware import MIDDLEWARES
from frontdesk.gateway.rasa_client import RasaClient
from frontdesk.gateway.settings import Settings
from frontdesk.gateway.standby import Standby
from frontdesk.gateway.tokens import Tokens
from frontdesk.gateway.translations import load_translations
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
    office: Office | None = None,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """Return the gateway; what is not given is made from the settings.

    Raises:
        SettingsError: When a file of the clinic or the widget cannot be used.
        CANNOT_OPEN: One of the errors of `booking.office`, when a fact of the clinic or a setting of booking cannot be used.
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
    translations = load_translations(settings.clinic_dir, practice)
    config = render_config(wording, practice, standby.general_card(), message_characters=settings.message_characters)
    app[CONFIG] = config
    app[TRANSLATIONS] = translations
    app[ASSETS] = load_assets(settings.widget_dir, practice, config, translations)
    app[RASA] = rasa
    app[TURNS] = Turns(rasa, standby, wording, metrics, record or AlarmRecord.of_installation(), emergency_wait_s=settings.emergency_wait_s)
    app[TOKENS] = Tokens(settings.secret, lifetime_s=settings.token_lifetime_s, clock=clock)
    app[LIMITS] = Limits(
        starts=Limit(settings.starts_per_minute, clock=clock),
        address=Limit(settings.address_per_minute, clock=clock),
        conversation=Limit(settings.conversation_per_minute, clock=clock),
    )
    app[OFFICE] = office or open_office(settings.clinic_dir)
    app[LETTERHEAD] = Letterhead(practice.value("clinic.name") or "", practice.value("contact.phone"), wording.appointment_page)
    app.add_routes(views.routes)
    app.add_routes(appointments.routes)
    app.add_routes(feeds.routes)
    app.add_routes(pages.routes)
    app.cleanup_ctx.append(_connect_rasa)
    app.on_cleanup.append(_close_office)
    return app


async def _connect_rasa(app: web.Application) -> AsyncIterator[None]:
    async with app[RASA]:
        yield


async def _close_office(app: web.Application) -> None:
    await app[OFFICE].stop()

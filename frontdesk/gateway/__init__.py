"""The public door: what the widget on a clinic's website talks to."""

from frontdesk.gateway.app import create_app
from frontdesk.gateway.errors import GatewayError, SettingsError
from frontdesk.gateway.rasa_client import RasaClient
from frontdesk.gateway.settings import Secret, Settings

__all__ = ["GatewayError", "RasaClient", "Secret", "Settings", "SettingsError", "create_app"]

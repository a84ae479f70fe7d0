"""The action server, as Rasa calls it: when it fails, the turn fails.

Rasa logs an action that fails and goes on as if it had said nothing. A visitor whose booking has just been made would read
that they were not understood, and the same message sent again would get the same reply.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from rasa.core.agent import Agent
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

_REJECTED = 400
"""The status of an action that leaves a message to others, which is no failure."""


class ActionsFailed(BaseException):
    """Raised when the action server did not answer, or failed itself.

    No `Exception`, since Rasa catches those; raised and caught within a turn (`channel.py`).
    """


class ActionServer(EndpointConfig):
    """The endpoint of the actions."""

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Run an action.

        Raises:
            ClientResponseError: When the action rejects its execution.
            ActionsFailed: When the server cannot be reached, or an action fails.
        """
        try:
            return await super().request(*args, **kwargs)
        except ClientResponseError as err:
            if err.status == _REJECTED:
                raise
            raise ActionsFailed(f"status {err.status}") from None
        except (aiohttp.ClientError, OSError) as err:
            raise ActionsFailed(type(err).__name__) from None


def put_in_place(agent: Agent) -> None:
    """Let an agent call its action server as described above."""
    given = agent.processor.action_endpoint
    if type(given) is EndpointConfig:
        agent.processor.action_endpoint = ActionServer(
            given.url, given.params, given.headers, given.basic_auth, given.token, given.token_name, given.cafile, **given.kwargs
        )

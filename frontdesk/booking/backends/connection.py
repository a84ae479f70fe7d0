"""Calls to a clinic's system over HTTP, with what can go wrong said as results.

A system that is not the clinic's own is not looked for in the clinic's network.
Bounded in time and size; redirects are not followed, since they could lead anywhere with a password or a visitor's name in
the request; no cookies, no proxies from the environment, and nothing of a request in a message.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import AddressFamily
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from frontdesk.booking.results import Refused, Result, Transient, Unknown
from frontdesk.booking.settings import is_safe_url

MOST_BYTES = 20_000_000
"""Of an answer; a calendar of years is smaller."""

_LATER = (408, 423, 425, 429)
_NOT_LET_IN = (401, 403, 407)


class CallFailed(Exception):
    """Raised when a call did not do what was asked; `result` says what is known of it."""

    def __init__(self, result: Result) -> None:
        super().__init__(str(result))
        self.result = result


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system answered."""

    status: int
    headers: Mapping[str, str]
    """Names in any case."""
    body: bytes

    def __repr__(self) -> str:
        """Return nothing of the body: it may be about a visitor."""
        return f"Reply({self.status})"

    @property
    def is_html(self) -> bool:
        """Whether it is a page for people, such as one about maintenance or a login."""
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


class Connection:
    """Connections to one system; opened when first used."""

    def __init__(
        self, *, headers: Mapping[str, str], auth: aiohttp.BasicAuth | None = None, timeout_s: float, private_network: bool = True
    ) -> None:
        """Take what every request carries, how many seconds a call may take in all, and whether it may stay in our own network."""
        self._private_network = private_network
        self._headers = {**headers, "User-Agent": "frontdesk"}
        self._auth = auth
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=timeout_s / 2)
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        method: str,
        url: str,
        *,
        is_write: bool,
        headers: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        """Make one call and return its answer, whatever its status.

        Raises:
            CallFailed: With `Transient` when it certainly did nothing, and with `Unknown` when a write may have been done.
        """
        if not self._private_network and (host := urlsplit(url).hostname) and _is_private(host):
            # A name is looked at when it is resolved; an address is not resolved.
            raise CallFailed(Refused("misconfigured"))
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=None if self._private_network else aiohttp.TCPConnector(resolver=_PublicResolver()),
                headers=self._headers,
                auth=self._auth,
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        try:
            async with self._session.request(method, url, headers=headers, params=parameters, data=body, allow_redirects=False) as response:
                return Reply(response.status, response.headers, await _read(response))
        except aiohttp.ClientConnectorDNSError as err:
            raise CallFailed(Refused("misconfigured") if isinstance(err.__cause__, _NotPublic) else Transient()) from err
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as err:
            raise CallFailed(Transient()) from err
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as err:
            raise CallFailed(Unknown() if is_write else Transient()) from err

    async def close(self) -> None:
        """Give back connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


class _NotPublic(OSError):
    """Raised when a name leads into a private network."""


class _PublicResolver(AbstractResolver):
    """Looks names up, and gives only addresses that are public: what is checked is what is connected to."""

    def __init__(self) -> None:
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [one for one in found if not _is_private(one["host"])]
        if found and not public:
            raise _NotPublic(f"{host} is in a private network")
        return public

    async def close(self) -> None:
        await self._resolver.close()


def _is_private(host: str) -> bool:
    """Say whether a host is an address that is not public; a name is none."""
    try:
        address: IPv4Address | IPv6Address | None = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    while isinstance(address, IPv6Address) and (inner := _inner(address)) is not None:
        address = inner
    return address is None or not address.is_global or address.is_multicast


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, where a gateway would go on to it."""
    is_nat64 = int(address) >> 32 == int(IPv6Address("64:ff9b::")) >> 32
    return address.ipv4_mapped or address.sixtofour or (IPv4Address(int(address) & 0xFFFFFFFF) if is_nat64 else None)


def safe_url(url: str) -> str:
    """Return an address as it is.

    Raises:
        ValueError: When names and appointments would go over the network in the clear.
    """
    if not is_safe_url(url):
        raise ValueError("a booking system needs an address that starts with https://, without a user or password in it")
    return url


def failure(reply: Reply, *, is_write: bool) -> Result:
    """Return what a status that is no success means where the system has no word of its own for it."""
    status = reply.status
    if status in _LATER:
        return Transient(retry_after(reply.headers))
    if status in _NOT_LET_IN or 300 <= status < 400:
        return Refused("misconfigured")
    if status >= 500:
        return Unknown() if is_write else Transient(retry_after(reply.headers))
    if status >= 400:
        return Refused("invalid")
    # A success that is not the one that was asked for: nobody knows what happened.
    return Unknown() if is_write else Transient()


async def settled(work: Awaitable[Result]) -> Result:
    """Return what came of a piece of work, the result of a failed call included."""
    try:
        return await work
    except CallFailed as err:
        return err.result


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds to wait; a date is left out, since it goes by a clock that may be wrong.

    >>> retry_after({"Retry-After": "30"}), retry_after({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"})
    (30.0, None)
    """
    value = headers.get("Retry-After", "").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(65_536):
        size += len(part)
        if size > MOST_BYTES:
            raise ValueError("an answer that is too long")
        parts.append(part)
    return b"".join(parts)

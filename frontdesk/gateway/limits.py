"""How fast an address or a conversation may ask, counted in memory by pyrate-limiter."""

import math
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import cast

from pyrate_limiter import Duration, InMemoryBucket, Rate, RateItem

from frontdesk.gateway.errors import TooManyRequests

_MOST_KEYS = 20_000


class Limit:
    """A number of requests in a minute, for each key on its own."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float]) -> None:
        self._rate = Rate(per_minute, Duration.MINUTE) if per_minute else None
        self._clock = clock
        self._buckets: OrderedDict[str, InMemoryBucket] = OrderedDict()

    def spend(self, key: str) -> None:
        """Count one request.

        Raises:
            TooManyRequests: When the key has had its number for now; it says when to try again.
        """
        if self._rate is None:
            return
        now_ms = int(self._clock() * 1000)
        bucket = self._buckets.setdefault(key, InMemoryBucket([self._rate]))
        self._buckets.move_to_end(key)
        if len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)
        bucket.leak(now_ms)
        item = RateItem(key, now_ms)
        if not bucket.put(item):
            raise TooManyRequests(max(1, math.ceil(cast(int, bucket.waiting(item)) / 1000)))


def address_key(remote: str | None, forwarded: str, trusted_proxies: int) -> str:
    """Return what stands for a client: its address, or its network where one client owns many addresses.

    Only the entries that our own proxies added to X-Forwarded-For are believed.

    >>> address_key("10.0.0.1", "6.6.6.6, 203.0.113.9", trusted_proxies=1)
    '203.0.113.9'
    >>> address_key("2001:db8:1:2:3::4", "", trusted_proxies=0)
    '2001:db8:1:2::/64'
    """
    hops = [part.strip() for part in forwarded.split(",") if part.strip()]
    believed = hops[-trusted_proxies] if 0 < trusted_proxies <= len(hops) else remote or ""
    try:
        address = ip_address(believed)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        network = IPv6Address(int(address) >> 64 << 64)
        return f"{network}/64"
    return str(address)

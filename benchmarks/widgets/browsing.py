"""Visits with a real browser, the same for every widget: what is loaded, axe, the keyboard, live regions, loads, openings, 500 messages.

Every visit is a new browser context: nothing is cached or kept. Where a part cannot be done, the reason is noted and the rest goes on.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Error, Page, Response, async_playwright

from benchmarks.widgets.entrants import FRONTDESK, Entrant
from benchmarks.widgets.figures import STATES, Figures, Keyboard, Load, Violation, size
from benchmarks.widgets.servers import ANSWER, MANY, QUESTION, Servers

SLOWDOWN = 4
"""How many times slower the processor is made for everything that is timed, as Lighthouse does for a phone."""
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 768_000 / 8}
"""Lighthouse's slow 4G, for the loads of a page; bytes a second and milliseconds."""
MANY_MESSAGES = 500

_CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Chromium's own errands would be counted, and no name but this machine's is looked up.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_PROBE = Path(__file__).with_name("probe.js")
_AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_QUIET_MS = 2_000
_WAIT_MS = 30_000


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Debian's Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS)
        yield browser
        await browser.close()


@dataclass
class Visit:
    """One visitor on the site's page with one widget."""

    page: Page
    context: BrowserContext
    entrant: Entrant
    url: str
    """Of the page itself, which is not counted."""
    bodies: list[Awaitable[tuple[str, bytes]]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def probe(self, call: str) -> Any:
        """Return what a call of `probe.js` gives."""
        return await self.page.evaluate(f"probe.{call}")

    async def until(self, call: str, timeout_ms: int = _WAIT_MS) -> None:
        """Wait until a call of `probe.js` gives something true."""
        await self.page.wait_for_function(f"probe.{call}", timeout=timeout_ms)

    async def click(self, selector: str) -> None:
        """Click as a visitor does, with the mouse."""
        await self.until(f"point({json.dumps(selector)}) !== null")
        x, y = await self.probe(f"point({json.dumps(selector)})")
        await self.page.mouse.click(x, y)

    async def open_chat(self) -> None:
        """Click the button and wait until the field can be typed in."""
        await self.click(self.entrant.opener)
        await self.until(f"isReady({json.dumps(self.entrant.field)})")

    async def ask(self) -> None:
        """Type a question, send it and wait for the answer."""
        await self.click(self.entrant.field)
        await self.page.keyboard.type(QUESTION)
        await self.page.keyboard.press("Enter")
        await self.until(f"shown({json.dumps(ANSWER)}) > 0")

    async def loaded_bytes(self) -> int:
        """Return the size of everything that has come over the network so far, the page itself left out."""
        return sum(size(body) for url, body in await asyncio.gather(*self.bodies) if self._counts(url))

    def request_count(self) -> int:
        """Return how many requests there were so far, WebSockets too, the page itself left out."""
        return sum(self._counts(url) for url in self.requests)

    def _counts(self, url: str) -> bool:
        """Whether it is of the chat; `blob:` and `data:` come from the page's own memory."""
        return url != self.url and url.startswith(("http", "ws"))

    async def slow_down(self, *, network: bool = False) -> None:
        """Make the processor slower, and the network if asked to."""
        session = await self.context.new_cdp_session(self.page)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        if network:
            await session.send("Network.enable")
            await session.send("Network.emulateNetworkConditions", SLOW_4G)


@asynccontextmanager
async def visiting(browser: Browser, servers: Servers, entrant: Entrant, *, many: int = 0) -> AsyncIterator[Visit]:
    """Give a visit in a new browser context; the page is opened by `_arrive`."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        await context.add_init_script(path=_PROBE)
        page = await context.new_page()
        page.set_default_timeout(_WAIT_MS)
        visit = Visit(page, context, entrant, f"{servers.site}/page/{entrant.page}" + (f"?many={many}" if many else ""))
        page.on("response", lambda response: visit.bodies.append(asyncio.ensure_future(_body(response))))
        page.on("request", lambda request: visit.requests.append(request.url))
        page.on("websocket", lambda socket: visit.requests.append(socket.url))
        yield visit
    finally:
        await context.close()


async def _body(response: Response) -> tuple[str, bytes]:
    try:
        return response.url, await response.body()
    except Error:  # A redirect or an answer without a body.
        return response.url, b""


async def _arrive(visit: Visit, quiet_ms: int = _QUIET_MS) -> None:
    """Go to the page and give what comes after its load some time."""
    await visit.page.goto(visit.url, wait_until="load")
    await visit.page.wait_for_timeout(quiet_ms)


async def look(browser: Browser, servers: Servers, entrant: Entrant, axe: str, figures: Figures) -> None:
    """Measure what needs no clock: what is loaded and kept, axe in each state, live regions, the keyboard."""
    async with visiting(browser, servers, entrant) as visit:
        await _noting(figures, ["bytes", "live region", *(f"axe, {state}" for state in STATES)], _use(visit, axe, figures))
    async with visiting(browser, servers, entrant) as visit:
        await _noting(figures, ["keyboard"], _use_keyboard(visit, figures))


async def _noting(figures: Figures, parts: list[str], work: Awaitable[None]) -> None:
    """Do the work; when it fails, note the reason for the parts that have no figure yet."""
    try:
        await work
    except Error as err:
        done = {f"axe, {state}" for state in figures.violations}
        done |= {"bytes"} if figures.opened_bytes is not None else set()
        reason = err.message.splitlines()[0]
        figures.missing.update({part: reason for part in parts if part not in done})


async def _use(visit: Visit, axe: str, figures: Figures) -> None:
    await _arrive(visit)
    figures.before_bytes = await visit.loaded_bytes()
    figures.before_requests = visit.request_count()
    figures.kept = [cookie.get("name", "") for cookie in await visit.context.cookies()] + await visit.probe("kept()")
    figures.violations["closed"] = await _violations(visit, axe)
    await visit.open_chat()
    await visit.page.wait_for_timeout(_QUIET_MS)
    figures.opened_bytes = await visit.loaded_bytes()
    figures.opened_requests = visit.request_count()
    figures.violations["open"] = await _violations(visit, axe)
    await visit.probe(f"listenFor({json.dumps(ANSWER)})")
    await visit.ask()
    await visit.page.wait_for_timeout(_QUIET_MS)
    figures.regions = await visit.probe("regions()")
    figures.heard = await visit.probe("heard()")
    figures.violations["after an answer"] = await _violations(visit, axe)
    hosts = {urlsplit(url).hostname or "" for url in visit.requests if url.startswith(("http", "ws"))}
    figures.other_hosts = sorted(hosts - {"127.0.0.1"})


async def _violations(visit: Visit, axe: str) -> list[Violation]:
    await visit.page.evaluate(axe)
    found = await visit.page.evaluate("(tags) => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", _AXE_TAGS)
    return [Violation.of(violation) for violation in found["violations"]]


async def _use_keyboard(visit: Visit, figures: Figures) -> None:
    """Press keys only, and note how far one comes."""
    await _arrive(visit)
    press = visit.page.keyboard.press
    opener, text_field, closer = (json.dumps(selector) for selector in (visit.entrant.opener, visit.entrant.field, visit.entrant.closer))
    await visit.until(f"point({opener}) !== null")
    tabs = await _tab_to(visit, opener)
    if tabs is None:
        figures.keyboard = Keyboard()
        return
    await press("Enter")
    opens = await _comes(visit, f"isReady({text_field})")
    focus_moves_in = opens and await _comes(visit, f"isFocused({text_field})", 500)
    reached = focus_moves_in or await _tab_to(visit, text_field) is not None
    await visit.page.keyboard.type(QUESTION)
    types = reached and await visit.page.evaluate(_TYPED, [visit.entrant.field, QUESTION])
    await press("Enter")
    sends = await _comes(visit, f"shown({json.dumps(ANSWER)}) > 0")
    closes = None
    await press("Escape")
    if await _comes(visit, f"isReady({text_field}) === false", 1_000):
        closes = "Escape"
    elif await _tab_to(visit, closer) is not None:
        await press("Enter")
        closes = "button" if await _comes(visit, f"isReady({text_field}) === false", 1_000) else None
    returns = closes is not None and await _comes(visit, f"isFocused({opener})", 500)
    figures.keyboard = Keyboard(opens, tabs, focus_moves_in, bool(types), sends, closes, returns)


_TYPED = """([selector, text]) => {
  const focused = (root) => root.activeElement?.shadowRoot?.activeElement ? focused(root.activeElement.shadowRoot) : root.activeElement;
  const field = focused(document);
  return field.matches(selector) && (field.value ?? field.textContent).includes(text);
}"""


async def _tab_to(visit: Visit, selector: str, most: int = 40) -> int | None:
    """Press Tab until an element has the focus; return how often, or `None` when it is never reached."""
    for times in range(1, most + 1):
        await visit.page.keyboard.press("Tab")
        if await visit.probe(f"isFocused({selector})"):
            return times
    return None


async def _comes(visit: Visit, call: str, timeout_ms: int = 5_000) -> bool:
    try:
        await visit.until(call, timeout_ms)
    except Error:
        return False
    return True


async def load_once(browser: Browser, servers: Servers, entrant: Entrant, figures: Figures) -> None:
    """Load the page once on a slow processor and a slow network."""

    async def work() -> None:
        await visit.slow_down(network=True)
        await _arrive(visit)
        figures.loads.append(Load(**await visit.probe("load()")))

    async with visiting(browser, servers, entrant) as visit:
        await _noting(figures, ["loads"], work())


async def open_once(browser: Browser, servers: Servers, entrant: Entrant, figures: Figures) -> None:
    """Time one opening on a slow processor: from the click to the frame in which the field can be typed in."""

    async def work() -> None:
        await visit.slow_down()
        await _arrive(visit, 500)
        await visit.until(f"point({json.dumps(entrant.opener)}) !== null")
        await visit.probe(f"timeOpening({json.dumps(entrant.field)})")
        await visit.click(entrant.opener)
        figures.openings_ms.append(await asyncio.wait_for(visit.probe("opening"), _WAIT_MS / 1000))

    async with visiting(browser, servers, entrant) as visit:
        await _noting(figures, ["openings"], work())


async def fill(browser: Browser, servers: Servers, entrant: Entrant, figures: Figures) -> None:
    """Put 500 messages into the panel, then scroll and type on a slow processor."""

    async def work() -> None:
        await _arrive(visit)
        await visit.open_chat()
        if entrant is FRONTDESK:
            await _fill_conversation(visit, servers)
        await visit.page.wait_for_timeout(_QUIET_MS)
        await _until_still(visit)
        figures.many_shown = await visit.probe(f"shown({json.dumps(MANY)})")
        await visit.slow_down()
        scrolling = await _longest_while(visit, lambda: _scroll(visit))
        await visit.click(entrant.field)
        typing = await _longest_while(visit, lambda: visit.page.keyboard.type(QUESTION * 3, delay=30))
        figures.scroll_longest_ms.append(scrolling)
        figures.type_longest_ms.append(typing)

    async with visiting(browser, servers, entrant, many=MANY_MESSAGES) as visit:
        await _noting(figures, ["many"], work())


async def _fill_conversation(visit: Visit, servers: Servers) -> None:
    """Begin a conversation, lengthen it on the server, and come back to it on the next page."""
    await visit.ask()
    for turns in servers.rasa.conversations.values():
        turns.extend(_turn(n) for n in range(MANY_MESSAGES))
    await _arrive(visit)
    if not await visit.probe(f"isReady({json.dumps(visit.entrant.field)})"):
        await visit.open_chat()


def _turn(number: int) -> dict[str, Any]:
    text = f"Message {number}: {MANY}"
    if number % 2:
        return {"from": "assistant", "message": {"text": text}, "at": "2026-11-24T09:00:00Z"}
    return {"from": "visitor", "text": text, "client_message_id": f"m{number}", "at": "2026-11-24T09:00:00Z"}


async def _until_still(visit: Visit) -> None:
    """Wait until no more messages come."""
    before = -1
    while (now := await visit.probe(f"shown({json.dumps(MANY)})")) != before:
        before = now
        await visit.page.wait_for_timeout(_QUIET_MS)


async def _scroll(visit: Visit) -> None:
    """Turn the wheel over the messages, up and down again."""
    x, y = await visit.probe(f"point({json.dumps(visit.entrant.field)})")
    await visit.page.mouse.move(x, y - 200)
    for turn in [-600] * 20 + [600] * 20:
        await visit.page.mouse.wheel(0, turn)
        await visit.page.wait_for_timeout(30)


async def _longest_while(visit: Visit, work: Callable[[], Awaitable[None]]) -> float:
    """Return the longest task over 50 ms during some work, 0 when there was none."""
    start = await visit.page.evaluate("performance.now()")
    await work()
    await visit.page.wait_for_timeout(500)
    return max(await visit.probe(f"tasksSince({start})"), default=0.0)
